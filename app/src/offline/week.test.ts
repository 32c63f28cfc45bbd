import { expect, test } from "vitest";
import type { EntryView } from "./overlay";
import { byDay, byProject, copyOf, workingHours } from "./week";

const entry = (date: string, project: string, hours: number, notes?: string) =>
  ({ id: `${date} ${project}`, date, project, hours, notes, status: "pending" }) as EntryView;

const MONDAY = entry("2026-11-16", "Harbour", 8, "Crane");
const TUESDAY = entry("2026-11-17", "Till", 7.5);

test("a week has a total for each of its days", () => {
  const days = byDay(["2026-11-16", "2026-11-17"], [MONDAY, TUESDAY, entry("2026-11-17", "Harbour", 0.1)]);
  expect(days.map((day) => day.hours)).toEqual([8, 7.6]);
});

test("projects are in the order of their names", () => {
  expect([...byProject([TUESDAY, MONDAY]).keys()]).toEqual(["Harbour", "Till"]);
});

test("a copy of the last week has its projects and hours, and its notes on request", () => {
  expect(copyOf([MONDAY, TUESDAY], [], false)).toEqual([
    { date: "2026-11-23", project: "Harbour", hours: 8, notes: null },
    { date: "2026-11-24", project: "Till", hours: 7.5, notes: null },
  ]);
  expect(copyOf([MONDAY], [], true)[0]!.notes).toBe("Crane");
});

test("a copy fills only the days that have no hours", () => {
  const copied = copyOf([MONDAY, TUESDAY], [entry("2026-11-23", "Training", 1)], false);
  expect(copied.map((fields) => fields.date)).toEqual(["2026-11-24"]);
});

test("the hours of a week are exact", () => {
  expect(workingHours(6.01)).toBe(30.05);
});
