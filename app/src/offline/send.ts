/** Send one unsent change, and tell a lost response from a change by another person. */

import type { Api } from "../api/client";
import type { Entry, Fields } from "../api/entry";
import { Problem } from "../api/errors";
import type { Correct, Decide, Delete, Item } from "./items";

export type Outcome =
  | { kind: "accepted"; entry?: Entry }
  | { kind: "refused"; problem: Problem }
  | { kind: "conflict"; theirs: Entry };

/**
 * Send an item. A create has an idempotency key and every other item a version, so an item whose response was
 * lost can be sent again without effect.
 *
 * Throws `Unavailable`, `SignedOut`, or the `Problem` of a refused access token: the item is unchanged and
 * can be sent later.
 */
export async function send(api: Api, item: Item): Promise<Outcome> {
  try {
    return await request(api, item);
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 401) throw error;
    if (item.kind === "delete" && error.code === "not_found") return { kind: "accepted" };
    return { kind: "refused", problem: error };
  }
}

async function request(api: Api, item: Item): Promise<Outcome> {
  try {
    switch (item.kind) {
      case "create":
        return { kind: "accepted", entry: await api.create(item.fields, item.key) };
      case "correct":
        return { kind: "accepted", entry: await api.correct(item.id, item.base!.version, item.fields) };
      case "delete":
        await api.delete(item.id, item.base!.version);
        return { kind: "accepted" };
      case "decide":
        await api.decide(item.id, item.base.version, item.decision);
        return { kind: "accepted" };
    }
  } catch (error) {
    const isStale = error instanceof Problem && error.code === "version_mismatch";
    if (!isStale || item.kind === "create") throw error;
    return resolveMismatch(api, item);
  }
}

/** Find out whether this item, with a lost response, or another person changed the entry. */
async function resolveMismatch(api: Api, item: Correct | Delete | Decide): Promise<Outcome> {
  if (item.kind === "decide") {
    const theirs = await pendingEntry(api, item);
    if (theirs) return { kind: "conflict", theirs };
    // The entry is decided. The server accepts the same decision again, and refuses another one.
    await api.decide(item.id, undefined, item.decision);
    return { kind: "accepted" };
  }
  const theirs = await api.read(item.id);
  const isNext = item.kind === "correct" && theirs.version === item.base!.version + 1;
  if (isNext && hasFields(theirs, item.fields)) return { kind: "accepted", entry: theirs };
  return { kind: "conflict", theirs };
}

async function pendingEntry(api: Api, item: Decide): Promise<Entry | undefined> {
  return (await api.approvals(item.base.user_id)).find((entry) => entry.id === item.id);
}

function hasFields(entry: Entry, fields: Partial<Fields>): boolean {
  return Object.entries(fields).every(([name, value]) => (entry[name as keyof Fields] ?? null) === value);
}
