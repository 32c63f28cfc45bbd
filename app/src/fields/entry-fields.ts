/** The fields of the entry form: as typed, and as the API takes them. */

import type { Entry, Fields } from "../api/entry";
import type { FieldError } from "../api/errors";
import { FIRST_DAY, lastDay, today } from "./dates";
import { formats } from "./formats";
import { parseHours } from "./hours";
import { parseText } from "./text";

const { date: inDate, hours: inHours } = formats();

/** The maximum numbers of characters. */
export const LIMITS = { project: 100, notes: 1000, reason: 1000 };

/** The names of the form's fields, in their order on the screen. */
export const NAMES = ["project", "date", "hours", "notes"] as const;
export type Name = (typeof NAMES)[number];
export type Values = Record<Name, string>;
export type Errors = Partial<Record<Name, string>>;

/** Return the texts of the form for an entry, or for a new one. */
export function valuesOf(entry: Pick<Entry, "project" | "date" | "hours" | "notes"> | undefined): Values {
  if (!entry) return { project: "", date: today(), hours: "", notes: "" };
  const { project, date, hours, notes = "" } = entry;
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
  if ("fault" in project) errors.project = project.fault === "blank" ? "Enter a project" : project.message;
  if (date) errors.date = date;
  if ("fault" in hours) errors.hours = hours.message;
  if ("fault" in notes && notes.fault !== "blank") errors.notes = notes.message;
  if ("fault" in project || "fault" in hours || Object.keys(errors).length) return { errors };
  const text = "fault" in notes ? null : notes.value;
  return { fields: { project: project.value, date: values.date, hours: hours.value, notes: text }, errors };
}

function dateError(date: string): string | undefined {
  if (!/^\d{4,6}-\d\d-\d\d$/.test(date)) return "Enter a date";
  const last = lastDay();
  if (date.length === last.length && date >= FIRST_DAY && date <= last) return undefined;
  return `Is the year right? Enter a date from ${inDate(FIRST_DAY)} to ${inDate(last)}`;
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
