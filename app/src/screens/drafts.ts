/** The values of the entry sheet, and their drafts. */

import { today } from "../fields/dates";
import { type Values, valuesOf } from "../fields/entry-fields";
import { formats } from "../fields/formats";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { target } from "../settings";
import type { Measured } from "../timer";

const { hours: plainHours } = formats();

export interface SheetValues extends Values {
  /** The chosen days; the field "Date" has the first one. */
  days: string[];
  /** Whether the hours are those that the day lacks, and not a person's. */
  isPreset: boolean;
}

export type Draft = Record<string, string>;

/** Return the values of an entry; for a new one, the hours that the day lacks to the target. */
export function initialValues(session: Session, entry: EntryView | undefined, date: string): SheetValues {
  if (entry) return { ...valuesOf(entry), days: [entry.date], isPreset: false };
  const day = date || today();
  const rest = target.value - session.hoursOn(day);
  const hours = rest > 0 ? plainHours(rest) : "";
  return { project: "", date, days: date ? [date] : [], hours, notes: "", isPreset: true };
}

/** Return the values of a new entry for which the time was measured. */
export function measuredValues({ project, date, hours }: Measured): SheetValues {
  return { project, date, days: [date], hours: plainHours(hours), notes: "", isPreset: false };
}

export function draftValues({ project = "", date = "", hours = "", notes = "", days }: Draft): SheetValues {
  return { project, date, hours, notes, days: days?.split(" ") ?? [date], isPreset: false };
}

/** Keep the values of an unsaved form with the time, or remove them. */
export async function keepDraft(
  session: Session,
  entry: EntryView | undefined,
  values: SheetValues | undefined,
): Promise<void> {
  const key = entry?.id ?? "new";
  if (!values) return session.database.delete("drafts", key);
  const { project, date, hours, notes, days } = values;
  const draft = { project, date, hours, notes, days: days.join(" "), at: String(Date.now()) };
  await session.database.put("drafts", draft, key);
}
