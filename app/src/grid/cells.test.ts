import { expect, test } from "vitest";
import type { EntryView } from "../offline/overlay";
import { byDay } from "../offline/week";
import { lockOf, rowsOf } from "./cells";

const entry = (date: string, project: string, hours: number, more: object = {}) =>
  ({ id: `${date} ${project} ${hours}`, date, project, hours, status: "pending", ...more }) as EntryView;

const days = (entries: EntryView[]) => byDay(["2026-11-23", "2026-11-24"], entries);
const before = (entries: EntryView[]) => byDay(["2026-11-16", "2026-11-17"], entries);
const LAST = before([entry("2026-11-16", "Till", 8), entry("2026-11-17", "Harbour", 4)]);

test("an empty week has last week's projects, with its hours as suggestions", () => {
  const rows = rowsOf(days([]), LAST, []);
  expect(rows.map((row) => [row.project, row.hours])).toEqual([
    ["Harbour", 0],
    ["Till", 0],
  ]);
  expect(rows[1]!.cells.map((cell) => cell.ghost)).toEqual([8, 0]);
});

test("suggestions end with the first entry", () => {
  const rows = rowsOf(days([entry("2026-11-23", "Till", 1)]), LAST, []);
  expect(rows.flatMap((row) => row.cells).every((cell) => cell.ghost === 0)).toBe(true);
  expect(rows[1]!.cells[0]!.hours).toBe(1);
});

test("rows keep their places, and new projects come last", () => {
  const rows = rowsOf(days([entry("2026-11-23", "Alpha", 1)]), LAST, ["Till", "Harbour"]);
  expect(rows.map((row) => row.project)).toEqual(["Till", "Harbour", "Alpha"]);
});

test.each<[EntryView[], string | undefined]>([
  [[], undefined],
  [[entry("2026-11-23", "Till", 1)], undefined],
  [[entry("2026-11-23", "Till", 1), entry("2026-11-23", "Till", 2)], "several"],
  [[entry("2026-11-23", "Till", 1, { status: "approved" })], "approved"],
])("a cell with %j has the lock %s", (entries, lock) => {
  const [row] = rowsOf(days(entries), LAST, ["Till"]);
  expect(lockOf(row!.cells[0]!)).toBe(lock);
});
