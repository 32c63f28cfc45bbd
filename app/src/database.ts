/** What the phone keeps of one person: the entries it last saw, what waits to be sent, what is being typed. */

import { type DBSchema, type IDBPDatabase, deleteDB, openDB } from "idb";
import type { Entry } from "./api";
import type { Item } from "./outbox";

interface Schema extends DBSchema {
  entries: { key: string; value: Entry; indexes: { date: string } };
  approvals: { key: string; value: Entry };
  /** When (ms) something was last seen: a week by its name, or `approvals`. */
  seen: { key: string; value: number };
  outbox: { key: number; value: Item };
  /** The ids that the server gave, by the ones that entries had here before: a form may be open on one. */
  arrived: { key: string; value: string };
  /** What is being typed, by the form's address. */
  drafts: { key: string; value: Record<string, string> };
}

export type Database = IDBPDatabase<Schema>;

/**
 * Each person has a database of their own: on a phone that is shared, nobody sees another's. Whoever has it open is
 * told to close it when another tab signs out, or that tab could not delete it.
 */
export function open(sub: string, toldToClose?: () => void): Promise<Database> {
  return openDB<Schema>(nameFor(sub), 1, {
    upgrade(database) {
      database.createObjectStore("entries", { keyPath: "id" }).createIndex("date", "date");
      database.createObjectStore("approvals", { keyPath: "id" });
      database.createObjectStore("seen");
      database.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
      database.createObjectStore("arrived");
      database.createObjectStore("drafts");
    },
    ...(toldToClose && { blocking: toldToClose }),
  });
}

export function forget(sub: string): Promise<void> {
  return deleteDB(nameFor(sub));
}

/** Put what the server says of some days in the place of what was known of them. */
export async function replaceDays(database: Database, week: string, from: string, to: string, entries: Entry[]): Promise<void> {
  const transaction = database.transaction(["entries", "seen"], "readwrite");
  const store = transaction.objectStore("entries");
  for (const id of await store.index("date").getAllKeys(IDBKeyRange.bound(from, to))) void store.delete(id);
  for (const entry of entries) void store.put(entry);
  void transaction.objectStore("seen").put(Date.now(), week);
  await transaction.done;
}

export async function replaceApprovals(database: Database, entries: Entry[]): Promise<void> {
  const transaction = database.transaction(["approvals", "seen"], "readwrite");
  void transaction.objectStore("approvals").clear();
  for (const entry of entries) void transaction.objectStore("approvals").put(entry);
  void transaction.objectStore("seen").put(Date.now(), "approvals");
  await transaction.done;
}

export function entriesBetween(database: Database, from: string, to: string): Promise<Entry[]> {
  return database.getAllFromIndex("entries", "date", IDBKeyRange.bound(from, to));
}

function nameFor(sub: string): string {
  return `timesheets ${sub}`;
}
