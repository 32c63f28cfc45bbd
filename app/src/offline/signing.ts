/** Requests about the signature of the caller's week. */

import type { Api } from "../api/client";
import type { Entry, Submission } from "../api/entry";
import { Problem } from "../api/errors";
import { SignedOut } from "../auth/auth";
import { type Database, acceptSignature, acceptedCount, replaceWeeks } from "./database";
import { isStalled } from "./items";
import { type Signature, type Signed, isSameContent } from "./signature";

/**
 * - `changed`: the server has another content than the screen.
 * - `unreached`: the server was not reached, or did not get a change of this device.
 * - `ended`: the sign-in has ended.
 * - `refused`: the server refused the signature.
 */
export type SignOutcome = "signed" | "changed" | "unreached" | "ended" | "refused";

/** Return the signature of a week whose entries were loaded just before; null if the week is not signed. */
export async function loadSignature(
  api: Api,
  database: Database,
  week: string,
  entries: Entry[],
): Promise<Signature | null> {
  const { submitted } = await api.week(week);
  const before = await database.get("signatures", week);
  return submitted ? signatureOf(api, submitted, entries, before) : null;
}

/**
 * Sign a week if its content on the server is the content on the screen.
 *
 * The tag is read before the entries, and the server signs only if the week still has that tag. So the entries that
 * are compared with the screen are those that the signature covers.
 *
 * @param days the first and the last day of the week
 */
export async function signWeek(
  api: Api,
  database: Database,
  week: string,
  days: [string, string],
  seen: readonly Signed[],
): Promise<SignOutcome> {
  const since = await acceptedCount(database);
  const { tag } = await api.week(week);
  const entries = await api.entries(...days);
  await replaceWeeks(database, [week], days, entries, since);
  if (!isSameContent(seen, entries)) return (await hasUnsent(database)) ? "unreached" : "changed";
  try {
    const { submitted } = await api.signWeek(week, tag);
    await acceptSignature(database, week, signed(submitted!, entries));
    return "signed";
  } catch (error) {
    if (error instanceof Problem && error.code === "version_mismatch") return "changed";
    throw error;
  }
}

/** Return the outcome of a signature whose request failed. */
export function failureOf(error: unknown): SignOutcome {
  if (error instanceof SignedOut) return "ended";
  return error instanceof Problem ? "refused" : "unreached";
}

/** Return whether a change of the person's own entries is not sent, although nothing is wrong with it. */
async function hasUnsent(database: Database): Promise<boolean> {
  const items = await database.getAll("outbox");
  return items.some((item) => item.kind !== "decide" && !isStalled(item));
}

async function signatureOf(
  api: Api,
  submitted: Submission,
  entries: Entry[],
  before: Signature | null | undefined,
): Promise<Signature> {
  if (before?.at === submitted.at) return before;
  return signed(submitted, submitted.current ? entries : await signedVersions(api, submitted, entries));
}

/** Return the entries as they were signed: from their histories where they have another version by now. */
async function signedVersions(api: Api, { versions }: Submission, entries: Entry[]): Promise<Signed[]> {
  const present = new Map(entries.map((entry) => [entry.id, entry]));
  const found: Signed[] = [];
  for (const [id, version] of Object.entries(versions)) {
    const entry = present.get(id);
    if (entry?.version === version) found.push(entry);
    else {
      const history = await api.history(id, "timesheets");
      found.push({ ...(history.find((change) => change.version === version)?.entry as Signed), id });
    }
  }
  return found.filter((entry) => entry.date); // the content of an erased entry is gone
}

function signed({ at, total_hours: hours }: Submission, entries: readonly Signed[]): Signature {
  const content = entries.map(({ id, date, project, hours, notes }) => ({
    id,
    date,
    project,
    hours,
    ...(notes && { notes }),
  }));
  return { at, hours, entries: content };
}
