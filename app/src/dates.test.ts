import { describe, expect, test } from "vitest";
import { addDays, daysOf, formats, parseHours, shiftWeek, stepHours, sum, today, weekOf } from "./dates";

describe("weeks", () => {
  test.each([
    ["2026-11-20", "2026-W47"],
    ["2026-11-22", "2026-W47"],
    ["2026-11-23", "2026-W48"],
    ["2024-12-30", "2025-W01"],
    ["2027-01-01", "2026-W53"],
    ["2021-01-03", "2020-W53"],
    ["2026-03-29", "2026-W13"],
  ])("%s is in %s", (day, week) => {
    expect(weekOf(day)).toBe(week);
    expect(daysOf(week)).toContain(day);
  });

  test("a week has seven days from Monday, also where clocks change", () => {
    expect(daysOf("2026-W13")).toEqual(["2026-03-23", "2026-03-24", "2026-03-25", "2026-03-26", "2026-03-27", "2026-03-28", "2026-03-29"]);
    expect(daysOf("2026-W53")[6]).toBe("2027-01-03");
  });

  test("the next and the last week over the turn of a year", () => {
    expect(shiftWeek("2026-W53", 1)).toBe("2027-W01");
    expect(shiftWeek("2027-W01", -1)).toBe("2026-W53");
  });

  test("every day of twenty years is in the week that lists it", () => {
    for (let day = "2020-01-01"; day < "2040-01-01"; day = addDays(day, 1)) {
      expect(daysOf(weekOf(day))).toContain(day);
    }
  });

  test("today is the day of the phone's own clock, late at night too", () => {
    expect(today(new Date(2026, 10, 20, 23, 59))).toBe("2026-11-20");
    expect(today(new Date(2026, 0, 1, 0, 1))).toBe("2026-01-01");
  });
});

describe("hours", () => {
  test.each([
    ["7.5", 7.5],
    ["7,5", 7.5],
    [" 7:30 ", 7.5],
    ["0:15", 0.25],
    ["0:20", 0.33],
    [".25", 0.25],
    ["24", 24],
    ["24:00", 24],
    ["0.01", 0.01],
    ["", undefined],
    ["0", undefined],
    ["0:00", undefined],
    ["24.01", undefined],
    ["24:15", undefined],
    ["7.555", undefined],
    ["7:60", undefined],
    ["-1", undefined],
    ["1e1", undefined],
    ["seven", undefined],
    ["７", undefined],
  ])("%j is %s", (text, hours) => {
    expect(parseHours(text)).toBe(hours);
  });

  test.each([
    [undefined, 1, 0.25],
    [undefined, -1, 0.25],
    [7.5, 1, 7.75],
    [7.5, -1, 7.25],
    [7.6, 1, 7.75],
    [7.6, -1, 7.5],
    [24, 1, 24],
    [0.25, -1, 0.25],
  ] as const)("a step from %s by %s is %s", (from, quarters, to) => {
    expect(stepHours(from, quarters)).toBe(to);
  });

  test("are added exactly", () => {
    expect(sum([0.1, 0.2])).toBe(0.3);
    expect(sum(Array<number>(1000).fill(0.01))).toBe(10);
    expect(sum([])).toBe(0);
  });

  test("what is shown can be typed again, in any language's way", () => {
    for (const language of ["en", "de", "fr"]) expect(parseHours(formats(language).hours(7.25))).toBe(7.25);
  });
});

test("how old something is, is said in words", () => {
  const { ago } = formats("en");
  const now = Date.UTC(2026, 10, 20, 12);
  expect(ago(now, now)).toBe("this minute");
  expect(ago(now - 5 * 60_000, now)).toBe("5 minutes ago");
  expect(ago(now - 5 * 3_600_000, now)).toBe("5 hours ago");
  expect(ago(now - 5 * 86_400_000, now)).toBe("5 days ago");
});
