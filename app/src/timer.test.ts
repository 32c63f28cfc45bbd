import { beforeEach, expect, test, vi } from "vitest";

const stored = new Map<string, string>();
vi.stubGlobal("localStorage", {
  getItem: (name: string) => stored.get(name) ?? null,
  setItem: (name: string, value: string) => stored.set(name, value),
  removeItem: (name: string) => stored.delete(name),
});
vi.stubGlobal("addEventListener", () => undefined);
const { clock, hoursBetween, measure, measured, startTimer, stopTimer, timer } = await import("./timer");

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = new Date(2026, 10, 20, 22, 30).getTime();

beforeEach(() => {
  timer.value = undefined;
});

test.each([
  [1, 0.25],
  [15, 0.25],
  [16, 0.5],
  [42, 0.75],
  [480, 8],
])("%i minutes are %f hours", (minutes, hours) => {
  expect(hoursBetween(START, START + minutes * MINUTE)).toBe(hours);
});

test("an entry belongs to the day on which the timer was started", () => {
  expect(measure({ project: "Harbour", start: START }, START + 3 * HOUR).date).toBe("2026-11-20");
});

test("the last use of the app is offered only after twelve hours", () => {
  const lastUse = START + HOUR;
  expect(measure({ project: "", start: START }, START + 12 * HOUR, lastUse).lastUse).toBeUndefined();
  expect(measure({ project: "", start: START }, START + 13 * HOUR, lastUse).lastUse).toBe(lastUse);
});

test("a running time is shown as hours and minutes", () => {
  expect(clock(START, START + 42 * MINUTE)).toBe("0:42");
  expect(clock(START, START + 61 * MINUTE)).toBe("1:01");
});

test("a timer is stored until it is stopped", () => {
  startTimer("Harbour");
  expect([...stored.values()].join()).toContain("Harbour");
  stopTimer();
  expect(stored.size).toBe(0);
  expect(measured.value).toMatchObject({ project: "Harbour", hours: 0.25 });
});
