import { beforeEach, expect, test, vi } from "vitest";

const stored = new Map<string, string>();
const storage = {
  getItem: (name: string) => stored.get(name) ?? null,
  setItem: (name: string, value: string) => stored.set(name, value),
  removeItem: (name: string) => stored.delete(name),
};
vi.stubGlobal("localStorage", storage);
vi.stubGlobal("addEventListener", () => undefined);
const { clearTimer, clock, hoursBetween, measure, noteUse, openTimer, startTimer, timer } = await import(
  "./timer"
);

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const START = new Date(2026, 10, 20, 22, 30).getTime();

beforeEach(() => {
  vi.stubGlobal("localStorage", storage);
  stored.clear();
  openTimer("carl");
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
  startTimer("Harbour", "The crane", START);
  expect(measure(timer.value!, START + 3 * HOUR)).toEqual({
    project: "Harbour",
    notes: "The crane",
    start: START,
    date: "2026-11-20",
    hours: 3,
    isLong: false,
  });
});

test.each([
  ["after twelve hours only", [9 * HOUR], 12 * HOUR, {}],
  ["when the app was opened again just before Stop", [HOUR], 13 * HOUR, { lastUse: START + HOUR }],
  ["when the app was closed in the first minute", [], 72.25 * HOUR, { lastUse: START }],
  [
    "as the start of the longest pause",
    [HOUR, 4 * HOUR, 20 * HOUR],
    21 * HOUR,
    { lastUse: START + 4 * HOUR },
  ],
  ["but not without a long pause", halfHourly(26), 13 * HOUR, {}],
])("the last use of the app is offered %s", (_, uses, end, expected) => {
  startTimer("Harbour", "", START);
  for (const use of [...uses, end]) noteUse(START + use);
  const { lastUse } = measure(timer.value!, START + end);
  expect(lastUse === undefined ? {} : { lastUse }).toEqual(expected);
});

/** Return uses of the app every half an hour. */
function halfHourly(count: number): number[] {
  return Array.from({ length: count }, (_, index) => (index * HOUR) / 2);
}

test("a running time is shown as hours and minutes", () => {
  expect(clock(START, START + 42 * MINUTE)).toBe("0:42");
  expect(clock(START, START + 61 * MINUTE)).toBe("1:01");
});

test("a timer is stored until it is stopped", () => {
  startTimer("Harbour", "");
  expect([...stored.values()].join()).toContain("Harbour");
  clearTimer();
  expect(stored.size).toBe(0);
});

test("a timer belongs to the person who started it", () => {
  startTimer("Harbour", "");
  openTimer("ana");
  expect(timer.value).toBeUndefined();
  openTimer("carl");
  expect(timer.value).toMatchObject({ project: "Harbour" });
});

test("a timer that another tab has stopped is not stored again", () => {
  startTimer("Harbour", "");
  stored.clear();
  noteUse();
  expect(stored.size).toBe(0);
});

test("a browser that blocks the storage still has a timer", () => {
  vi.stubGlobal("localStorage", {
    getItem: () => {
      throw new DOMException("", "SecurityError");
    },
  });
  startTimer("Harbour", "");
  expect(timer.value).toMatchObject({ project: "Harbour" });
});
