import { describe, expect, test } from "vitest";
import type { Entry } from "../api/entry";
import { FIELDS, UNDO_SECONDS, advance, createEntry, flush, outbox, server } from "./harness";
import { overlay } from "./overlay";

/** Turns of the event loop between a response and the next change; negative if the change begins first. */
const TURNS = Array.from({ length: 20 }, (_, index) => index - 8);

/** Make a change about the time at which an earlier one is accepted. */
async function duringAcceptance(turns: number, change: () => Promise<unknown>): Promise<void> {
  let release = () => {};
  server.held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const sending = flush();
  await turn(20);
  server.held = undefined;
  if (turns >= 0) release();
  await turn(turns);
  const changing = change();
  await turn(-turns);
  release();
  await Promise.all([changing, sending]);
  await flush();
}

async function turn(count: number): Promise<void> {
  for (let done = 0; done < count; done++) await new Promise((next) => setImmediate(next));
}

async function viewOf(entries: Entry[]): Promise<Entry> {
  const [view] = overlay(entries, await outbox.items());
  return view!;
}

describe.each(TURNS)("a change, %i turns after the answer to the one before,", (turns) => {
  test("corrects the entry that was created", async () => {
    await outbox.create(FIELDS);
    const seen = await viewOf([]);
    await duringAcceptance(turns, () => outbox.correct(seen, { hours: 6 }));
    expect([...server.entries.values()]).toMatchObject([{ hours: 6 }]);
    expect(await outbox.items()).toEqual([]);
  });

  test("corrects the entry that was corrected", async () => {
    const entry = await createEntry();
    await outbox.correct(entry, { hours: 7 });
    const seen = await viewOf([entry]);
    await duringAcceptance(turns, () => outbox.correct(seen, { hours: 6 }));
    expect([...server.entries.values()]).toMatchObject([{ hours: 6 }]);
    expect(await outbox.items()).toEqual([]);
  });

  test("deletes the entry that was created", async () => {
    await outbox.create(FIELDS);
    const seen = await viewOf([]);
    await duringAcceptance(turns, () => outbox.delete(seen));
    await advance(UNDO_SECONDS);
    expect(server.entries.size).toBe(0);
    expect(await outbox.items()).toEqual([]);
  });

  test("deletes the entry that was corrected", async () => {
    const entry = await createEntry();
    await outbox.correct(entry, { hours: 7 });
    const seen = await viewOf([entry]);
    await duringAcceptance(turns, () => outbox.delete(seen));
    await advance(UNDO_SECONDS);
    expect(server.entries.size).toBe(0);
    expect(await outbox.items()).toEqual([]);
  });
});
