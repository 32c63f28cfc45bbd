import { beforeEach, expect, test, vi } from "vitest";
import type { BoardRow } from "../api/entry";
import { shiftWeek, today, weekOf } from "../fields/dates";
import { daysOf } from "../fields/dates";
import { type PersonWeek, personWeeks } from "../offline/board";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";

vi.hoisted(() => {
  vi.stubGlobal("location", { pathname: "/", search: "" }); // modules read it while they load
  vi.stubGlobal("document", { querySelector: () => null, querySelectorAll: () => [] });
});

const { Decisions } = await import("./decisions");
const { toast, hideToast } = await import("../toast");

const WEEK = shiftWeek(weekOf(today()), -1);
const [monday, tuesday] = daysOf(WEEK);

let decisions: InstanceType<typeof Decisions>;
let decided: EntryView[][];

beforeEach(() => {
  decided = [];
  const outbox = {
    decide: async (entries: EntryView[]) => {
      decided.push(entries);
      return entries.map((_, index) => index);
    },
  };
  decisions = new Decisions({ outbox } as unknown as Session);
  return hideToast;
});

const entry = (date: string, more: Partial<EntryView> = {}) =>
  ({ id: date, user_id: "carl", date, project: "Till", hours: 8, version: 1, ...more }) as EntryView;

/** Return Carl's week; signed if the versions of the signed entries are given. */
function week(entries: EntryView[], signed?: Record<string, number>): PersonWeek {
  const submitted = signed && { at: "", total_hours: 8, current: true, versions: signed };
  const row = { user_id: "carl", week: WEEK, by_day: {}, ...(submitted && { submitted }) } as BoardRow;
  return personWeeks(entries, [row])[0]!;
}

const refused = { n: 1, kind: "decide", id: monday, refused: { code: "", detail: "", faults: [] } };
const stalled = { unsent: refused as unknown as NonNullable<EntryView["unsent"]> };

test("a tick ends when the week is no longer as it was", () => {
  const ordinary = week([entry(monday)], { [monday]: 1 });
  expect(decisions.isTicked(ordinary)).toBe(true);
  decisions.tick([ordinary], false);
  decisions.tick([ordinary], true);
  expect(decisions.isTicked(week([entry(monday)], { [monday]: 1 }))).toBe(true);
  expect(decisions.isTicked(week([entry(monday), entry(tuesday)], { [monday]: 1 }))).toBe(false);
  expect(decisions.isTicked(week([entry(monday, { version: 2 })]))).toBe(false);
  expect(decisions.isTicked(week([entry(monday)]))).toBe(false);
});

test("an unusual week stays ticked as long as it is the same", () => {
  decisions.tick([week([entry(monday)])], true);
  expect(decisions.isTicked(week([entry(monday)]))).toBe(true);
  expect(decisions.isTicked(week([entry(monday, { version: 2 })]))).toBe(false);
});

test("an unticked week stays unticked when it changes", () => {
  decisions.tick([week([entry(monday)], { [monday]: 1 })], false);
  expect(decisions.isTicked(week([entry(monday, { version: 2 })], { [monday]: 2 }))).toBe(false);
});

test("a week whose decisions are stalled is neither ordinary nor ticked", () => {
  const all = week([entry(monday, stalled)], { [monday]: 1 });
  expect(all.open).toEqual([]);
  decisions.tick([all], true);
  expect(decisions.isTicked(all)).toBe(false);
  const some = week([entry(monday, stalled), entry(tuesday)], { [monday]: 1, [tuesday]: 1 });
  expect(decisions.isTicked(some)).toBe(false);
});

test("approving tells the hours of the entries that are decided", async () => {
  decisions.approveWeeks([week([entry(monday, stalled), entry(tuesday, { hours: 3 })])]);
  await vi.waitFor(() => expect(toast.value?.text).toContain("3\u00a0h"));
  expect(decided.map((entries) => entries.map(({ id }) => id))).toEqual([[tuesday]]);
});

test("a decision about nothing says nothing", async () => {
  decisions.approveWeeks([week([entry(monday, stalled)])]);
  await vi.waitFor(() => expect(decided).toEqual([[]]));
  await new Promise((next) => setImmediate(next));
  expect(toast.value).toBeUndefined();
});
