/** The IndexedDB database of one person: entries as last loaded, unsent changes, and form drafts. */

import { type DBSchema, deleteDB } from "idb";
import type { BoardRow, Entry } from "../api/entry";
import { Connection } from "../connection";
import type { Item } from "./items";
import { type Signature, isSameContent } from "./signature";

interface Schema extends DBSchema {
  entries: { key: string; value: Entry; indexes: { date: string } };
  approvals: { key: string; value: Entry };
  /** The person's own rejected entries, of any week. */
  rejected: { key: string; value: Entry };
  /** The boards of weeks, by the week's name. */
  boards: { key: string; value: BoardRow[] };
  /** The signature of a week, by the week's name; null if the week is not signed. */
  signatures: { key: string; value: Signature | null };
  /** The time (ms) at which a week, by its name, or `approvals` was last loaded. */
  seen: { key: string; value: number };
  outbox: { key: number; value: Item };
  /** The server's id of an entry, by the id that this app gave it: a form may be open at the latter. */
  arrived: { key: string; value: string };
  /** The values of unsaved forms, by entry id or `new`. */
  drafts: { key: string; value: Record<string, string> };
}

export type Database = Connection<Schema>;

/**
 * Open a person's own database, so that people who share a device do not see each other's entries.
 *
 * @param close called when another tab signs out: an open connection would block the deletion
 */
export function openDatabase(sub: string, close?: () => void): Promise<Database> {
  return Connection.open<Schema>(databaseName(sub), 3, {
    upgrade(database, before) {
      if (before < 3) {
        database.createObjectStore("signatures");
        database.createObjectStore("boards");
      }
      if (before < 2) database.createObjectStore("rejected", { keyPath: "id" });
      if (before >= 1) return;
      database.createObjectStore("entries", { keyPath: "id" }).createIndex("date", "date");
      database.createObjectStore("approvals", { keyPath: "id" });
      database.createObjectStore("seen");
      database.createObjectStore("outbox", { keyPath: "n", autoIncrement: true });
      database.createObjectStore("arrived");
      database.createObjectStore("drafts");
    },
    ...(close && { blocking: close }),
  });
}

export function deleteDatabase(sub: string): Promise<void> {
  return deleteDB(databaseName(sub));
}

/** Replace the stored entries of successive weeks by those that the server has. */
export async function replaceWeeks(
  database: Database,
  weeks: string[],
  [from, to]: [string, string],
  entries: Entry[],
): Promise<void> {
  await database.write(["entries", "seen"], async (transaction) => {
    const store = transaction.objectStore("entries");
    for (const id of await store.index("date").getAllKeys(IDBKeyRange.bound(from, to))) void store.delete(id);
    for (const entry of entries) void store.put(entry);
    for (const week of weeks) void transaction.objectStore("seen").put(Date.now(), week);
  });
}

/** Replace a list by the server's. */
export async function replaceList(
  database: Database,
  name: "approvals" | "rejected",
  entries: Entry[],
): Promise<void> {
  await database.write([name, "seen"], async (transaction) => {
    void transaction.objectStore(name).clear();
    for (const entry of entries) void transaction.objectStore(name).put(entry);
    void transaction.objectStore("seen").put(Date.now(), name);
  });
}

/**
 * Store the boards of weeks.
 *
 * @param first the earliest week whose board is kept, unless it is among these
 */
export async function replaceBoards(
  database: Database,
  boards: [string, BoardRow[]][],
  first: string,
): Promise<void> {
  await database.write(["boards"], async (transaction) => {
    const store = transaction.objectStore("boards");
    void store.delete(IDBKeyRange.upperBound(first, true));
    for (const [week, rows] of boards) void store.put(rows, week);
  });
}

export function entriesBetween(database: Database, from: string, to: string): Promise<Entry[]> {
  return database.run((opened) => opened.getAllFromIndex("entries", "date", IDBKeyRange.bound(from, to)));
}

/**
 * Return the entry as the server has it now, if the person saw that content: they may have seen it before the change
 * was accepted, so with an older version or without an id of the server.
 */
export async function currentEntry(database: Database, seen: Entry): Promise<Entry> {
  const id = await database.get("arrived", seen.id);
  const stored = await database.get("entries", id ?? seen.id);
  return stored && (id || isSameContent([stored], [seen])) ? stored : seen;
}

function databaseName(sub: string): string {
  return `timesheets ${sub}`;
}
