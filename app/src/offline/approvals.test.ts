import { effect, signal } from "@preact/signals";
import { beforeEach, expect, test, vi } from "vitest";
import type { Api } from "../api/client";
import type { BoardRow, Entry } from "../api/entry";
import { shiftWeek, today, weekOf } from "../fields/dates";
import { Approvals } from "./approvals";
import { snapshot } from "./database";
import { FIELDS, createEntry, database, outbox } from "./harness";
import type { Item } from "./items";
import { Loader } from "./loader";

vi.hoisted(() => vi.stubGlobal("navigator", { onLine: true })); // modules read it while they load

const week = (ago: number) => shiftWeek(weekOf(today()), -ago);

let approvals: Approvals;
let items: ReturnType<typeof signal<Item[]>>;
/** The weeks whose boards were requested. */
let requested: string[];
let reopened: [string, number][];

beforeEach(() => {
  requested = [];
  reopened = [];
  items = signal<Item[]>([]);
  const api = {
    approvals: async () => [...(await database.getAll("entries"))],
    reopen: async (id: string, version: number) => {
      reopened.push([id, version]);
      return { ...(await database.get("entries", id))!, version: version + 1 };
    },
    board: async (name: string): Promise<BoardRow[]> => {
      requested.push(name);
      const hours = { total_hours: 8, by_day: {}, by_status: { approved: 8 } };
      return [{ user_id: "carl", week: name, missing: false, ...hours }];
    },
  };
  const loader = new Loader(database, outbox, show);
  approvals = new Approvals(api as unknown as Api, database, items as never, loader);
});

async function show(): Promise<void> {
  items.value = await outbox.items();
  (await snapshot(database, (reading) => approvals.read(reading)))();
}

test("a week of long ago stays on the screen, and is loaded with the others", async () => {
  await approvals.refreshBoard(week(20));
  requested = [];
  await approvals.refresh();
  expect(requested).toContain(week(20));
  await approvals.refreshDecided();
  expect(approvals.turnout(week(20))?.expected).toBe(1);
});

test("nothing is known about decided weeks until each of them is loaded", async () => {
  await approvals.refreshBoard(week(0));
  expect(approvals.decided.value).toBeUndefined();
  await approvals.refreshDecided();
  expect(approvals.decided.value?.map((one) => one.week)).toEqual([week(0), week(1), week(2)]);
});

test("earlier decided weeks can be shown, and stay", async () => {
  await approvals.refreshDecided();
  const loading = approvals.showEarlier();
  expect(approvals.decided.value).toHaveLength(3); // as long as the others load
  await loading;
  expect(approvals.decidedSince.value).toBe(week(5));
  await approvals.refresh();
  expect(approvals.decided.value).toHaveLength(6);
});

test("decisions that were sent are reopened as the versions that they made, and listed again", async () => {
  const entry = await createEntry();
  const base = { ...entry, version: 4 };
  const item: Item = {
    kind: "decide",
    id: entry.id,
    base,
    decision: { approved: true },
    notBefore: 0,
    tried: true,
  };
  expect(await approvals.reopenAll([{ id: entry.id, version: 5, item }])).toHaveLength(1);
  expect(reopened).toEqual([[entry.id, 5]]);
  expect(requested).toEqual([weekOf(entry.date)]);
  expect(approvals.personWeeks.value).toHaveLength(1);
});

test("the person's own changes do not group other people's entries again", async () => {
  await createEntry();
  await approvals.refresh();
  let groupings = 0;
  const stop = effect(() => {
    if (approvals.personWeeks.value) groupings += 1;
  });
  await outbox.create({ ...FIELDS, hours: 13 }); // is refused
  await show();
  expect(items.value).toHaveLength(1);
  expect(groupings).toBe(1);
  const [entry] = approvals.personWeeks.value[0]!.entries as [Entry];
  await outbox.decide([entry], { approved: true });
  await show();
  expect(approvals.personWeeks.value).toEqual([]);
  stop();
});
