import { signal } from "@preact/signals";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Auth } from "../auth/auth";
import { FIELDS, createEntry, server } from "./harness";
import { Session } from "./session";
import { trouble } from "./trouble";

const OLD = "2024-02-29"; // in no week that the session loads by itself

let session: Session;
let people = 0;

beforeEach(async () => {
  const auth = { token: async () => "token", ended: signal(false) } as unknown as Auth;
  session = await Session.open(`session ${people++}`, auth, { api: "http://api" } as never);
});

afterEach(() => {
  session.close();
  trouble.value = undefined;
});

describe("an entry that this device does not have", () => {
  test("comes from the server", async () => {
    const entry = await createEntry({ date: OLD });
    expect(await session.load(entry.id)).toMatchObject({ id: entry.id, hours: 7.5 });
  });

  test("is known not to exist if the server has none", async () => {
    expect(await session.load("e404")).toBeNull();
    expect(trouble.value).toBeUndefined();
  });

  test("may exist if the server cannot be asked", async () => {
    server.failures = ["no network"];
    expect(await session.load("e404")).toBeUndefined();
  });
});

describe("the hours of a day of any week", () => {
  test("are loaded", async () => {
    await createEntry({ date: OLD });
    expect(await session.loggedOn(OLD)).toBe(7.5);
    expect(await session.loggedOn("2024-03-01")).toBe(0);
  });

  test("count unsent changes, and leave one entry out", async () => {
    const entry = await createEntry({ date: OLD });
    await session.load(entry.id);
    server.failures = Array(5).fill("no network");
    await session.outbox.correct(entry, { hours: 6 });
    await session.outbox.create({ ...FIELDS, date: OLD, hours: 1 });
    expect(await session.loggedOn(OLD)).toBe(7);
    expect(await session.loggedOn(OLD, entry.id)).toBe(1);
  });
});

test("last week is copied once, also before the screen shows the copies", async () => {
  await createEntry({ date: "2026-11-13" });
  await session.loggedOn("2026-11-13");
  const copies = await session.copiesFor("2026-W47", false);
  expect(copies).toMatchObject([{ date: "2026-11-20", hours: 7.5 }]);
  await session.outbox.copy(copies);
  expect(await session.copiesFor("2026-W47", false)).toEqual([]);
});

describe.each(Array.from({ length: 30 }, (_, turns) => turns))(
  "read %i turns into an acceptance,",
  (turns) => {
    test("an entry has its change, sent or unsent", async () => {
      const entry = await createEntry({ date: OLD });
      await session.load(entry.id);
      let release = () => {};
      server.held = new Promise<void>((resolve) => {
        release = resolve;
      });
      await session.outbox.correct(entry, { hours: 6 });
      for (let turn = 0; turn < 20; turn++) await new Promise((next) => setImmediate(next));
      release();
      for (let turn = 0; turn < turns; turn++) await new Promise((next) => setImmediate(next));
      const [found, stored] = await Promise.all([session.find(entry.id), session.at(entry.project, OLD)]);
      expect([found!.hours, stored!.hours]).toEqual([6, 6]);
      await session.outbox.sending;
    });
  },
);
