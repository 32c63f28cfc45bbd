/** The address of the current screen, as a signal. */

import { signal } from "@preact/signals";

export const path = signal(location.pathname);

export function go(to: string, { replace = false } = {}): void {
  if (to !== location.pathname) history[replace ? "replaceState" : "pushState"](null, "", to);
  path.value = to;
  scrollTo(0, 0);
}

/** Move the focus to the heading, so that a screen reader announces the screen. */
export function focusHeading(): void {
  const heading = document.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
}

addEventListener("popstate", () => {
  path.value = location.pathname;
});

// Links within the app change the screen without a page load.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (!link || link.origin !== location.origin || link.target || !plain) return;
  event.preventDefault();
  go(link.pathname);
});
