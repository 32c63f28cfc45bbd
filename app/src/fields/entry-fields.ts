/** The fields of the entry form: as typed, and as the API takes them. */

import type { Entry, Fields } from "../api/entry";
import type { FieldError } from "../api/errors";
import { t } from "../language";
import { FIRST_DAY, addDays, lastDay, today } from "./dates";
import { formats } from "./formats";
import { parseHours } from "./hours";
import { parseText } from "./text";

const { date: inDate, hours: inHours } = formats();

/** The maximum numbers of characters. */
export const LIMITS = { project: 100, notes: 1000, reason: 1000 };

const SEASON = 92; // days

/** The names of the form's fields, in their order on the screen. */
export const NAMES = ["project", "hours", "date", "notes"] as const;
export type Name = (typeof NAMES)[number];
export type Values = Record<Name, string>;
type EntryFields = Pick<Entry, "project" | "date" | "hours" | "notes">;
export type Errors = Partial<Record<Name, string>>;

/** Return the texts of the form for an entry. */
export function valuesOf({ project, date, hours, notes = "" }: EntryFields): Values {
  return { project, date, hours: inHours(hours), notes };
}

/**
 * Check and convert the form's texts by the rules of the API, so that faults are found without a network.
 *
 * @param storedDate the date of the corrected entry, which is valid even if the API has other limits by now
 */
export function parse(values: Values, storedDate?: string): { fields?: Fields; errors: Errors } {
  const project = parseText(values.project, { limit: LIMITS.project });
  const notes = parseText(values.notes, { limit: LIMITS.notes, multiline: true });
  const hours = parseHours(values.hours);
  const date = values.date === storedDate ? undefined : dateError(values.date);
  const errors: Errors = {};
  if ("fault" in project) errors.project = project.fault === "blank" ? t.faults.project : project.message;
  if (date) errors.date = date;
  if ("fault" in hours) errors.hours = hours.message;
  if ("fault" in notes && notes.fault !== "blank") errors.notes = notes.message;
  if ("fault" in project || "fault" in hours || Object.keys(errors).length) return { errors };
  const text = "fault" in notes ? null : notes.value;
  return { fields: { project: project.value, date: values.date, hours: hours.value, notes: text }, errors };
}

/** Return whether a day is in another year and more than a season away, so that the year is perhaps wrong. */
export function isFarAway(date: string, now = today()): boolean {
  const isOtherYear = date.slice(0, 4) !== now.slice(0, 4);
  return isOtherYear && (date < addDays(now, -SEASON) || date > addDays(now, SEASON));
}

function dateError(date: string): string | undefined {
  if (!/^\d{4,6}-\d\d-\d\d$/.test(date)) return t.faults.date;
  const last = lastDay();
  if (date.length === last.length && date >= FIRST_DAY && date <= last) return undefined;
  return t.faults.year(inDate(FIRST_DAY), inDate(last));
}

/** Return the changed fields only, so that other people's changes stay; all fields if none is changed. */
export function changedFields(entry: Entry, fields: Fields): Partial<Fields> {
  const differs = (name: keyof Fields) => (entry[name] ?? null) !== fields[name];
  const changes = Object.entries(fields).filter(([name]) => differs(name as keyof Fields));
  return changes.length ? Object.fromEntries(changes) : fields;
}

/** Return the server's field errors by field name. */
export function errorsOf(faults: FieldError[]): Errors {
  return Object.fromEntries(faults.map((fault) => [fault.pointer.slice(1), fault.detail]));
}
