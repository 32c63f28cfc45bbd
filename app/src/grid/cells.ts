/** The rows and cells of the grid: a project on a day. */

import type { EntryView } from "../offline/overlay";
import { type Day, byProject, total } from "../offline/week";

export interface Cell {
  project: string;
  date: string;
  entries: EntryView[];
  hours: number;
  /** The hours of this project on this day a week ago, suggested in an empty week. */
  ghost: number;
  isWeekend: boolean;
}

export interface Row {
  project: string;
  cells: Cell[];
  hours: number;
}

/** Return a row for each project of this week and of last week, and for those that had a row before. */
export function rowsOf(days: Day[], daysBefore: Day[], kept: Iterable<string>): Row[] {
  const now = byProject(days.flatMap((day) => day.entries));
  const before = byProject(daysBefore.flatMap((day) => day.entries));
  const isEmpty = now.size === 0;
  // A project without a row yet gets one at the end, so that no row moves while a person types.
  const projects = new Set([
    ...kept,
    ...[...now.keys(), ...before.keys()].sort((a, b) => a.localeCompare(b)),
  ]);
  return [...projects].map((project) => {
    const entries = now.get(project) ?? [];
    const cells = days.map(({ date, isWeekend }, index) => {
      const ofCell = entries.filter((entry) => entry.date === date);
      const lastWeek = (before.get(project) ?? []).filter((entry) => entry.date === daysBefore[index]?.date);
      return {
        project,
        date,
        entries: ofCell,
        hours: total(ofCell),
        ghost: isEmpty ? total(lastWeek) : 0,
        isWeekend,
      };
    });
    return { project, cells, hours: total(entries) };
  });
}

/** Return why a cell cannot be typed into. */
export function lockOf({ entries }: Cell): "approved" | "several" | "conflict" | undefined {
  const [entry] = entries;
  if (entries.length > 1) return "several";
  if (entry?.status === "approved") return "approved";
  return entry?.unsent?.theirs ? "conflict" : undefined;
}

export function cellKey({ project, date }: Pick<Cell, "project" | "date">): string {
  return `${date} ${project}`;
}
