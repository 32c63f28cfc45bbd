/** The changes that a person made and the server has not accepted yet. Items are stored in IndexedDB. */

import type { Decision, Entry, Fields } from "../api/entry";
import type { FieldError } from "../api/errors";

interface Common {
  /** The position in the queue. */
  n?: number;
  /** The entry's id; until the server has created the entry, an id of this app. */
  id: string;
  /** The time (ms since the epoch) before which the item is not sent, so that it can be undone. */
  notBefore: number;
  /** Whether sending was attempted. The server may have the item, so it must not be edited or undone. */
  tried: boolean;
  /** The press that made this item together with others: they are shown and undone together. */
  press?: string;
  /** Why the server refused the item. */
  refused?: { code: string; detail: string; faults: FieldError[] };
}

export interface Create extends Common {
  kind: "create";
  key: string;
  fields: Fields;
  base?: never;
  theirs?: never;
}

interface Change extends Common {
  /** The entry as the person saw it. Missing while the item that creates the entry is unsent. */
  base?: Entry;
  /** The entry as another person changed it: a conflict, which the person resolves. */
  theirs?: Entry;
}

export interface Correct extends Change {
  kind: "correct";
  fields: Partial<Fields>;
}

export interface Delete extends Change {
  kind: "delete";
}

export interface Decide extends Change {
  kind: "decide";
  base: Entry;
  decision: Decision;
}

export type Item = Create | Correct | Delete | Decide;

/** Return whether the item was refused or is in conflict. It is not sent before the person resolves that. */
export function isStalled(item: Item): boolean {
  return item.refused !== undefined || item.theirs !== undefined;
}

/** Return how many entries have a change that waits for the person, and how many only have others. */
export function countsOf(items: Item[]): { stalled: number; unsent: number } {
  const stalled = new Set(items.filter(isStalled).map(({ id }) => id));
  const all = new Set(items.map(({ id }) => id));
  return { stalled: stalled.size, unsent: all.size - stalled.size };
}

/** Return items by the press that made them, in order. An item that waits for the person stands alone. */
export function byPress(items: Item[]): Item[][] {
  const groups = new Map<unknown, Item[]>();
  for (const item of items) {
    const press = isStalled(item) ? item : (item.press ?? item);
    groups.set(press, [...(groups.get(press) ?? []), item]);
  }
  return [...groups.values()];
}

/** Return whether the server may have created the entry, although its answer did not arrive. */
export function mayHaveArrived(item: Item): item is Create {
  return item.kind === "create" && item.tried && !item.refused;
}
