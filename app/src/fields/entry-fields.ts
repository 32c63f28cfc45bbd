/** The fields of the entry form: as typed, and as the API takes them. */

import type { Entry, Fields } from "../api/entry";
import type { FieldError } from "../api/errors";
import { today } from "./dates";
import { formats } from "./formats";
import { parseHours } from "./hours";

const { hoursForField } = formats();

/** The names of the form's fields, in their order on the screen. */
export const NAMES = ["project", "date", "hours", "notes"] as const;
export type Name = (typeof NAMES)[number];
export type Values = Record<Name, string>;
export type Errors = Partial<Record<Name, string>>;

/** Return the texts of the form for an entry, or for a new one. */
export function valuesOf(entry: Pick<Entry, "project" | "date" | "hours" | "notes"> | undefined): Values {
  if (!entry) return { project: "", date: today(), hours: "", notes: "" };
  const { project, date, hours, notes = "" } = entry;
  return { project, date, hours: hoursForField(hours), notes };
}

/** Check and convert the form's texts by the rules of the API, so that faults are found without a network. */
export function parse(values: Values): { fields?: Fields; errors: Errors } {
  const [project, notes] = [values.project.trim(), values.notes.trim()];
  const hours = parseHours(values.hours);
  const errors: Errors = {};
  if (!project) errors.project = "Enter a project";
  if (!/^\d{4}-\d\d-\d\d$/.test(values.date)) errors.date = "Enter a date";
  if (hours === undefined) errors.hours = "Enter more than 0 and at most 24 hours, for example 7.5 or 7:30";
  if (hours === undefined || Object.keys(errors).length) return { errors };
  return { fields: { project, date: values.date, hours, notes: notes || null }, errors };
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
