/** The state of an entry: its mark, and its words. */

import { t } from "../language";
import { isStalled } from "../offline/items";
import type { EntryView } from "../offline/overlay";
import type { State } from "./icon";

/** Return the id of the element that names an entry; an element's id has no spaces. */
export function labelOf({ id }: EntryView): string {
  return `entry-${id.replace(/\W/g, "-")}`;
}

export function isLocked(entry: EntryView): boolean {
  return entry.status === "approved" || entry.unsent?.theirs !== undefined;
}

export function markOf({ status, unsent }: EntryView): State {
  if (!unsent) return status;
  return isStalled(unsent) ? "unusual" : "unsent";
}

export function stateOf({ status, unsent }: EntryView): string {
  if (!unsent) return t.state[status];
  return isStalled(unsent) ? t.state.problem : t.state.unsent;
}
