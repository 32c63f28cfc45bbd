/** The person's last changes that the server accepted, and the changes that undo them. */

import type { Entry, Fields } from "../api/entry";
import type { Correct, Create, Delete, Item } from "./items";
import type { Outbox } from "./outbox";

const MAX = 5;

export interface Accepted {
  item: Create | Correct | Delete;
  /** The time (ms) at which the server accepted it. */
  at: number;
  /** The server's id of the entry. */
  id: string;
}

/** Return the list with a change in front; decisions are reopened elsewhere. */
export function withAccepted(list: readonly Accepted[], item: Item, entry: Entry | undefined): Accepted[] {
  if (item.kind === "decide") return [...list];
  return [{ item, at: Date.now(), id: entry?.id ?? item.id }, ...list].slice(0, MAX);
}

/**
 * Put the change that undoes an accepted one into the outbox; return whether that is possible.
 *
 * @param entry the entry as it is now
 */
export async function undoAccepted(
  outbox: Outbox,
  { item }: Accepted,
  entry: Entry | undefined,
): Promise<boolean> {
  if (item.kind === "delete") {
    if (!item.base) return false;
    const { date, project, hours, notes = null } = item.base;
    await outbox.create({ date, project, hours, notes });
    return true;
  }
  if (!entry || entry.status === "approved") return false;
  if (item.kind === "create") await outbox.delete(entry);
  else await outbox.correct(entry, before(item));
  return true;
}

/** Return the values that a correction replaced. */
function before({ fields, base }: Correct): Partial<Fields> {
  const names = Object.keys(fields) as (keyof Fields)[];
  return Object.fromEntries(names.map((name) => [name, base?.[name] ?? null]));
}
