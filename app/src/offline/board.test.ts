import { expect, test } from "vitest";
import type { BoardRow, Submission } from "../api/entry";
import { weekOf } from "../fields/dates";
import { boardOf, decidedWeeks, personWeeks, turnoutOf } from "./board";
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

test("people with the same name have an order of their own", () => {
  const shared = { user_name: "Ana" };
  const [a, b] = [entry("a", "2026-11-17", 1, shared), entry("b", "2026-11-17", 2, shared)];
  for (const entries of [
    [a, b],
    [b, a],
  ])
    expect(personWeeks(entries).map(({ userId }) => userId)).toEqual(["a", "b"]);
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

const row = (user: string, week: string, more: Partial<BoardRow> = {}): BoardRow => ({
  user_id: user,
  week,
  total_hours: 8,
  by_day: {},
  by_status: {},
  missing: false,
  ...more,
});
const signature = (...ids: string[]): Submission => ({
  at: "2026-11-20T16:00:00Z",
  total_hours: 8,
  current: true,
  versions: Object.fromEntries(ids.map((id) => [id, 1])),
});

test.each<[string, BoardRow[], string]>([
  ["is not loaded", [], "unknown"],
  ["is not signed", [row("a", "2026-W47")], "unsigned"],
  ["is as signed", [row("a", "2026-W47", { submitted: signature("a 2026-11-17") })], "signed"],
  ["lacks an entry in its signature", [row("a", "2026-W47", { submitted: signature("other") })], "changed"],
  [
    "was changed after signing",
    [row("a", "2026-W47", { submitted: { ...signature("a 2026-11-17"), current: false } })],
    "changed",
  ],
  ["is signed in another week", [row("a", "2026-W46", { submitted: signature() })], "unknown"],
])("a week that %s", (_, rows, signing) => {
  expect(personWeeks([entry("a", "2026-11-17", 8)], rows)[0]!.signing).toBe(signing);
});

test("only signed weeks of the past without a weekend or too long a day are ordinary", () => {
  const entries = [
    entry("a", "2026-11-16", 24.25),
    entry("b", "2026-11-22", 1),
    entry("c", "2026-11-20", 24),
    entry("d", "2026-11-23", 8),
    entry("e", "2026-11-20", 8),
    entry("f", "2026-11-20", 8),
  ];
  const signed = entries
    .filter(({ user_id }) => user_id !== "e")
    .map(({ id, user_id, date, hours }) =>
      row(user_id, weekOf(date), { submitted: signature(id), by_day: { [date]: hours } }),
    );
  // Approved hours count for the day, too.
  signed.at(-1)!.by_day = { "2026-11-20": 26 };
  const { unusual, ordinary, unfinished } = boardOf(personWeeks(entries, signed), "2026-W48");
  expect(unusual.map((week) => [week.userId, week.signing, week.odd])).toEqual([
    ["a", "signed", { day: 0, hours: 24.25 }],
    ["b", "signed", { day: 6, hours: 1 }],
    ["e", "unknown", undefined],
    ["f", "signed", { day: 4, hours: 26 }],
  ]);
  expect(ordinary.map((week) => week.userId)).toEqual(["c"]);
  expect(unfinished.map((week) => week.userId)).toEqual(["d"]);
});

test("decided hours are listed by state, latest week first", () => {
  const decided = decidedWeeks([
    row("a", "2026-W46", { by_status: { approved: 8 }, by_day: { "2026-11-10": 8 } }),
    row("b", "2026-W47", { by_status: { approved: 3, rejected: 4, pending: 1 } }),
    row("c", "2026-W47", { by_status: { pending: 8 } }),
  ]);
  expect(decided.map(({ userId, status, hours, days }) => [userId, status, hours, days])).toEqual([
    ["b", "approved", 3, []],
    ["b", "rejected", 4, []],
    ["a", "approved", 8, [0, 8, 0, 0, 0, 0, 0]],
  ]);
});

test("the turnout has those who logged, signed or are missing", () => {
  const turnout = turnoutOf([
    row("signed", "2026-W47", { submitted: signature() }),
    row("holiday", "2026-W47", { total_hours: 0, submitted: signature() }),
    row("unsigned", "2026-W47"),
    row("changed", "2026-W47", { submitted: { ...signature(), current: false } }),
    row("missing", "2026-W47", { total_hours: 0, missing: true }),
    row("left", "2026-W47", { total_hours: 0 }),
  ]);
  expect(turnout.expected).toBe(5);
  expect(turnout.missing.map(({ userId }) => userId)).toEqual(["missing"]);
  expect(turnout.unsigned.map(({ userId }) => userId)).toEqual(["changed", "unsigned"]);
});
