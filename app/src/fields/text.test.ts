import { expect, test } from "vitest";
import { loadTable } from "./cases";
import { isolated, parseText } from "./text";

const { cases, limits } = loadTable("text");

test.each(cases)("%j", ({ input, field = "project", times = 1, value, fault }) => {
  const text = input.repeat(times);
  const result = parseText(text, { limit: limits[field]!, multiline: ["notes", "reason"].includes(field) });
  if (value === null)
    expect(result).toMatchObject({ fault: "blank" }); // blank notes are no notes
  else if (fault) expect(result).toMatchObject({ fault });
  else expect(result).toEqual({ value: value ?? text });
});

test("a message names the length or the character", () => {
  expect(parseText("x".repeat(1499), { limit: 1000 })).toMatchObject({
    message: "Use at most 1000 characters; this text has 1499",
  });
  expect(parseText("a\u202eb", { limit: 100 })).toMatchObject({
    message: "Remove the bidirectional control (U+202E)",
  });
});

test("right-to-left text is isolated, other text stays as it is", () => {
  expect(isolated("\u05e4\u05e8\u05d5\u05d9\u05e7\u05d8")).toMatch(/^\u2068.*\u2069$/);
  expect(isolated("\u0645\u0634\u0631\u0648\u0639 7")).toMatch(/^\u2068.*\u2069$/);
  expect(isolated("Harbour Zürich 港")).toBe("Harbour Zürich 港");
});
