import { expect, test } from "vitest";
import { boardOf, personWeeks } from "./board";
import type { EntryView } from "./overlay";

const entry = (user: string, date: string, hours: number, more: object = {}) =>
  ({
    id: `${user} ${date}`,
    user_id: user,
    date,
    project: "Till",
    hours,
    status: "pending",
    ...more,
  }) as EntryView;

test("entries are grouped by person and week, oldest week first", () => {
  const weeks = personWeeks([
    entry("b", "2026-11-18", 8, { user_name: "Bea" }),
    entry("a", "2026-11-17", 7.5, { user_name: "Ana" }),
    entry("a", "2026-11-18", 0.5, { user_name: "Ana" }),
    entry("b", "2026-11-11", 8, { user_name: "Bea" }),
  ]);
  expect(weeks.map(({ name, week, hours }) => [name, week, hours])).toEqual([
    ["Bea", "2026-W46", 8],
    ["Ana", "2026-W47", 8],
    ["Bea", "2026-W47", 8],
  ]);
  expect(weeks[1]!.days).toEqual([0, 7.5, 0.5, 0, 0, 0, 0]);
});

test("a name comes before an address, and an address before an id", () => {
  const email = { user_email: "shared@exampleco.com" };
  const names = personWeeks([
    entry("a", "2026-11-09", 8),
    entry("a", "2026-11-17", 8, email),
    entry("b", "2026-11-17", 8, { ...email, user_name: "Bea" }),
    entry("c", "2026-11-17", 8),
  ]).map((week) => week.name);
  expect(names).toEqual(["shared@exampleco.com", "Bea", "c", "shared@exampleco.com"]);
});

test("people with the same name also show their addresses", () => {
  const named = { user_name: "Ana Pérez" };
  const weeks = personWeeks([
    entry("a", "2026-11-17", 8, { ...named, user_email: "ana@exampleco.com" }),
    entry("b", "2026-11-17", 8, named),
    entry("c", "2026-11-17", 8, { user_name: "Carl" }),
  ]);
  expect(weeks.map((week) => week.address)).toEqual(["ana@exampleco.com", "b", undefined]);
});

test("weeks with a weekend or too long a day are to be looked at first", () => {
  const { unusual, ordinary, unfinished } = boardOf(
    personWeeks([
      entry("a", "2026-11-16", 24.25),
      entry("b", "2026-11-22", 1),
      entry("c", "2026-11-20", 24),
      entry("d", "2026-11-23", 8),
    ]),
    "2026-W48",
  );
  expect(unusual.map((week) => [week.userId, week.oddDay])).toEqual([
    ["a", 0],
    ["b", 6],
  ]);
  expect(ordinary.map((week) => week.userId)).toEqual(["c"]);
  expect(unfinished.map((week) => week.userId)).toEqual(["d"]);
});
