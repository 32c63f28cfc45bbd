/** The person's last changes that the server accepted, and the changes that undo them. */

import type { Entry, Fields } from "../api/entry";
import type { Correct, Item } from "./items";
import type { Outbox } from "./outbox";

const MAX = 5;

export interface Change {
  item: Item;
  /** The server's id of the entry. */
  id: string;
  /** The entry's version after the change; missing after a deletion. */
  version?: number;
}

/** The accepted changes of a press. */
export interface Accepted {
  press: string;
  /** The time (ms) at which the server accepted the last one. */
  at: number;
  changes: Change[];
}

/** Return the list with a change in front, or with the others of its press. */
export function withAccepted(list: readonly Accepted[], item: Item, entry: Entry | undefined): Accepted[] {
  const change: Change = { item, id: entry?.id ?? item.id, ...(entry && { version: entry.version }) };
  const { press = crypto.randomUUID() } = item;
  const at = Date.now();
  if (list.some((one) => one.press === press)) {
    return list.map((one) => (one.press === press ? { press, at, changes: [...one.changes, change] } : one));
  }
  return [{ press, at, changes: [change] }, ...list].slice(0, MAX);
}

/**
 * Put the change that undoes an accepted one into the outbox; return whether that is possible. A decision is undone
 * without the outbox.
 *
 * @param entry the entry as it is now
 */
export async function undoAccepted(
  outbox: Outbox,
  { item }: Change,
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
  else if (item.kind === "correct") await outbox.correct(entry, before(item));
  return true;
}

/** Return the values that a correction replaced. */
function before({ fields, base }: Correct): Partial<Fields> {
  const names = Object.keys(fields) as (keyof Fields)[];
  return Object.fromEntries(names.map((name) => [name, base?.[name] ?? null]));
}
