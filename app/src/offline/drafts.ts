/** The values of the entry sheet, and their stored drafts. */

import { type Values, valuesOf } from "../fields/entry-fields";
import { formats } from "../fields/formats";
import type { EntryView } from "./overlay";
import type { Session } from "./session";
import { target } from "../settings";
import type { Measured } from "../timer";

const { hours: plainHours } = formats();

export interface SheetValues extends Values {
  /** The chosen days; the field "Date" has the first one. */
  days: string[];
  /** Whether the hours are those that the day lacks, and not a person's. */
  isPreset: boolean;
}

/**
 * The values of a form, and the time `at` which they were kept. A measured time has the `start` of the timer and, if
 * that ran suspiciously long, the time at which the app was last used (`forgotten`, empty if unknown). All times are
 * in milliseconds since the epoch.
 */
export type Draft = Partial<Record<string, string>>;

const NEW = "new";
/** The start of the keys of measured times. */
const TIMED = "timed ";

/** Return the values of an entry; those of a new one have the hours that its day lacks. */
export function initialValues(entry: EntryView | undefined, date: string, logged: number): SheetValues {
  if (entry) return { ...valuesOf(entry), days: [entry.date], isPreset: false };
  return { project: "", date, days: [date], hours: lackingHours(logged), notes: "", isPreset: true };
}

/** Return the hours that a day with logged hours lacks to the target. */
export function lackingHours(logged: number): string {
  const rest = target.value - logged;
  return rest > 0 ? plainHours(rest) : "";
}

export function draftValues({ project = "", date = "", hours = "", notes = "", days }: Draft): SheetValues {
  return { project, date, hours, notes, days: days?.split(" ") ?? [date], isPreset: false };
}

/** Return the draft of a form: for a new entry the latest measured time, or else what was typed. */
export async function readDraft({ database }: Session, id: string | undefined): Promise<Draft | undefined> {
  if (id !== undefined) return database.get("drafts", id);
  const times = await database.run((opened) =>
    opened.getAll("drafts", IDBKeyRange.bound(TIMED, `${TIMED}~`)),
  );
  return times.at(-1) ?? database.get("drafts", NEW);
}

/** Return the key of a draft: the entry's id, or that of a new entry. */
export function draftKey(entry: EntryView | undefined, draft: Draft | undefined): string {
  return entry?.id ?? (draft?.start ? TIMED + draft.start : NEW);
}

/** Keep the values of an unsaved form with the time and what was measured. */
export async function keepDraft(
  session: Session,
  key: string,
  { project, date, hours, notes, days }: SheetValues,
  { start, forgotten }: Draft = {},
): Promise<void> {
  const measured = { ...(start && { start }), ...(forgotten !== undefined && { forgotten }) };
  const draft = { project, date, hours, notes, days: days.join(" "), at: String(Date.now()), ...measured };
  await session.database.put("drafts", draft, key);
}

/** Keep the time that a timer measured as a draft of its own. */
export async function keepMeasured(session: Session, measured: Measured): Promise<void> {
  const { project, notes, date, hours, start, isLong, lastUse = "" } = measured;
  const draft = { start: String(start), ...(isLong && { forgotten: String(lastUse) }) };
  const values = { project, notes, date, days: [date], hours: plainHours(hours), isPreset: false };
  await keepDraft(session, draftKey(undefined, draft), values, draft);
}
