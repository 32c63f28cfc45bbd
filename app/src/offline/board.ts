/** Other people's entries by person and week, as an approver decides them. */

import { daysOf, weekOf } from "../fields/dates";
import type { Entry } from "../api/entry";
import type { EntryView } from "./overlay";
import { WORKING_DAYS, total } from "./week";

export const MAX_DAY = 24; // hours

export interface PersonWeek {
  /** Unique among the rows of a board. */
  key: string;
  userId: string;
  /** The person's name; their address or id where none is known. */
  name: string;
  /** The person's address or id, where two people have the same name. */
  address?: string;
  week: string;
  entries: EntryView[];
  hours: number;
  /** The hours of each day, from Monday. */
  days: number[];
  /** The first day that deserves a look: more hours than it has, or a weekend. */
  oddDay?: number;
}

export interface Board {
  unusual: PersonWeek[];
  ordinary: PersonWeek[];
  /** The weeks of today and later. */
  unfinished: PersonWeek[];
}

/** Group entries, oldest week first and then by name. */
export function personWeeks(entries: EntryView[]): PersonWeek[] {
  const names = new Map<string, string>();
  const addresses = new Map<string, string>();
  const groups = new Map<string, EntryView[]>();
  for (const entry of entries) {
    const { user_id: id, user_name, user_email } = entry;
    // People can share an address, and an imported entry has neither a name nor an address.
    const before = names.get(id) ?? id;
    names.set(id, user_name ?? (before === id ? (user_email ?? id) : before));
    addresses.set(id, user_email ?? addresses.get(id) ?? id);
    const key = `${id} ${weekOf(entry.date)}`;
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  const counts = new Map<string, number>();
  for (const name of names.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const ambiguous = (name: string) => (counts.get(name) ?? 0) > 1;
  return [...groups]
    .map(([key, ofWeek]) => personWeek(key, names, ofWeek))
    .map((week) => (ambiguous(week.name) ? { ...week, address: addresses.get(week.userId)! } : week))
    .sort((a, b) => a.week.localeCompare(b.week) || a.name.localeCompare(b.name));
}

/** Sort weeks into those to look at first, ordinary ones and unfinished ones. */
export function boardOf(weeks: PersonWeek[], thisWeek: string): Board {
  const finished = weeks.filter((one) => one.week < thisWeek);
  return {
    unusual: finished.filter((one) => one.oddDay !== undefined),
    ordinary: finished.filter((one) => one.oddDay === undefined),
    unfinished: weeks.filter((one) => one.week >= thisWeek),
  };
}

/** Group decided entries by person, week and decision, latest decision first. */
export function decidedWeeks(entries: Entry[]): PersonWeek[] {
  const last = (week: PersonWeek) =>
    week.entries
      .map((entry) => entry.reviewed_at ?? "")
      .sort()
      .at(-1) ?? "";
  return (["approved", "rejected"] as const)
    .flatMap((status) =>
      personWeeks(entries.filter((entry) => entry.status === status)).map((week) => ({
        ...week,
        key: `${status} ${week.key}`,
      })),
    )
    .sort((a, b) => last(b).localeCompare(last(a)));
}

function personWeek(key: string, names: Map<string, string>, entries: EntryView[]): PersonWeek {
  const { user_id: userId, date } = entries[0]!;
  const week = weekOf(date);
  const days = daysOf(week).map((day) => total(entries.filter((entry) => entry.date === day)));
  const oddDay = days.findIndex((hours, index) => hours > MAX_DAY || (index >= WORKING_DAYS && hours > 0));
  return {
    key,
    userId,
    name: names.get(userId)!,
    week,
    entries,
    hours: total(entries),
    days,
    ...(oddDay >= 0 && { oddDay }),
  };
}
