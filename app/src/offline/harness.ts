/** The outbox with a database, a fake API and a fake clock, for tests. */

import "fake-indexeddb/auto";
import { afterEach, beforeEach, vi } from "vitest";
import { Api } from "../api/client";
import type { Entry, Fields } from "../api/entry";
import { type Database, openDatabase } from "./database";
import { FakeServer } from "./fake-server";
import { Outbox } from "./outbox";
import { UNDO_WINDOW } from "./queue";

export const FIELDS: Fields = { date: "2026-11-20", project: "StoreZero", hours: 7.5, notes: null };
export const UNDO_SECONDS = UNDO_WINDOW / 1000;

export let server: FakeServer;
export let database: Database;
export let outbox: Outbox;
let people = 0;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  // Here is one tab. The browser tests use the real locks of several tabs.
  vi.stubGlobal("navigator", { locks: { request: sequentialLock() } });
  server = new FakeServer();
  vi.stubGlobal("fetch", server.fetch);
  database = await openDatabase(`person ${people++}`);
  restart();
});

afterEach(() => {
  outbox.stop();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Replace the outbox by a new one with the same database, as when the app is closed and opened again. */
export function restart(): void {
  outbox = new Outbox(database, new Api("http://api", async () => "token"), () => undefined);
}

export async function flush(): Promise<void> {
  await outbox.flush();
}

/** Create an entry and return it as the server has it. */
export async function createEntry(fields: Partial<Fields> = {}): Promise<Entry> {
  await outbox.create({ ...FIELDS, ...fields });
  await flush();
  return [...server.entries.values()].at(-1)!;
}

/** Advance the clock, then send. */
export async function advance(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  await flush();
}

/** Advance the clock second by second, so that only the outbox's own timers send. */
export async function wait(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done)); // for the database
  }
}

function sequentialLock() {
  let last = Promise.resolve<unknown>(undefined);
  return (_name: string, work: () => Promise<unknown>) => {
    last = last.catch(() => undefined).then(work);
    return last;
  };
}
