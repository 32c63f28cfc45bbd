import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { loadTable } from "./cases";
import { LIMITS, type Values, changedFields, isFarAway, parse } from "./entry-fields";

const VALUES: Values = { project: "StoreZero", date: "2026-11-20", hours: "7.5", notes: "" };
const FIELDS = { project: "StoreZero", date: "2026-11-20", hours: 7.5, notes: null };

beforeEach(() => {
  vi.useFakeTimers({ now: new Date(2026, 10, 28) });
});

afterEach(() => {
  vi.useRealTimers();
});

test("the limits are those of the API", () => {
  expect(loadTable("text").limits).toMatchObject(LIMITS);
});

describe("parse()", () => {
  test.each<[Partial<Values>, object]>([
    [{}, {}],
    [{ project: " Store\u200bZero\u00a0" }, {}],
    [{ hours: "٧٫٥" }, {}],
    [{ notes: " \n\u200b" }, {}],
    [{ notes: "two\nlines" }, { notes: "two\nlines" }],
  ])("converts %j", (changes, expected) => {
    expect(parse({ ...VALUES, ...changes })).toEqual({ fields: { ...FIELDS, ...expected }, errors: {} });
  });

  test.each<[Partial<Values>, object]>([
    [{ project: "\u2800" }, { project: "Enter a project" }],
    [{ project: "X\u202e" }, { project: "Remove the bidirectional control (U+202E)" }],
    [{ date: "" }, { date: "Enter a date" }],
    [{ date: "0026-11-20" }, { date: expect.stringMatching(/^Is the year right\? .*2000.*2027$/) }],
    [{ date: "12026-11-20" }, { date: expect.stringContaining("Is the year right?") }],
    [{ date: "2027-11-30" }, { date: expect.stringContaining("Is the year right?") }],
    [{ hours: "seven" }, { hours: "Enter hours such as 7.5 or 7:30" }],
    [{ notes: "x".repeat(1499) }, { notes: "Use at most 1000 characters; this text has 1499" }],
    [
      { project: "", hours: "" },
      { project: expect.any(String), hours: expect.any(String) },
    ],
  ])("refuses %j", (changes, errors) => {
    expect(parse({ ...VALUES, ...changes })).toEqual({ errors });
  });
});

test("parse() accepts the stored date of an entry", () => {
  expect(parse({ ...VALUES, date: "1999-12-31" }, "1999-12-31").errors).toEqual({});
});

test("changedFields() returns the changes, or everything if there is none", () => {
  const entry = { ...FIELDS, notes: "x" } as unknown as Parameters<typeof changedFields>[0];
  expect(changedFields(entry, FIELDS)).toEqual({ notes: null });
  expect(changedFields(entry, { ...FIELDS, notes: "x" })).toEqual({ ...FIELDS, notes: "x" });
});

test("a day of another year is far away, but not around New Year", () => {
  expect(isFarAway("2026-01-01", "2026-11-28")).toBe(false);
  expect(isFarAway("2027-01-04", "2026-11-28")).toBe(false);
  expect(isFarAway("2025-11-28", "2026-11-28")).toBe(true);
  expect(isFarAway("2027-11-28", "2026-11-28")).toBe(true);
});
