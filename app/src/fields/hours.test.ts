import { describe, expect, test } from "vitest";
import { loadTable } from "./cases";
import { formats } from "./formats";
import { parseHours, sum } from "./hours";

const { cases } = loadTable("hours");

describe("hours", () => {
  const ours = cases.filter(({ only }) => !only || only.includes("app"));
  test.each(ours)("%j", ({ input, value, fault }) => {
    const expected = fault ? { fault } : { value: Number(value) };
    expect(parseHours(input)).toMatchObject(expected);
  });

  test.each([
    ["0:20", 0.33],
    ["7h5", 7.08],
    ["8h", 8],
    ["7.5h", 7.5],
    ["7,5 H", 7.5],
    ["90m", 1.5],
    ["45 min", 0.75],
    ["７：３０", 7.5],
    ["१२", 12],
    ["𝟟.𝟝", 7.5],
  ])("%s is %s", (text, value) => {
    expect(parseHours(text)).toEqual({ value });
  });

  test.each(["7:60", "7h60", "7:5", "h30", "7:30:00", "1,234.5"])("%s is not a form of hours", (text) => {
    expect(parseHours(text)).toMatchObject({ fault: "form" });
  });

  test("are summed exactly", () => {
    expect(sum([0.1, 0.2])).toBe(0.3);
    expect(sum(Array<number>(1000).fill(0.01))).toBe(10);
    expect(sum([])).toBe(0);
  });

  test("shown hours can be typed again in any language", () => {
    for (const language of ["en", "de", "fr", "ar-EG", "hi-u-nu-deva"]) {
      const { hours, inHours } = formats(language);
      expect(parseHours(hours(7.25))).toEqual({ value: 7.25 });
      expect(parseHours(inHours(7.25))).toEqual({ value: 7.25 });
    }
  });
});
