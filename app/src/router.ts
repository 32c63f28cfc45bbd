/** The address of the current screen, as signals. */

import { computed, signal } from "@preact/signals";
import { daysOf, isDay, weekOf } from "./fields/dates";

export const TABS = ["pending", "decided", "missing"] as const;
export type Tab = (typeof TABS)[number];

export type Route =
  | { screen: "home" }
  | { screen: "week"; week: string }
  | { screen: "new"; date?: string }
  | { screen: "edit"; id: string }
  | { screen: "approve"; tab: Tab; week?: string }
  | { screen: "profile" }
  | { screen: "unknown"; path: string };

const address = signal(location.pathname + location.search);

export const route = computed(() => routeOf(address.value));

/** Return the screen of an address. */
export function routeOf(address: string): Route {
  const { pathname, searchParams } = new URL(address, "http://app");
  const unknown = { screen: "unknown", path: pathname } as const;
  const [, screen, part, week, ...rest] = pathname.replace(/\/$/, "").split("/");
  const hasWeek = screen === "approve" && part === "missing";
  if (rest.length || (week !== undefined && !(hasWeek && isWeek(week)))) return unknown;
  switch (screen) {
    case undefined:
    case "":
      return { screen: "home" };
    case "week":
      return part && isWeek(part) ? { screen, week: part } : unknown;
    case "new": {
      const date = searchParams.get("date");
      return date && isDay(date) ? { screen, date } : { screen };
    }
    case "edit": {
      const id = part && decoded(part);
      return id ? { screen, id } : unknown;
    }
    case "approve": {
      const tab = TABS.find((name) => name === (part ?? "pending"));
      return tab ? { screen, tab, ...(week && { week }) } : unknown;
    }
    case "profile":
      return part === undefined ? { screen } : unknown;
    default:
      return unknown;
  }
}

export const weekPath = (week: string) => `/week/${week}`;
export const missingPath = (week: string) => `/approve/missing/${week}`;
export const newPath = (date: string) => `/new?date=${date}`;
export const editPath = (id: string) => `/edit/${encodeURIComponent(id)}`;

/** Go to an address. The history records how many screens of this app lie behind it. */
export function go(to: string, { replace = false } = {}): void {
  if (to === address.value) return;
  history[replace ? "replaceState" : "pushState"](depth() + (replace ? 0 : 1), "", to);
  address.value = to;
  if (!replace) scrollTo(0, 0);
}

/** Go back to the screen that opened this one, or to an address if the app was opened here. */
export function back(otherwise: string): void {
  if (depth()) history.back();
  else go(otherwise, { replace: true });
}

/** Move the focus to the heading, so that a screen reader announces the screen. */
export function focusHeading(): void {
  document.querySelector<HTMLElement>("main h1")?.focus();
}

function depth(): number {
  return typeof history.state === "number" ? history.state : 0;
}

function isWeek(text: string): boolean {
  // Other years have weeks before or after the years of four digits.
  return /^[12]\d{3}-W(0[1-9]|[1-4]\d|5[0-3])$/.test(text) && weekOf(daysOf(text)[0]) === text;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined; // such as %E0%A4%A
  }
}

/** Follow the browser's Back, and links within the app without a page load. */
export function listen(): void {
  addEventListener("popstate", () => {
    address.value = location.pathname + location.search;
  });
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a") : null;
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!link || link.origin !== location.origin || link.target || link.hash || !plain) return;
    event.preventDefault();
    go(link.pathname + link.search);
  });
}
