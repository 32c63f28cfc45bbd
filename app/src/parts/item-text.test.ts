import { describe, expect, test } from "vitest";
import { t } from "../language";
import { type Item, countsOf } from "../offline/items";
import type { Trouble } from "../offline/trouble";
import { pastOf, reasonOf, waitingInWords } from "./item-text";

const NOW = 1_000_000;
const FIELDS = { date: "2026-11-20", project: "Harbour", hours: 8, notes: null };
const REFUSED = { code: "forbidden", detail: "Not yours", faults: [] };

let numbers = 0;
const item = (changes: Partial<Item> = {}): Item =>
  ({ n: numbers++, kind: "correct", id: "a", fields: {}, notBefore: 0, tried: true, ...changes }) as Item;

describe("an unsent change says why it waits", () => {
  const server: Trouble = { kind: "server", status: 503, request: "", retryAt: NOW };
  test.each([
    ["is being sent", item(), undefined, false],
    ["is sent in a few seconds", item({ tried: false, notBefore: NOW + 1 }), undefined, false],
    [
      "waits for the network",
      item({ tried: false, notBefore: NOW + 1 }),
      { kind: "offline" } as const,
      false,
    ],
    ["waits for the server", item(), server, false],
    ["waits until you sign in", item(), server, true],
    ["Not yours", item({ refused: REFUSED }), server, true],
  ])("%s", (expected, one, trouble, isEnded) => {
    expect(reasonOf(one, [one], trouble, isEnded, NOW)).toBe(expected);
  });

  test("behind a change of the same entry that needs fixing", () => {
    const [first, second] = [item({ refused: REFUSED }), item()];
    expect(reasonOf(second, [first, second], undefined, false, NOW)).toBe(t.waitsForFix);
    expect(reasonOf(second, [{ ...first, id: "b" }, second], undefined, false, NOW)).toBe(t.sending);
  });
});

test.each([
  [[], "All changes are saved"],
  [[item(), item()], "1 entry to send"],
  [[item(), item({ id: "b" })], "2 entries to send"],
  [[item({ refused: REFUSED }), item(), item({ id: "b" })], "1 entry needs fixing, 1 entry to send"],
])("entries are counted, not changes: %#", (items, expected) => {
  expect(waitingInWords(items)).toBe(expected);
  expect(countsOf(items).stalled + countsOf(items).unsent).toBe(new Set(items.map(({ id }) => id)).size);
});

test.each([
  [{ kind: "create", fields: FIELDS }, "Logged"],
  [{ kind: "correct" }, "Corrected"],
  [{ kind: "delete" }, "Deleted"],
  [{ kind: "decide", decision: { approved: true } }, "Approved"],
])("a sent change does not read as a command: %o", (changes, expected) => {
  expect(pastOf(item(changes as Partial<Item>))).toBe(expected);
});
