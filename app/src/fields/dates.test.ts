import { describe, expect, test } from "vitest";
import { loadTable } from "./cases";
import { FIRST_DAY, addDays, daysOf, lastDay, shiftWeek, today, weekOf } from "./dates";

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

  test("daysOf() returns seven days from Monday, also when the clocks change", () => {
    expect(daysOf("2026-W13")).toEqual([
      "2026-03-23",
      "2026-03-24",
      "2026-03-25",
      "2026-03-26",
      "2026-03-27",
      "2026-03-28",
      "2026-03-29",
    ]);
    expect(daysOf("2026-W53")[6]).toBe("2027-01-03");
  });

  test("shiftWeek() crosses the turn of the year", () => {
    expect(shiftWeek("2026-W53", 1)).toBe("2027-W01");
    expect(shiftWeek("2027-W01", -1)).toBe("2026-W53");
  });

  test("every day of twenty years is in its own week", () => {
    for (let day = "2020-01-01"; day < "2040-01-01"; day = addDays(day, 1)) {
      expect(daysOf(weekOf(day))).toContain(day);
    }
  });

  test("today() is the day of the local clock, also near midnight", () => {
    expect(today(new Date(2026, 10, 20, 23, 59))).toBe("2026-11-20");
    expect(today(new Date(2026, 0, 1, 0, 1))).toBe("2026-01-01");
  });
});

const { range, today: now } = loadTable("dates");

test.each(range)("%j is inside the range of entries or not", ({ input, inside }) => {
  expect(input >= FIRST_DAY && input <= lastDay(now)).toBe(inside);
});
