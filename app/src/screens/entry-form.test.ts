import { beforeEach, expect, test, vi } from "vitest";

const { history } = vi.hoisted(() => {
  const history = { state: 1, back: vi.fn(), pushState: vi.fn(), replaceState: vi.fn() };
  vi.stubGlobal("document", { documentElement: { style: {} }, getElementById: () => null });
  vi.stubGlobal("location", { pathname: "/new", search: "" });
  vi.stubGlobal("addEventListener", () => undefined);
  return { history };
});

import { type Draft, keepDraft, keepMeasured, readDraft } from "../offline/drafts";
import { FIELDS, createEntry, database, outbox, server } from "../offline/harness";
import type { Session } from "../offline/session";
import { clearTimer, startTimer } from "../timer";
import { EntryForm } from "./entry-form";

const DAY = "2026-11-20";
const OTHER_DAY = "2024-02-29";
const MEASURED = { project: "Harbour", notes: "The crane", date: DAY, hours: 3, start: 1, isLong: false };

beforeEach(() => {
  vi.stubGlobal("history", history);
  vi.stubGlobal("document", { getElementById: () => null });
  vi.stubGlobal("location", { pathname: "/new", search: "" });
  history.back.mockClear();
  clearTimer();
});

function form(draft?: Draft, entry?: Awaited<ReturnType<typeof createEntry>>): EntryForm {
  const session = {
    database,
    outbox,
    week: { value: "2026-W47" },
    hoursOn: () => 0,
    loggedOn: async (day: string) => (day === OTHER_DAY ? 6 : 0),
  };
  return new EntryForm(session as unknown as Session, entry, DAY, draft);
}

const draft = () => readDraft({ database } as Session, undefined);

test("the hours of a new entry are those that its day lacks, in whichever week", async () => {
  const sheet = form();
  expect(sheet.values.value.hours).toBe("8");
  sheet.chooseDays([OTHER_DAY]);
  await expect.poll(() => sheet.values.value.hours).toBe("2");
  expect(sheet.loggedOn(OTHER_DAY)).toBe(6);
});

test("hours that a person typed stay", async () => {
  const sheet = form();
  sheet.set("hours", "5");
  sheet.chooseDays([OTHER_DAY]);
  await expect.poll(() => sheet.loggedOn(OTHER_DAY)).toBe(6);
  expect(sheet.values.value.hours).toBe("5");
});

test("a measured time is discarded alone: what was typed before comes back", async () => {
  const values = { project: "Till", date: DAY, days: [DAY], hours: "1", notes: "", isPreset: false };
  await keepDraft({ database } as Session, "new", values);
  await keepMeasured({ database } as Session, MEASURED);
  const sheet = form(await draft());
  expect(sheet.values.value).toMatchObject({ project: "Harbour", hours: "3", notes: "The crane" });
  await sheet.discard();
  expect(sheet.values.value).toMatchObject({ project: "Till", hours: "1" });
});

test("saved measured hours are no draft any more", async () => {
  await keepMeasured({ database } as Session, MEASURED);
  await form(await draft()).save(false);
  expect(await draft()).toBeUndefined();
  expect(await outbox.items()).toMatchObject([{ fields: { project: "Harbour", hours: 3 } }]);
});

test("a timer starts only where it replaces nothing", async () => {
  expect(form().canStart).toBe(true);
  await keepMeasured({ database } as Session, MEASURED);
  expect(form(await draft()).canStart).toBe(false);
  startTimer("Harbour", "");
  expect(form().canStart).toBe(false);
});

test("a second press on Delete does not go back twice", async () => {
  const entry = await createEntry(FIELDS);
  const sheet = form(undefined, entry);
  await Promise.all([sheet.remove(entry), sheet.remove(entry)]);
  expect(history.back).toHaveBeenCalledTimes(1);
  expect(await outbox.items()).toHaveLength(1);
  expect(server.entries.size).toBe(1);
});

test("a storage that fails keeps the sheet and its values", async () => {
  const sheet = form();
  sheet.set("project", "Harbour");
  database.write = async () => Promise.reject(new DOMException("", "QuotaExceededError"));
  await sheet.save(false);
  expect(sheet.isKept.value).toBe(false);
  expect(history.back).not.toHaveBeenCalled();
  expect(sheet.values.value.project).toBe("Harbour");
});
