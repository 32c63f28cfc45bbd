import { signal } from "@preact/signals";
import { describe, expect, test } from "vitest";
import { FIELDS, database, flush, outbox, server } from "../offline/harness";
import { t } from "../language";
import type { Item } from "../offline/items";
import { overlay } from "../offline/overlay";
import type { Session } from "../offline/session";
import type { Cell } from "./cells";
import { Edits } from "./edits";

const EMPTY: Cell = {
  project: "Harbour",
  date: "2026-11-20",
  entries: [],
  hours: 0,
  ghost: 0,
  isWeekend: false,
};

/** Return the edits of a session whose screen is older than its database. */
function edits(): Edits {
  const session = {
    outbox,
    items: signal<Item[]>([]),
    entries: signal([]),
    at: async (project: string, date: string) =>
      overlay(await database.getAll("entries"), await outbox.items()).find(
        (entry) => entry.project === project && entry.date === date,
      ),
  };
  return new Edits(session as unknown as Session);
}

test("a cell that is typed into again before it is shown keeps one entry", async () => {
  const made = edits();
  await Promise.all(["4", "5", "6"].map((text) => made.save(EMPTY, text)));
  await flush();
  expect([...server.entries.values()]).toMatchObject([{ project: "Harbour", hours: 6 }]);
});

test("a cell that gets its former value back before it is shown keeps that value", async () => {
  const made = edits();
  await made.save(EMPTY, "8");
  const shown = { ...EMPTY, entries: overlay([], await outbox.items()), hours: 8 };
  await Promise.all([made.save(shown, "6"), made.save(shown, "8")]);
  await flush();
  expect([...server.entries.values()]).toMatchObject([{ hours: 8 }]);
});

test("a note that follows the hours before they are shown applies to them", async () => {
  const made = edits();
  await made.save(EMPTY, "8");
  await flush();
  const shown = { ...EMPTY, entries: await database.getAll("entries"), hours: 8 };
  await made.save(shown, "6");
  await flush();
  await made.saveNote(shown, "The crane");
  await flush();
  expect(await outbox.items()).toEqual([]);
  expect([...server.entries.values()]).toMatchObject([{ hours: 6, notes: "The crane" }]);
});

test.each([
  [["undo"], 4],
  [["undo", "undo"], undefined],
  [["undo", "undo", "redo"], 4],
  [["undo", "undo", "redo", "redo", "redo"], 5],
] as const)("keys that follow each other fast: %j", async (keys, hours) => {
  const made = edits();
  await Promise.all([made.save(EMPTY, "4"), made.save(EMPTY, "5"), ...keys.map((key) => made[key]())]);
  await outbox.flush({ now: true });
  expect([...server.entries.values()].map((entry) => entry.hours)).toEqual(hours ? [hours] : []);
});

describe("a note", () => {
  const noted = async (notes: string | null) => {
    await outbox.create({ ...FIELDS, project: EMPTY.project, date: EMPTY.date, notes });
    await flush();
    return edits();
  };

  test.each([
    ["of two lines that is only looked at", "one\ntwo", "one\ntwo"],
    ["that stays empty", null, " "],
  ])("%s is not sent", async (_, notes, text) => {
    const made = await noted(notes);
    await made.saveNote(EMPTY, text);
    expect(await outbox.items()).toEqual([]);
  });

  test("keeps its lines", async () => {
    const made = await noted("one");
    await made.saveNote(EMPTY, "one\ntwo");
    expect(await outbox.items()).toMatchObject([{ fields: { notes: "one\ntwo" } }]);
  });

  test("over the limit stays in its cell, with the fault, until it is right", async () => {
    const made = await noted("one");
    const long = "x".repeat(1001);
    await made.saveNote(EMPTY, long);
    expect(await outbox.items()).toEqual([]);
    expect([...made.noteFaults.value.values()]).toMatchObject([{ text: long, message: /1001/ }]);
    await made.saveNote(EMPTY, "two");
    expect(made.noteFaults.value.size).toBe(0);
  });
});

test("a full storage leaves the typed hours and note in the cell", async () => {
  await outbox.create({ ...FIELDS, project: EMPTY.project, date: EMPTY.date });
  await flush();
  const made = edits();
  database.write = async () => Promise.reject(new DOMException("", "QuotaExceededError"));
  await made.save(EMPTY, "6");
  await made.saveNote(EMPTY, "The crane");
  expect([...made.faults.value.values()]).toEqual([{ text: "6", message: t.notKept }]);
  expect([...made.noteFaults.value.values()]).toEqual([{ text: "The crane", message: t.notKept }]);
});
