/** The IndexedDB database of one person: entries as last loaded, unsent changes, and form drafts. */

import { type DBSchema, type IDBPTransaction, type StoreNames, deleteDB } from "idb";
import type { BoardRow, Entry } from "../api/entry";
import { Connection } from "../connection";
import { type Item, mayHaveArrived } from "./items";
import { type Signature, isSameContent } from "./signature";

const COUNT = "count";

interface Schema extends DBSchema {
  entries: { key: string; value: Entry; indexes: { date: string } };
  approvals: { key: string; value: Entry };
  /** The person's own rejected entries, of any week. */
  rejected: { key: string; value: Entry };
  /** The boards of weeks, by the week's name. */
  boards: { key: string; value: BoardRow[] };
  /** The signature of a week, by the week's name; null if the week is not signed. */
  signatures: { key: string; value: Signature | null };
  /** The time (ms) at which a week, by its name, or a list was last loaded; by `boards`, how often boards were. */
  seen: { key: string; value: number };
  outbox: { key: number; value: Item };
  /** The number of this person's changes that the server accepted, from any tab of this device. */
  accepted: { key: typeof COUNT; value: number };
  /** The server's id of an entry, by the id that this app gave it: a form may be open at the latter. */
  arrived: { key: string; value: string };
  /** The values of unsaved forms, by entry id, `new`, or the start of a timer. */
  drafts: { key: string; value: Record<string, string> };
}

export type Database = Connection<Schema>;
export type Store = StoreNames<Schema>;
export type Transaction = IDBPTransaction<Schema, Store[], "readwrite">;
export type Reading = IDBPTransaction<Schema, Store[], "readonly">;

/**
 * Open a person's own database, so that people who share a device do not see each other's entries.
 *
 * @param close called when another tab signs out: an open connection would block the deletion
 */
export function openDatabase(sub: string, close?: () => void): Promise<Database> {
  return Connection.open<Schema>(databaseName(sub), 4, {
    upgrade(database, before) {
      if (before < 4) database.createObjectStore("accepted");
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

/** Return the number of accepted changes. An answer that was requested at another number may be outdated. */
export async function acceptedCount(database: Database): Promise<number> {
  return (await database.get("accepted", COUNT)) ?? 0;
}

export async function countAccepted(transaction: Transaction): Promise<void> {
  const store = transaction.objectStore("accepted");
  await store.put(((await store.get(COUNT)) ?? 0) + 1, COUNT);
}

/** Count a change that the server accepted without the outbox. */
export async function countChange(database: Database): Promise<void> {
  await database.write<Store, void>(["accepted"], countAccepted);
}

/**
 * Store what the server answered, unless it accepted a change since the request.
 *
 * @param since the number of accepted changes at the time of the request
 * @returns whether it is stored
 */
function storeAnswer(
  database: Database,
  since: number,
  stores: Store[],
  store: (transaction: Transaction) => Promise<void>,
): Promise<boolean> {
  return database.write([...stores, "accepted"], async (transaction) => {
    const count = (await transaction.objectStore("accepted").get(COUNT)) ?? 0;
    if (count === since) await store(transaction);
    return count === since;
  });
}

/**
 * Replace the stored entries of successive weeks by those that the server has.
 *
 * An entry that is the unanswered creation of this device is left out, because the outbox has it: the answer stores it.
 */
export function replaceWeeks(
  database: Database,
  weeks: string[],
  [from, to]: [string, string],
  entries: Entry[],
  since: number,
): Promise<boolean> {
  return storeAnswer(database, since, ["entries", "seen", "outbox"], async (transaction) => {
    const store = transaction.objectStore("entries");
    const before = new Set(await store.index("date").getAllKeys(IDBKeyRange.bound(from, to)));
    const created = (await transaction.objectStore("outbox").getAll()).filter(mayHaveArrived);
    for (const id of before) void store.delete(id);
    for (const entry of entries) {
      const index = before.has(entry.id)
        ? -1
        : created.findIndex(({ fields }) => isSameContent([fields], [entry]));
      if (index < 0) void store.put(entry);
      else created.splice(index, 1);
    }
    for (const week of weeks) void transaction.objectStore("seen").put(Date.now(), week);
  });
}

/** Replace a list by the server's. */
export function replaceList(
  database: Database,
  name: "approvals" | "rejected",
  entries: Entry[],
  since: number,
): Promise<boolean> {
  return storeAnswer(database, since, [name, "seen"], async (transaction) => {
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
export function replaceBoards(
  database: Database,
  boards: [string, BoardRow[]][],
  first: string,
  since: number,
): Promise<boolean> {
  return storeAnswer(database, since, ["boards", "seen"], async (transaction) => {
    const store = transaction.objectStore("boards");
    const seen = transaction.objectStore("seen");
    await seen.put(((await seen.get("boards")) ?? 0) + 1, "boards");
    void store.delete(IDBKeyRange.upperBound(first, true));
    for (const [week, rows] of boards) void store.put(rows, week);
  });
}

/** Store the signature of a week that was loaded. */
export function replaceSignature(
  database: Database,
  week: string,
  signature: Signature | null,
  since: number,
): Promise<boolean> {
  return storeAnswer(database, since, ["signatures"], async (transaction) => {
    void transaction.objectStore("signatures").put(signature, week);
  });
}

/** Store the signature of a week that the server has just signed; null after its withdrawal. */
export async function acceptSignature(
  database: Database,
  week: string,
  signature: Signature | null,
): Promise<void> {
  await database.write<Store, void>(["signatures", "accepted"], async (transaction) => {
    await countAccepted(transaction);
    void transaction.objectStore("signatures").put(signature, week);
  });
}

const SHOWN: Store[] = [
  "entries",
  "rejected",
  "arrived",
  "outbox",
  "signatures",
  "approvals",
  "boards",
  "seen",
];

/** Read loaded data and unsent changes of the same moment: a change that is accepted moves from these to those. */
export function snapshot<T>(database: Database, work: (reading: Reading) => Promise<T>): Promise<T> {
  return database.read(SHOWN, work);
}

export function entriesBetween(reading: Reading, from: string, to: string): Promise<Entry[]> {
  return reading.objectStore("entries").index("date").getAll(IDBKeyRange.bound(from, to));
}

function databaseName(sub: string): string {
  return `timesheets ${sub}`;
}
