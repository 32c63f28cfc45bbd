import { beforeEach, describe, expect, test } from "vitest";
import { Api } from "../api/client";
import type { Entry } from "../api/entry";
import { acceptSignature, replaceSignature, replaceWeeks } from "./database";
import { FIELDS, createEntry, database, flush, outbox, restart, server } from "./harness";
import { Loader } from "./loader";
import { Outbox } from "./outbox";
import { type EntryView, overlay } from "./overlay";
import { trouble } from "./trouble";

const WEEK = "2026-W47";
const DAYS: [string, string] = ["2026-11-16", "2026-11-22"];
const api = new Api("http://api", async () => "token");

let loader: Loader;
/** The outbox of another tab. */
let other: Outbox;

beforeEach(() => {
  loader = new Loader(database, outbox, async () => undefined);
  other = new Outbox(database, api, () => undefined);
  return () => {
    other.stop();
    trouble.value = undefined;
  };
});

/** Load the week; `meanwhile` happens between the server's answer and its arrival. */
async function load(meanwhile?: () => Promise<unknown>): Promise<void> {
  let work = meanwhile;
  await loader.latest(
    async () => {
      const listed = await api.entries(...DAYS);
      await work?.();
      work = undefined;
      return listed;
    },
    (listed, since) => replaceWeeks(database, [WEEK], DAYS, listed, since),
  );
}

async function shown(): Promise<EntryView[]> {
  return overlay(await database.getAll("entries"), await outbox.items());
}

describe("an entry whose creation is not answered", () => {
  test("is shown once while the request runs", async () => {
    let release = () => {};
    server.held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await other.create(FIELDS);
    await expect.poll(() => server.entries.size).toBe(1);
    server.held = undefined;
    const [listed] = await api.entries(...DAYS);
    await replaceWeeks(database, [WEEK], DAYS, [listed!], 0);
    expect(await shown()).toMatchObject([{ id: /^new / }]);
    release();
    await other.sending;
    expect(await shown()).toEqual([listed]);
  });

  test.each(["open", "closed"])("is shown once after a lost response, with the app left %s", async (app) => {
    server.failures = ["lost response"];
    await outbox.create(FIELDS);
    await outbox.sending;
    expect(server.entries.size).toBe(1);
    if (app === "closed") {
      restart();
      loader = new Loader(database, outbox, async () => undefined);
    }
    server.failures = [503];
    await load();
    expect(await shown()).toHaveLength(1);
    await flush();
    expect(await shown()).toEqual([...server.entries.values()]);
  });

  test("does not hide an equal entry that was there before", async () => {
    await createEntry();
    server.failures = ["no network", 503];
    await outbox.create(FIELDS);
    await outbox.sending;
    await load();
    expect(server.entries.size).toBe(1);
    expect(await shown()).toHaveLength(2);
  });

  test("does not hide other entries, nor more than one", async () => {
    server.failures = ["lost response"];
    await outbox.create(FIELDS);
    await outbox.sending;
    const [created] = server.entries.values();
    for (const [id, hours] of [
      ["other hours", 3],
      ["equal", FIELDS.hours],
    ] as const)
      server.entries.set(id, { ...created!, id, hours });
    server.failures = [503];
    await load();
    expect((await shown()).map(({ hours }) => hours).sort()).toEqual([3, 7.5, 7.5]);
  });
});

describe("a list that was read before a change is read again:", () => {
  const changes: Record<string, (entry: Entry) => Promise<unknown>> = {
    "a creation": () => other.create({ ...FIELDS, project: "Till" }),
    "a correction": (entry) => other.correct(entry, { hours: 6 }),
    "a deletion": async (entry) => {
      await other.delete(entry);
      await other.flush({ now: true });
    },
  };

  test.each(Object.entries(changes))("%s in another tab", async (_, change) => {
    const entry = await createEntry();
    await load(async () => {
      await change(entry);
      await other.sending;
    });
    expect(await outbox.items()).toEqual([]);
    expect(await shown()).toEqual([...server.entries.values()]);
  });

  test("a signature", async () => {
    const signature = { at: "2026-11-20T16:00:00Z", hours: 8, entries: [] };
    let isSigned = false;
    await loader.latest(
      async () => {
        const answer = isSigned ? signature : null;
        if (!isSigned) await acceptSignature(database, WEEK, signature);
        isSigned = true;
        return answer;
      },
      (answer, since) => replaceSignature(database, WEEK, answer, since),
    );
    expect(await database.get("signatures", WEEK)).toEqual(signature);
  });
});

test("the loader is busy until its last request ends", async () => {
  const ends: (() => void)[] = [];
  const run = () => loader.run(() => new Promise<void>((end) => ends.push(end)));
  const [first, second] = [run(), run()];
  ends[0]!();
  await first;
  expect(loader.loading.value).toBe(true);
  ends[1]!();
  await second;
  expect(loader.loading.value).toBe(false);
});

test("a storage that fails is shown, and the answer is requested again later", async () => {
  database.write = async () => Promise.reject(new DOMException("", "QuotaExceededError"));
  await loader.run(() => load());
  expect(loader.loading.value).toBe(false);
  expect(trouble.value).toMatchObject({ kind: "storage" });
});
