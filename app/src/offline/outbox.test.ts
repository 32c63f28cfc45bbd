import { describe, expect, test, vi } from "vitest";
import {
  FIELDS,
  UNDO_SECONDS,
  advance,
  createEntry,
  database,
  flush,
  outbox,
  restart,
  server,
  wait,
} from "./harness";
import { overlay } from "./overlay";
import { Queue } from "./queue";
import { trouble } from "./trouble";

describe("a new entry", () => {
  test("is sent and stored", async () => {
    const entry = await createEntry();
    expect(entry).toMatchObject({ project: "StoreZero", hours: 7.5 });
    expect("notes" in entry).toBe(false);
    expect(await outbox.items()).toEqual([]);
    expect(await database.getAll("entries")).toEqual([entry]);
  });

  test.each(["no network", "lost response", 503, 500, 429] as const)(
    "is created once after: %s",
    async (failures) => {
      server.failures = [failures, failures, failures];
      await outbox.create(FIELDS);
      await flush();
      restart();
      for (let tries = 0; tries < 4; tries++) await flush();
      expect(server.entries.size).toBe(1);
      expect(await outbox.items()).toEqual([]);
    },
  );

  test("is retried with growing delays", async () => {
    server.failures = Array(20).fill("no network");
    await outbox.create(FIELDS);
    await wait(120);
    const left = server.failures.length;
    expect(left).toBeGreaterThan(8);
    expect(left).toBeLessThan(16);
    server.failures = [];
    await wait(31);
    expect(server.entries.size).toBe(1);
  });

  test("is not refused and not retried when the access token is refused", async () => {
    server.failures = Array(20).fill(401);
    await outbox.create(FIELDS);
    await wait(60);
    expect(server.failures.length).toBe(18); // with the token, and with a new one
    expect((await outbox.items())[0]?.refused).toBeUndefined();
    server.failures = [];
    await flush();
    expect(server.entries.size).toBe(1);
  });

  test("is not sent after stop()", async () => {
    server.failures = ["no network", "no network"];
    await outbox.create(FIELDS);
    await flush();
    outbox.stop();
    await wait(10);
    await outbox.flush();
    expect(server.entries.size).toBe(0);
  });

  test("is sent in the order of creation", async () => {
    server.failures = ["no network"];
    await outbox.create({ ...FIELDS, project: "first" });
    await outbox.create({ ...FIELDS, project: "second" });
    await flush();
    await flush();
    expect([...server.entries.values()].map((entry) => entry.project)).toEqual(["first", "second"]);
  });

  test("stays with the reason when it is refused, and does not block others", async () => {
    await outbox.create({ ...FIELDS, hours: 13 });
    await createEntry({ project: "other" });
    const [item] = await outbox.items();
    expect(item).toMatchObject({
      refused: { code: "invalid_entry", faults: [{ pointer: "/hours", detail: "is unlucky" }] },
    });
    expect(server.entries.size).toBe(1);
    const [shown] = overlay([], [item!]);
    await outbox.correct(shown!, { hours: 12 });
    await flush();
    expect(await outbox.items()).toEqual([]);
    expect([...server.entries.values()].map((entry) => entry.hours).sort()).toEqual([12, 7.5].sort());
  });
});

test("random failures and restarts create each entry exactly once, in order", async () => {
  let seed = 1;
  const random = (count: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % count;
  };
  for (let number = 0; number < 60; number++) {
    server.failures.push(
      ...Array.from({ length: random(4) }, () => (["no network", "lost response", 503] as const)[random(3)]!),
    );
    await outbox.create({ ...FIELDS, project: `entry ${number}` });
    if (random(3) === 0) restart();
    if (random(2) === 0) await advance(random(40));
  }
  server.failures = [];
  await advance(60);
  const projects = [...server.entries.values()].map((entry) => entry.project);
  expect(projects).toEqual(Array.from({ length: 60 }, (_, number) => `entry ${number}`));
  expect(await outbox.items()).toEqual([]);
});

describe("an item that changes after it was read for sending", () => {
  test("is sent as it is by now", async () => {
    const queue = new Queue(database);
    await queue.create([FIELDS], 0);
    const read = await queue.items();
    const [shown] = overlay([], read);
    await queue.correct(shown!, { notes: "Edited" });
    expect(await queue.attempt(read)).toMatchObject([{ fields: { notes: "Edited" }, tried: true }]);
    expect(await queue.items()).toMatchObject([{ fields: { notes: "Edited" }, tried: true }]);
  });

  test("is not sent if it was undone", async () => {
    const queue = new Queue(database);
    await queue.create([FIELDS], 0);
    const read = await queue.items();
    await queue.undo(read[0]!.n!);
    expect(await queue.attempt(read)).toEqual([]);
    expect(await queue.items()).toEqual([]);
  });
});

describe("a change that cannot leave the device", () => {
  test("is not attempted without a network, so that it can be undone", async () => {
    vi.stubGlobal("navigator", { ...navigator, onLine: false });
    const [n] = await outbox.create(FIELDS);
    await advance(UNDO_SECONDS + 1);
    expect(await outbox.items()).toMatchObject([{ tried: false }]);
    expect(await outbox.undo(n!)).toEqual([n]);
  });

  test("is shown and sent later when the browser cannot store the attempt", async () => {
    const { write } = database;
    await outbox.create(FIELDS);
    database.write = async () => Promise.reject(new DOMException("", "QuotaExceededError"));
    await flush();
    expect(trouble.value).toMatchObject({ kind: "storage" });
    expect(server.entries.size).toBe(0);
    database.write = write;
    await wait(3);
    expect(server.entries.size).toBe(1);
    expect(trouble.value).toBeUndefined();
  });
});
