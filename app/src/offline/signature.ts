/** The signature of a week: the content that its owner signed, and the differences since then. */

import type { Entry } from "../api/entry";

/** The fields that a signature covers. */
export type Signed = Pick<Entry, "id" | "date" | "project" | "hours" | "notes">;
type Content = Omit<Signed, "id" | "notes"> & { notes?: string | null };

export interface Signature {
  /** The time of signing (RFC 3339, UTC). */
  at: string;
  /** The hours as signed. */
  hours: number;
  entries: Signed[];
}

/** An entry as signed and as it is now: one of them is missing if it was added or deleted. */
export interface Difference {
  before?: Signed;
  after?: Signed;
}

/** Return each entry that was added, changed or deleted since the week was signed, earliest day first. */
export function differences({ entries: signed }: Signature, entries: readonly Signed[]): Difference[] {
  const before = new Map(signed.map((entry) => [entry.id, entry]));
  const after = new Map(entries.map((entry) => [entry.id, entry]));
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((id): Difference => {
      const [old, now] = [before.get(id), after.get(id)];
      return { ...(old && { before: old }), ...(now && { after: now }) };
    })
    .filter(({ before, after }) => !before || !after || contentOf(before) !== contentOf(after))
    .sort((a, b) => dayOf(a).localeCompare(dayOf(b)));
}

/** Return whether two lists have the same content, in whatever order and under whatever ids. */
export function isSameContent(one: readonly Content[], other: readonly Content[]): boolean {
  return allContent(one) === allContent(other);
}

function allContent(entries: readonly Content[]): string {
  return entries.map(contentOf).sort().join();
}

function contentOf({ date, project, hours, notes }: Content): string {
  return JSON.stringify([date, project, hours, notes ?? ""]);
}

function dayOf({ before, after }: Difference): string {
  return (after ?? before)!.date;
}
