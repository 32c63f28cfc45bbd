import { expect, test, vi } from "vitest";

vi.stubGlobal("location", { pathname: "/", search: "" });
const { routeOf } = await import("./router");

test.each([
  ["/", { screen: "home" }],
  ["/week/2026-W47", { screen: "week", week: "2026-W47" }],
  ["/week/2026-W47/", { screen: "week", week: "2026-W47" }],
  ["/week/2020-W53", { screen: "week", week: "2020-W53" }],
  ["/new", { screen: "new" }],
  ["/new?date=2026-11-18", { screen: "new", date: "2026-11-18" }],
  ["/new?date=yesterday", { screen: "new" }],
  ["/new?date=2026-02-31", { screen: "new" }],
  ["/edit/t%2Fa", { screen: "edit", id: "t/a" }],
  ["/approve", { screen: "approve", tab: "pending" }],
  ["/approve/decided", { screen: "approve", tab: "decided" }],
  ["/approve/missing", { screen: "approve", tab: "missing" }],
  ["/approve/missing/2026-W47", { screen: "approve", tab: "missing", week: "2026-W47" }],
  ["/profile", { screen: "profile" }],
])("%s is a screen", (address, route) => {
  expect(routeOf(address)).toEqual(route);
});

test.each([
  "/week/2026-W54",
  "/week/2026-W00",
  "/week/9999-W52",
  "/week/2021-W53",
  "/week",
  "/edit/%E0%A4%A",
  "/edit",
  "/missing",
  "/week/2026-W47/2026-W47",
  "/approve/decided/2026-W47",
  "/approve/missing/2026-W54",
  "/edit/missing/2026-W47",
])("%s is not an address of the app", (address) => {
  expect(routeOf(address)).toEqual({ screen: "unknown", path: address });
});
