/** Other people's entries by person and week, as an approver decides them. */

import type { BoardRow, Entry, Status } from "../api/entry";
import { daysOf, weekOf } from "../fields/dates";
import { MAX_HOURS } from "../fields/hours";
import type { Item } from "./items";
import type { EntryView } from "./overlay";
import { WORKING_DAYS, total } from "./week";

/** A person's week as a row. */
export interface WeekRow {
  /** Unique among the rows of a board. */
  key: string;
  userId: string;
  /** The person's name; their address or id where none is known. */
  name: string;
  /** The person's address or id, where two people have the same name. */
  address?: string;
  week: string;
  hours: number;
  /** The hours of each day, from Monday; empty if they are not known. */
  days: number[];
}

/** Whether the owner signed the entries that wait in their week; `unknown` until the week's board is loaded. */
export type Signing = "signed" | "changed" | "unsigned" | "unknown";

export interface PersonWeek extends WeekRow {
  /** The entries without a decision, and those whose decision was refused or is in conflict. */
  entries: EntryView[];
  /** The entries that can be decided. */
  open: EntryView[];
  /** A decision that was refused or is in conflict. */
  stalled?: Item;
  signing: Signing;
  /** The week on the board, with decided entries too. */
  row?: BoardRow;
  /** The first day that deserves a look: more hours than it has, or a weekend. */
  odd?: { day: number; hours: number };
}

export interface DecidedWeek extends WeekRow {
  status: Exclude<Status, "pending">;
}

export interface Board {
  unusual: PersonWeek[];
  ordinary: PersonWeek[];
  /** The weeks of today and later. */
  unfinished: PersonWeek[];
}

/** Group entries, oldest week first and then by name. */
export function personWeeks(entries: EntryView[], rows: readonly BoardRow[] = []): PersonWeek[] {
  const groups = new Map<string, EntryView[]>();
  for (const entry of entries) {
    const key = `${entry.user_id} ${weekOf(entry.date)}`;
    const group = groups.get(key);
    if (group) group.push(entry);
    else groups.set(key, [entry]);
  }
  const names = namesOf([...entries, ...rows]);
  const byKey = new Map(rows.map((row) => [`${row.user_id} ${row.week}`, row]));
  return [...groups]
    .map(([key, ofWeek]) => personWeek(key, ofWeek, byKey.get(key), names))
    .sort((a, b) => a.week.localeCompare(b.week) || byName(a, b));
}

/** Sort weeks into those to look at first, ordinary ones and unfinished ones. */
export function boardOf(weeks: PersonWeek[], thisWeek: string): Board {
  const finished = weeks.filter((one) => one.week < thisWeek);
  return {
    unusual: finished.filter((one) => !isOrdinary(one)),
    ordinary: finished.filter(isOrdinary),
    unfinished: weeks.filter((one) => one.week >= thisWeek),
  };
}

/** Return whether a week is as its owner signed it, and has neither a day nor a decision that deserves a look. */
export function isOrdinary({ signing, odd, stalled }: PersonWeek): boolean {
  return signing === "signed" && !odd && !stalled;
}

/** Return the approved and the rejected hours of each week, latest week first and then by name. */
export function decidedWeeks(rows: readonly BoardRow[]): DecidedWeek[] {
  const names = namesOf(rows);
  return rows
    .flatMap((row) =>
      (["approved", "rejected"] as const).flatMap((status): DecidedWeek[] => {
        const hours = row.by_status[status];
        if (!hours) return [];
        const days = hours === row.total_hours ? daysOfRow(row) : [];
        const key = `${row.user_id} ${row.week} ${status}`;
        return [{ ...names(row.user_id), key, userId: row.user_id, week: row.week, status, hours, days }];
      }),
    )
    .sort((a, b) => b.week.localeCompare(a.week) || byName(a, b));
}

/** Those who are expected in a week: they logged or signed, or are missing. */
export interface Turnout {
  expected: number;
  missing: (WeekRow & { email?: string })[];
  /** Those who logged, but whose signature is missing or not current. */
  unsigned: (WeekRow & { email?: string })[];
}

export function turnoutOf(rows: readonly BoardRow[]): Turnout {
  const expected = rows.filter((row) => row.missing || row.total_hours > 0 || row.submitted);
  const names = namesOf(rows);
  const listed = (some: BoardRow[]) =>
    some
      .map((row) => ({
        ...names(row.user_id),
        ...(row.user_email && { email: row.user_email }),
        key: row.user_id,
        userId: row.user_id,
        week: row.week,
        hours: row.total_hours,
        days: daysOfRow(row),
      }))
      .sort(byName);
  return {
    expected: expected.length,
    missing: listed(expected.filter((row) => row.missing)),
    unsigned: listed(expected.filter((row) => !row.missing && !row.submitted?.current)),
  };
}

function personWeek(
  key: string,
  entries: EntryView[],
  row: BoardRow | undefined,
  names: ReturnType<typeof namesOf>,
): PersonWeek {
  const { user_id: userId, date } = entries[0]!;
  const week = weekOf(date);
  const days = daysOf(week).map((day) => total(entries.filter((entry) => entry.date === day)));
  // The board has the hours that are decided already, too.
  const all = row ? daysOfRow(row) : days;
  const day = all.findIndex((hours, index) => hours > MAX_HOURS || (index >= WORKING_DAYS && hours > 0));
  const stalled = entries.find(({ unsent }) => unsent)?.unsent;
  return {
    ...names(userId),
    key,
    userId,
    week,
    entries,
    open: entries.filter(({ unsent }) => !unsent),
    ...(stalled && { stalled }),
    days,
    hours: total(entries),
    signing: signingOf(row, entries),
    ...(row && { row }),
    ...(day >= 0 && { odd: { day, hours: all[day]! } }),
  };
}

function signingOf(row: BoardRow | undefined, entries: Entry[]): Signing {
  if (!row) return "unknown";
  const { submitted } = row;
  if (!submitted) return "unsigned";
  const isCovered = entries.every(({ id }) => Object.hasOwn(submitted.versions, id));
  return submitted.current && isCovered ? "signed" : "changed";
}

/** Compare by name; people with the same name keep their order when the list is loaded again. */
function byName(a: WeekRow, b: WeekRow): number {
  return a.name.localeCompare(b.name) || a.key.localeCompare(b.key);
}

function daysOfRow(row: BoardRow): number[] {
  return daysOf(row.week).map((day) => row.by_day[day] ?? 0);
}

/** Return a function that names people: with the address, too, where two people have the same name. */
function namesOf(people: Pick<Entry, "user_id" | "user_name" | "user_email">[] | readonly BoardRow[]) {
  const names = new Map<string, string>();
  const addresses = new Map<string, string>();
  for (const { user_id: id, user_name, user_email } of people) {
    // People can share an address, and an imported entry has neither a name nor an address.
    const before = names.get(id) ?? id;
    names.set(id, user_name ?? (before === id ? (user_email ?? id) : before));
    addresses.set(id, user_email ?? addresses.get(id) ?? id);
  }
  const counts = new Map<string, number>();
  for (const name of names.values()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return (id: string): { name: string; address?: string } => {
    const name = names.get(id)!;
    return counts.get(name)! > 1 ? { name, address: addresses.get(id)! } : { name };
  };
}
