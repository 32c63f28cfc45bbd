import { describe, expect, test } from "vitest";
import { formats } from "./formats";
import { parseHours, stepHours, sum } from "./hours";

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

  test("are summed exactly", () => {
    expect(sum([0.1, 0.2])).toBe(0.3);
    expect(sum(Array<number>(1000).fill(0.01))).toBe(10);
    expect(sum([])).toBe(0);
  });

  test("shown hours can be typed again in any language", () => {
    for (const language of ["en", "de", "fr"]) expect(parseHours(formats(language).hours(7.25))).toBe(7.25);
  });
});
