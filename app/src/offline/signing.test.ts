import { describe, expect, test, vi } from "vitest";
import type { Api } from "../api/client";
import type { Change, Entry, Submission } from "../api/entry";
import { Problem, Unavailable } from "../api/errors";
import { SignedOut } from "../auth/auth";
import { acceptedCount, replaceSignature } from "./database";
import { FIELDS, database, flush, outbox, server } from "./harness";
import { failureOf, loadSignature, signWeek } from "./signing";

const WEEK = "2026-W47";
const DAYS: [string, string] = ["2026-11-16", "2026-11-22"];

const entry = (id: string, changes: Partial<Entry> = {}) =>
  ({ id, date: "2026-11-16", project: "Harbour", hours: 8, version: 1, ...changes }) as Entry;
const submission = (versions: Record<string, number>, current = true): Submission => ({
  at: "2026-11-20T16:00:00Z",
  total_hours: 8,
  current,
  versions,
});
const api = (methods: Partial<Api>) => methods as Api;
const signed = () => database.get("signatures", WEEK);

describe("a week is signed", () => {
  const signs = vi.fn(async () => ({ tag: '"2"', submitted: submission({ a: 1 }) }));
  const week = async () => ({ tag: '"1"' });

  test("with the tag that was read before its entries", async () => {
    const order: string[] = [];
    const note = <T>(name: string, result: T) => {
      order.push(name);
      return Promise.resolve(result);
    };
    const fake = api({
      week: () => note("tag", { tag: '"1"' }),
      entries: () => note("entries", [entry("a")]),
      signWeek: signs,
    });
    expect(await signWeek(fake, database, WEEK, DAYS, [entry("new")])).toBe("signed");
    expect(order).toEqual(["tag", "entries"]);
    expect(signs).toHaveBeenLastCalledWith(WEEK, '"1"');
    expect((await signed())?.entries.map(({ id }) => id)).toEqual(["a"]);
  });

  test("only if the server has the content on the screen", async () => {
    signs.mockClear();
    const fake = api({ week, entries: async () => [entry("a", { notes: "elsewhere" })], signWeek: signs });
    expect(await signWeek(fake, database, WEEK, DAYS, [entry("a")])).toBe("changed");
    expect(signs).not.toHaveBeenCalled();
    expect(await database.get("entries", "a")).toMatchObject({ notes: "elsewhere" });
  });

  test("only if it does not change meanwhile", async () => {
    const refuse = async () => Promise.reject(new Problem(412, "version_mismatch", ""));
    const fake = api({ week, entries: async () => [entry("a")], signWeek: refuse });
    expect(await signWeek(fake, database, WEEK, DAYS, [entry("a")])).toBe("changed");
    expect(await signed()).toBeUndefined();
  });

  test("also while an entry of another week needs fixing", async () => {
    await outbox.create({ ...FIELDS, date: "2026-10-01", hours: 13 });
    await flush();
    const fake = api({ week, entries: async () => [entry("a")], signWeek: signs });
    expect(await signWeek(fake, database, WEEK, DAYS, [entry("a")])).toBe("signed");
  });

  test("not without a change of this device that is not sent", async () => {
    server.failures = ["no network", "no network"];
    await outbox.create(FIELDS);
    await flush();
    const fake = api({ week, entries: async () => [], signWeek: signs });
    expect(await signWeek(fake, database, WEEK, DAYS, [entry("new")])).toBe("unreached");
  });

  test.each([
    [new SignedOut(), "ended"],
    [new Problem(403, "forbidden", ""), "refused"],
    [new Unavailable(), "unreached"],
  ])("not if the request fails: %o", (error, outcome) => {
    expect(failureOf(error)).toBe(outcome);
  });
});

describe("the signed content", () => {
  const load = async (submitted: Submission | undefined, entries: Entry[], history: Change[] = []) => {
    const histories = vi.fn(async () => history);
    const week = async () => ({ tag: "", ...(submitted && { submitted }) });
    const fake = api({ week, history: histories });
    const since = await acceptedCount(database);
    await replaceSignature(database, WEEK, await loadSignature(fake, database, WEEK, entries), since);
    return histories;
  };

  test("is nothing if the week is not signed", async () => {
    await load(undefined, [entry("a")]);
    expect(await signed()).toBeNull();
  });

  test("is that of the entries while the signature is current, whatever their versions", async () => {
    const histories = await load(submission({ a: 1 }), [entry("a", { version: 2, status: "approved" })]);
    expect(histories).not.toHaveBeenCalled();
    expect((await signed())?.entries).toEqual([
      { id: "a", date: "2026-11-16", project: "Harbour", hours: 8 },
    ]);
  });

  test("is kept after a change", async () => {
    await load(submission({ a: 1 }), [entry("a")]);
    const histories = await load(submission({ a: 1 }, false), [entry("a", { hours: 7, version: 2 })]);
    expect(histories).not.toHaveBeenCalled();
    expect((await signed())?.entries).toMatchObject([{ hours: 8 }]);
  });

  test("comes from the history on another device", async () => {
    const change = (version: number, hours: number) => ({ version, entry: entry("a", { hours }) }) as Change;
    const present = [entry("a", { hours: 7, version: 3 }), entry("b")];
    await load(submission({ a: 2, b: 1 }, false), present, [change(1, 6), change(2, 8), change(3, 7)]);
    expect((await signed())?.entries).toMatchObject([
      { id: "a", hours: 8 },
      { id: "b", hours: 8 },
    ]);
  });
});
