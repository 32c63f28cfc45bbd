import { expect, test, vi } from "vitest";
import { draftKey, draftValues, keepDraft, keepMeasured, readDraft } from "./drafts";
import { database } from "./harness";
import type { Session } from "./session";

// The settings set the appearance while they load.
vi.hoisted(() => vi.stubGlobal("document", { documentElement: { style: {} } }));

const START = new Date(2026, 10, 20, 9).getTime();
const MEASURED = { project: "Harbour", notes: "The crane", date: "2026-11-20", hours: 3, isLong: false };
const VALUES = { project: "StoreZero", date: "2026-11-16", days: ["2026-11-16"], hours: "4", notes: "" };

const session = () => ({ database }) as unknown as Session;

test("measured hours are a draft of their own, until they are saved or discarded", async () => {
  await keepDraft(session(), "new", { ...VALUES, isPreset: false });
  await keepMeasured(session(), { ...MEASURED, start: START });
  const draft = await readDraft(session(), undefined);
  expect(draftValues(draft!)).toMatchObject({
    project: "Harbour",
    notes: "The crane",
    hours: "3",
    days: ["2026-11-20"],
  });
  await database.delete("drafts", draftKey(undefined, draft));
  expect(await readDraft(session(), undefined)).toMatchObject({ project: "StoreZero" });
});

test("the hours of a second timer do not replace those of the first one", async () => {
  for (const start of [START, START + 3_600_000]) await keepMeasured(session(), { ...MEASURED, start });
  for (const start of [START + 3_600_000, START]) {
    const draft = await readDraft(session(), undefined);
    expect(draft).toMatchObject({ start: String(start) });
    await database.delete("drafts", draftKey(undefined, draft));
  }
  expect(await readDraft(session(), undefined)).toBeUndefined();
});

test("a change of measured values keeps the start of the timer", async () => {
  await keepMeasured(session(), { ...MEASURED, start: START, isLong: true, lastUse: START + 1 });
  const draft = await readDraft(session(), undefined);
  await keepDraft(session(), draftKey(undefined, draft), { ...VALUES, isPreset: false }, draft);
  expect(await readDraft(session(), undefined)).toMatchObject({
    project: "StoreZero",
    start: String(START),
    forgotten: String(START + 1),
  });
});
