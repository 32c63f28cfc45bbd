import { describe, expect, test } from "vitest";
import { FIELDS, UNDO_SECONDS, advance, createEntry, database, flush, outbox, server } from "./harness";
import { overlay } from "./overlay";

describe("a correction", () => {
  test("of an untried create changes the create", async () => {
    server.failures = ["no network", "no network"];
    const [n] = await outbox.create(FIELDS);
    await flush();
    await database.put("outbox", { ...(await database.get("outbox", n!))!, tried: false });
    const [shown] = overlay([], await outbox.items());
    server.log = [];
    await outbox.correct(shown!, { hours: 6 });
    await flush();
    expect(server.log).toEqual(["POST /timesheets"]);
    expect([...server.entries.values()]).toMatchObject([{ hours: 6, version: 1 }]);
  });

  test("of a create that the server may have is sent after it", async () => {
    server.failures = ["lost response", "no network"];
    await outbox.create(FIELDS);
    await flush();
    const [shown] = overlay([], await outbox.items());
    await outbox.correct(shown!, { hours: 6, notes: "late" });
    await flush();
    await flush();
    expect([...server.entries.values()]).toMatchObject([{ hours: 6, notes: "late", version: 2 }]);
    expect(await outbox.items()).toEqual([]);
  });

  test.each(["correct", "delete", "discard"] as const)(
    "that follows a create shares its refusal: %s()",
    async (action) => {
      server.failures = ["no network", "no network"];
      const [n] = await outbox.create({ ...FIELDS, hours: 13 });
      await flush();
      const [seen] = overlay([], await outbox.items());
      await outbox.correct(seen!, { notes: "late" });
      await flush();
      expect((await outbox.items()).map((item) => item.refused?.code)).toEqual(["invalid_entry", undefined]);
      if (action === "correct") await outbox.correct(seen!, { hours: 6 });
      else if (action === "delete") await outbox.delete(seen!);
      else await outbox.discard(n!);
      await advance(UNDO_SECONDS);
      expect(await outbox.items()).toEqual([]);
      const expected = action === "correct" ? [{ hours: 6, notes: "late", version: 1 }] : [];
      expect([...server.entries.values()]).toMatchObject(expected);
    },
  );

  test("or deletion of an entry that was unsent applies to the entry of the server", async () => {
    server.failures = ["no network", "no network"];
    await outbox.create(FIELDS);
    await flush();
    const [seen] = overlay([], await outbox.items());
    await flush();
    await outbox.correct(seen!, { hours: 6 });
    await flush();
    expect([...server.entries.values()]).toMatchObject([{ hours: 6, version: 2 }]);
    await outbox.delete(seen!);
    await advance(UNDO_SECONDS);
    expect(server.entries.size).toBe(0);
    expect(await outbox.items()).toEqual([]);
  });

  test("of an entry that was seen before its last change arrived applies to that change", async () => {
    const entry = await createEntry();
    await outbox.correct(entry, { hours: 7 });
    await flush();
    await outbox.correct({ ...entry, hours: 7 }, { hours: 6 });
    await flush();
    expect(server.entries.get(entry.id)).toMatchObject({ hours: 6, version: 3 });
    expect(await outbox.items()).toEqual([]);
  });

  test("with a lost response is not a conflict", async () => {
    const entry = await createEntry();
    server.failures = ["lost response"];
    await outbox.correct(entry, { hours: 6 });
    await flush();
    await flush();
    expect(server.entries.get(entry.id)).toMatchObject({ hours: 6, version: 2 });
    expect(await outbox.items()).toEqual([]);
  });

  test("of an entry changed elsewhere is a conflict, which overwrite() resolves", async () => {
    const entry = await createEntry();
    server.change(entry.id, { hours: 1 });
    const n = await outbox.correct(entry, { hours: 6 });
    await flush();
    expect(await outbox.items()).toMatchObject([{ theirs: { hours: 1, version: 2 } }]);
    await outbox.overwrite(n);
    await flush();
    expect(server.entries.get(entry.id)).toMatchObject({ hours: 6, version: 3 });
  });

  test("of an entry changed elsewhere is a conflict, which discard() resolves", async () => {
    const entry = await createEntry();
    server.change(entry.id, { hours: 1 });
    const n = await outbox.correct(entry, { hours: 6 });
    await flush();
    await outbox.discard(n);
    expect(await outbox.items()).toEqual([]);
    expect(await database.get("entries", entry.id)).toMatchObject({ hours: 1 });
    expect(server.entries.get(entry.id)).toMatchObject({ hours: 1, version: 2 });
  });

  test("of an approved entry is refused", async () => {
    const entry = await createEntry();
    server.entries.set(entry.id, { ...entry, status: "approved" });
    await outbox.correct(entry, { hours: 6 });
    await flush();
    expect(await outbox.items()).toMatchObject([{ refused: { code: "entry_locked" } }]);
  });

  test("is shown at once and can remove the notes", async () => {
    const entry = await createEntry({ notes: "old" });
    server.failures = ["no network"];
    await outbox.correct(entry, { notes: null });
    const [shown] = overlay([entry], await outbox.items());
    expect(shown!.notes).toBeUndefined();
    expect(shown!.unsent).toBeDefined();
  });
});

describe("a deletion", () => {
  test("is sent after the undo window", async () => {
    const entry = await createEntry();
    await outbox.delete(entry);
    expect(overlay([entry], await outbox.items())).toEqual([]);
    await advance(UNDO_SECONDS - 1);
    expect(server.entries.size).toBe(1);
    await advance(2);
    expect(server.entries.size).toBe(0);
    expect(await database.getAll("entries")).toEqual([]);
  });

  test("is not sent after undo", async () => {
    const entry = await createEntry();
    const n = await outbox.delete(entry);
    expect(await outbox.undo(n!)).toEqual([n]);
    await advance(60);
    expect(server.entries.size).toBe(1);
  });

  test("by a second press is the first one", async () => {
    const entry = await createEntry();
    expect(await outbox.delete(entry)).toBe(await outbox.delete(entry));
    expect(await outbox.items()).toHaveLength(1);
  });

  test("with a lost response is accepted", async () => {
    const entry = await createEntry();
    await outbox.delete(entry);
    server.failures = ["lost response"];
    await advance(UNDO_SECONDS + 60);
    expect(server.entries.size).toBe(0);
    expect(await outbox.items()).toEqual([]);
  });

  test("of a refused create sends nothing", async () => {
    await outbox.create({ ...FIELDS, hours: 13 });
    await flush();
    const [shown] = overlay([], await outbox.items());
    await outbox.delete(shown!);
    expect(await outbox.items()).toEqual([]);
  });

  test("of a create that the server may have is sent after it", async () => {
    server.failures = ["lost response", "no network"];
    await outbox.create(FIELDS);
    await flush();
    const [shown] = overlay([], await outbox.items());
    await outbox.delete(shown!);
    await advance(UNDO_SECONDS + 60);
    expect(server.keys.size).toBe(1);
    expect(server.entries.size).toBe(0);
    expect(await outbox.items()).toEqual([]);
  });
});

describe("a decision", () => {
  test("can be undone in the undo window and is sent after it", async () => {
    const entry = await createEntry();
    const [n] = await outbox.decide([entry], { approved: true });
    await advance(UNDO_SECONDS - 1);
    expect(server.entries.get(entry.id)!.status).toBe("pending");
    await advance(2);
    expect(server.entries.get(entry.id)!.status).toBe("approved");
    expect(await outbox.undo(n!)).toEqual([]);
  });

  test("with a lost response is accepted", async () => {
    const entry = await createEntry();
    await outbox.decide([entry], { approved: false, reason: "Which site?" });
    server.failures = ["lost response"];
    await advance(UNDO_SECONDS + 60);
    expect(server.entries.get(entry.id)!.status).toBe("rejected");
    expect(await outbox.items()).toEqual([]);
  });

  test("about an entry that its owner changed is a conflict", async () => {
    const entry = await createEntry();
    await outbox.decide([entry], { approved: true });
    server.change(entry.id, { hours: 12 });
    await advance(UNDO_SECONDS + 1);
    expect(server.entries.get(entry.id)!.status).toBe("pending");
    expect(await outbox.items()).toMatchObject([{ theirs: { hours: 12 } }]);
  });

  test("that differs from another approver's is a conflict", async () => {
    const entry = await createEntry();
    await outbox.decide([entry], { approved: true });
    server.change(entry.id, { status: "rejected" });
    await advance(UNDO_SECONDS + 1);
    expect(await outbox.items()).toMatchObject([{ theirs: { status: "rejected" } }]);
  });

  test("that another approver took too is accepted", async () => {
    const entry = await createEntry();
    await outbox.decide([entry], { approved: true });
    server.change(entry.id, { hours: 3 });
    server.change(entry.id, { status: "approved" });
    await advance(UNDO_SECONDS + 1);
    expect(await outbox.items()).toEqual([]);
  });

  test("about a deleted entry is refused and can be tried again", async () => {
    const entry = await createEntry();
    const [n] = await outbox.decide([entry], { approved: true });
    server.entries.delete(entry.id);
    await advance(UNDO_SECONDS + 1);
    expect(await outbox.items()).toMatchObject([{ refused: { code: "not_found" } }]);
    server.entries.set(entry.id, entry);
    await outbox.retry(n!);
    await flush();
    expect(await outbox.items()).toEqual([]);
    expect(server.entries.get(entry.id)!.status).toBe("approved");
  });

  test("is made once by a double press, and undone", async () => {
    const entries = [await createEntry(), await createEntry()];
    const [first, second] = await Promise.all(
      [entries, entries].map((pressed) => outbox.decide(pressed, { approved: true })),
    );
    expect([first!.length, second!.length]).toEqual([2, 0]);
    expect(await outbox.undo(...first!)).toEqual(first);
    expect(await outbox.items()).toEqual([]);
  });

  test("is accepted although another one in its request is about an entry that is gone", async () => {
    const [changed, entry] = [await createEntry(), await createEntry()];
    await outbox.decide([changed, entry], { approved: true });
    server.change(changed.id, { hours: 12 });
    server.failures = [undefined, 404];
    await advance(UNDO_SECONDS + 1);
    expect(await outbox.items()).toMatchObject([{ id: changed.id, refused: { code: "failure" } }]);
    expect(server.entries.get(entry.id)!.status).toBe("approved");
  });

  test("about many entries is sent in requests of one hundred", async () => {
    const entries = [];
    for (let count = 0; count < 120; count++) entries.push(await createEntry());
    server.log = [];
    await outbox.decide(entries, { approved: true });
    await advance(UNDO_SECONDS + 1);
    expect(server.log).toEqual(["POST /approvals", "POST /approvals"]);
    expect(await outbox.items()).toEqual([]);
  });
});
