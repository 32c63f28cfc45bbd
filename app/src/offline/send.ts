/** Send unsent changes, and tell a lost response from a change by another person. */

import type { Api } from "../api/client";
import type { Entry, Fields } from "../api/entry";
import { Problem } from "../api/errors";
import type { Correct, Decide, Delete, Item } from "./items";

export type Outcome =
  | { kind: "accepted"; entry?: Entry }
  | { kind: "refused"; problem: Problem }
  | { kind: "conflict"; theirs: Entry };

/**
 * Send an item, or several decisions together; return an outcome for each.
 *
 * A create has an idempotency key and every other item a version, so an item whose response was lost can be sent
 * again without effect.
 *
 * Throws `Unavailable`, `SignedOut`, or the `Problem` of a refused access token: the items are unchanged and can be
 * sent later.
 */
export async function send(api: Api, items: Item[]): Promise<Outcome[]> {
  const decisions = items.filter((item) => item.kind === "decide");
  try {
    if (decisions.length) return await decide(api, decisions);
    return await Promise.all(items.map((item) => request(api, item)));
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 401) throw error;
    const isGone = items[0]?.kind === "delete" && error.code === "not_found";
    return items.map(() => (isGone ? { kind: "accepted" } : { kind: "refused", problem: error }));
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
        throw new TypeError("decisions are sent together");
    }
  } catch (error) {
    const isStale = error instanceof Problem && error.code === "version_mismatch";
    if (!isStale || item.kind === "create" || item.kind === "decide") throw error;
    return resolveMismatch(api, item);
  }
}

/** Decide exactly the versions that the person saw. */
async function decide(api: Api, items: Decide[]): Promise<Outcome[]> {
  const rows = items.map(({ id, base, decision }) => ({ id, version: base.version, ...decision }));
  const results = await api.decide(rows);
  return Promise.all(
    items.map(async (item, index): Promise<Outcome> => {
      const { entry, problem } = results[index]!;
      if (entry) return { kind: "accepted", entry };
      const { status = 0, code = "", detail = "" } = problem ?? {};
      if (code === "version_mismatch") return resolveDecision(api, item);
      return { kind: "refused", problem: new Problem(status, code, detail) };
    }),
  );
}

/** Find out whether an entry has the decision already, or was changed by another person. */
async function resolveDecision(api: Api, { id, decision }: Decide): Promise<Outcome> {
  try {
    const theirs = await api.approval(id);
    const isSame = theirs.status === (decision.approved ? "approved" : "rejected");
    return isSame ? { kind: "accepted", entry: theirs } : { kind: "conflict", theirs };
  } catch (error) {
    // The other rows of the request have their own outcomes.
    if (!(error instanceof Problem) || error.status === 401) throw error;
    return { kind: "refused", problem: error };
  }
}

/** Find out whether this item, with a lost response, or another person changed the entry. */
async function resolveMismatch(api: Api, item: Correct | Delete): Promise<Outcome> {
  const theirs = await api.read(item.id);
  const isNext = item.kind === "correct" && theirs.version === item.base!.version + 1;
  if (isNext && hasFields(theirs, item.fields)) return { kind: "accepted", entry: theirs };
  return { kind: "conflict", theirs };
}

function hasFields(entry: Entry, fields: Partial<Fields>): boolean {
  return Object.entries(fields).every(([name, value]) => (entry[name as keyof Fields] ?? null) === value);
}
