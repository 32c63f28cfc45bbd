/** Entries as the person should see them: as last loaded, with unsent changes applied. */

import type { Entry, Fields } from "../api/entry";
import { type Create, type Item, isStalled } from "./items";

export interface EntryView extends Entry {
  /** The latest unsent change of the entry. */
  unsent?: Item;
}

/** Apply unsent changes to the caller's own entries. */
export function overlay(entries: Entry[], items: Item[]): EntryView[] {
  const views = new Map<string, EntryView>(entries.map((entry) => [entry.id, entry]));
  for (const item of items) {
    const entry = views.get(item.id) ?? item.base;
    if (item.kind === "create") views.set(item.id, { ...newEntry(item), unsent: item });
    else if (item.kind === "correct" && entry) {
      views.set(item.id, { ...withFields(entry, item.fields), unsent: item });
    } else if (item.kind === "delete") {
      if (entry && isStalled(item)) views.set(item.id, { ...entry, unsent: item });
      else views.delete(item.id);
    }
  }
  return [...views.values()];
}

/** Apply unsent decisions to pending entries, oldest day first. Stalled decisions stay in the list. */
export function undecided(entries: Entry[], items: Item[]): EntryView[] {
  const decisions = new Map(
    items.filter((item) => item.kind === "decide").map((item) => [item.id, item] as const),
  );
  // The list lacks an entry that its owner deleted, but a stalled decision about it must stay visible.
  const listed = new Set(entries.map((entry) => entry.id));
  const unlisted = [...decisions.values()].filter((item) => isStalled(item) && !listed.has(item.id));
  return [...entries, ...unlisted.map((item) => item.base)]
    .map((entry): EntryView => {
      const unsent = decisions.get(entry.id);
      return unsent ? { ...entry, unsent } : entry;
    })
    .filter((view) => !view.unsent || isStalled(view.unsent))
    .sort((a, b) => byDate(a, b));
}

/** Compare entries by day, then by creation. */
export function byDate(a: Entry, b: Entry): number {
  return a.date.localeCompare(b.date) || a.created_at.localeCompare(b.created_at);
}

function newEntry(item: Create): Entry {
  const { notes, ...fields } = item.fields;
  const entry: Entry = { ...fields, id: item.id, user_id: "", status: "pending", created_at: "", version: 0 };
  return notes ? { ...entry, notes } : entry;
}

function withFields(entry: Entry, fields: Partial<Fields>): Entry {
  const { notes, ...rest } = fields;
  const next: Entry = { ...entry, ...rest, status: "pending" };
  delete next.reason;
  if (notes) next.notes = notes;
  else if (notes === null) delete next.notes;
  return next;
}
