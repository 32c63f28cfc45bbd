/** A week of entries by day and by project. */

import type { Entry, Fields } from "../api/entry";
import { addDays, daysOf } from "../fields/dates";
import { sum } from "../fields/hours";
import type { EntryView } from "./overlay";

export const WORKING_DAYS = 5;

export interface Day {
  date: string;
  entries: EntryView[];
  hours: number;
  isWeekend: boolean;
}

/** Return the hours of the working days of a week. */
export function workingHours(hoursPerDay: number): number {
  return sum(Array(WORKING_DAYS).fill(hoursPerDay));
}

export function total(entries: readonly { hours: number }[]): number {
  return sum(entries.map((entry) => entry.hours));
}

/** Return the entries of a week. */
export function within<E extends Entry>(entries: E[], week: string): E[] {
  const [from, to] = bounds(week);
  return entries.filter(({ date }) => date >= from && date <= to);
}

/** Return the first day of a week and the last day of another. */
export function bounds(first: string, last = first): [string, string] {
  return [daysOf(first)[0], daysOf(last)[6]];
}

/** Return the days of a week, from Monday, with their entries. */
export function byDay(days: readonly string[], entries: EntryView[]): Day[] {
  return days.map((date, index) => {
    const ofDay = entries.filter((entry) => entry.date === date);
    return { date, entries: ofDay, hours: total(ofDay), isWeekend: index >= WORKING_DAYS };
  });
}

/** Return entries by project, in the order of the projects' names. */
export function byProject<E extends { project: string }>(entries: readonly E[]): Map<string, E[]> {
  const groups = new Map<string, E[]>();
  for (const entry of [...entries].sort((a, b) => a.project.localeCompare(b.project))) {
    const group = groups.get(entry.project);
    if (group) group.push(entry);
    else groups.set(entry.project, [entry]);
  }
  return groups;
}

/** Return new entries as in the week before, for each day that has no hours yet. */
export function copyOf(before: EntryView[], entries: EntryView[], withNotes: boolean): Fields[] {
  const filled = new Set(entries.map((entry) => entry.date));
  return before
    .map(({ date, project, hours, notes }) => ({
      date: addDays(date, 7),
      project,
      hours,
      notes: (withNotes && notes) || null,
    }))
    .filter((fields) => !filled.has(fields.date));
}
