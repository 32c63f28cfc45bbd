import { expect, test } from "vitest";
import type { Entry } from "../api/entry";
import { FIELDS, createEntry, flush, advance, UNDO_SECONDS, outbox, server } from "./harness";
import { byPress } from "./items";
import { undoAccepted } from "./recent";

/** Undo the last accepted change. */
async function undo(entry?: Entry): Promise<boolean> {
  const isPossible = await undoAccepted(outbox, outbox.recent[0]!.changes[0]!, entry);
  await advance(UNDO_SECONDS + 1);
  return isPossible;
}

test("a created entry is deleted", async () => {
  const entry = await createEntry();
  expect(await undo(entry)).toBe(true);
  expect(server.entries.size).toBe(0);
});

test("a correction is reversed, and only its fields", async () => {
  const entry = await createEntry();
  await outbox.correct(entry, { hours: 3, notes: "The crane" });
  await flush();
  const now = server.change(entry.id, { project: "Harbour" });
  expect(await undo(now)).toBe(true);
  expect(server.entries.get(entry.id)).toMatchObject({ hours: 7.5, notes: null, project: "Harbour" });
});

test("a deleted entry is logged again", async () => {
  const entry = await createEntry();
  await outbox.delete(entry);
  await advance(UNDO_SECONDS + 1);
  expect(server.entries.size).toBe(0);
  expect(await undo()).toBe(true);
  expect([...server.entries.values()]).toMatchObject([
    { date: FIELDS.date, project: FIELDS.project, hours: FIELDS.hours },
  ]);
});

test("an approved entry stays as it is", async () => {
  const entry = await createEntry();
  expect(await undo(server.change(entry.id, { status: "approved" }))).toBe(false);
  expect(server.entries.size).toBe(1);
});

test("the changes of a press are in the list together, with the versions that the server has", async () => {
  const entries = [await createEntry(), await createEntry()];
  await outbox.decide(entries, { approved: true });
  expect(byPress(await outbox.items()).map((group) => group.length)).toEqual([2]);
  await advance(UNDO_SECONDS + 1);
  await outbox.copy([FIELDS, FIELDS, FIELDS]);
  await advance(UNDO_SECONDS + 1);
  const shown = outbox.recent.map(({ changes }) => changes.map(({ item, version }) => [item.kind, version]));
  expect(shown).toEqual([
    Array(3).fill(["create", 1]),
    Array(2).fill(["decide", 2]),
    [["create", 1]],
    [["create", 1]],
  ]);
});

test("an item that waits for the person stands alone", async () => {
  await outbox.copy([FIELDS, { ...FIELDS, hours: 13 }, { ...FIELDS, hours: 13 }]);
  await advance(UNDO_SECONDS + 1);
  expect(byPress(await outbox.items()).map((group) => group.length)).toEqual([1, 1]);
});
