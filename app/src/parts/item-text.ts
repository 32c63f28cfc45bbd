/** Unsent changes in words. */

import type { Entry } from "../api/entry";
import { today } from "../fields/dates";
import { formats } from "../fields/formats";
import { isolated } from "../fields/text";
import { t } from "../language";
import { type Item, countsOf, isStalled } from "../offline/items";
import { total } from "../offline/week";
import type { Trouble } from "../offline/trouble";

const { inHours } = formats();

/** Return the server's reasons for refusing a change. */
export function faultsInWords({ detail, faults }: NonNullable<Item["refused"]>): string {
  return faults.length
    ? faults.map((fault) => `${fieldName(fault.pointer)} ${fault.detail}`).join("; ")
    : detail;
}

/** Return the name of a form's field for a JSON Pointer such as `/hours`. */
function fieldName(pointer: string): string {
  const name = pointer.slice(1);
  const names: Record<string, string> = { project: t.project, date: t.date, hours: t.hours, notes: t.notes };
  return names[name] ?? name;
}

/** Return the fields of the entry that an item is about, as the item and the ones before it leave them. */
export function entryOf(item: Item, items: Item[]): { project: string; hours: number; date: string } {
  const earlier = items.filter((other) => other.id === item.id && other.n! <= item.n!);
  const all = earlier.map((other) => ({ ...other.base, ...("fields" in other ? other.fields : {}) }));
  const { project = "", hours = 0, date = today() } = Object.assign({}, ...all) as Partial<Entry>;
  return { project, hours, date };
}

/** Return the project and hours of an item; of several items, their number and hours. */
export function entriesInWords(group: Item[], items: Item[]): string {
  const entries = group.map((item) => entryOf(item, group.length > 1 ? [item] : items));
  const [entry] = entries as [ReturnType<typeof entryOf>];
  return group.length > 1 ? `${t.entries(group.length)}, ${inHours(total(entries))}` : nameOf(entry);
}

/** Return what an unsent item does. */
export function kindOf(item: Item): string {
  if (item.kind !== "decide") return t.change[item.kind];
  return item.decision.approved ? t.change.approve : t.change.reject;
}

/** Return what an item that was sent has done. */
export function pastOf(item: Item): string {
  const { created: create, corrected: correct, deleted, approved, rejected } = t.changes;
  if (item.kind === "decide") return item.decision.approved ? approved : rejected;
  return { create, correct, delete: deleted }[item.kind];
}

/**
 * Return why an item is not sent yet.
 *
 * @param isEnded whether the sign-in has ended
 */
export function reasonOf(
  item: Item,
  items: Item[],
  trouble: Trouble | undefined,
  isEnded: boolean,
  now = Date.now(),
): string {
  if (item.theirs) return t.changedElsewhere;
  if (item.refused) return faultsInWords(item.refused);
  if (items.some((other) => other.id === item.id && other.n! < item.n! && isStalled(other))) {
    return t.waitsForFix;
  }
  if (isEnded) return t.waitsForSignIn;
  if (trouble) return t.waitsFor[trouble.kind];
  return !item.tried && item.notBefore > now ? t.waitsForUndo : t.sending;
}

/** Return the entries of which a change waits, in words: "1 entry needs fixing, 2 entries to send". */
export function waitingInWords(items: Item[]): string {
  const { stalled, unsent } = countsOf(items);
  const parts = [stalled && t.needFixing(stalled), unsent && t.entriesToSend(unsent)];
  return parts.filter(Boolean).join(", ") || t.allSaved;
}

/** Return an entry's project and hours, as in "Harbour, 4 h". */
export function nameOf(entry: { project: string; hours: number }): string {
  return `${isolated(entry.project)}, ${inHours(entry.hours)}`;
}
