import { expect, test } from "vitest";
import { type Signed, differences, isSameContent } from "./signature";

const entry = (id: string, changes: Partial<Signed> = {}): Signed => ({
  id,
  date: "2026-11-16",
  project: "Harbour",
  hours: 8,
  ...changes,
});
const signed = (...entries: Signed[]) => ({ at: "2026-11-20T16:00:00Z", hours: 8, entries });

test("a week that is as signed has no differences", () => {
  const decided = { ...entry("a"), status: "approved", version: 2 };
  expect(differences(signed(entry("a")), [decided])).toEqual([]);
  expect(differences(signed(), [])).toEqual([]);
});

test.each<[string, Partial<Signed>]>([
  ["hours", { hours: 7 }],
  ["project", { project: "Till" }],
  ["date", { date: "2026-11-17" }],
  ["notes", { notes: "The crane" }],
])("a change of the %s is a difference", (_, changes) => {
  const after = entry("a", changes);
  expect(differences(signed(entry("a")), [after])).toEqual([{ before: entry("a"), after }]);
});

test("added and deleted entries are differences, earliest day first", () => {
  const [deleted, added] = [entry("b", { date: "2026-11-18" }), entry("c", { date: "2026-11-17" })];
  expect(differences(signed(entry("a"), deleted), [entry("a"), added])).toEqual([
    { after: added },
    { before: deleted },
  ]);
});

test("content is the same in any order and under any id", () => {
  const [first, second] = [entry("a"), entry("b", { notes: "Two of us" })];
  expect(isSameContent([first, second], [{ ...second, id: "new 1" }, first])).toBe(true);
  expect(isSameContent([first, second], [first])).toBe(false);
  expect(isSameContent([first], [entry("a", { hours: 7.75 })])).toBe(false);
});
