import { beforeEach, expect, test, vi } from "vitest";

vi.hoisted(() => vi.stubGlobal("location", { pathname: "/", search: "" })); // router.ts reads it while it loads

const { day, followDays } = await import("./day");
const { go, route } = await import("./router");

const page = new EventTarget();

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 29, 12) }); // a Sunday
  vi.stubGlobal("history", { state: 0, pushState: () => undefined, replaceState: () => undefined });
  vi.stubGlobal("scrollTo", () => undefined);
  vi.stubGlobal("document", page);
  day.value = "2026-11-29";
  go("/profile");
  const stop = followDays();
  return () => {
    stop();
    vi.useRealTimers();
  };
});

function resume(date: number): void {
  vi.setSystemTime(new Date(2026, 10, date, 12));
  page.dispatchEvent(new Event("visibilitychange"));
}

test("this week becomes the new one on Monday", () => {
  go("/week/2026-W48");
  resume(30);
  expect([day.value, route.value]).toEqual(["2026-11-30", { screen: "week", week: "2026-W49" }]);
});

test("a week below a sheet becomes the new one when the sheet is closed", () => {
  go("/edit/e1");
  resume(30);
  expect(route.value).toEqual({ screen: "edit", id: "e1" });
  go("/week/2026-W48");
  expect(route.value).toEqual({ screen: "week", week: "2026-W49" });
  go("/week/2026-W48");
  expect(route.value).toEqual({ screen: "week", week: "2026-W48" });
});

test.each(["/week/2026-W47", "/profile"])("%s stays, and the week that ended can be shown", (path) => {
  go(path);
  resume(30);
  expect(route.value).not.toMatchObject({ week: "2026-W49" });
  go("/week/2026-W48");
  expect(route.value).toEqual({ screen: "week", week: "2026-W48" });
});
