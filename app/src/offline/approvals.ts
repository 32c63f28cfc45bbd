/** Other people's weeks: the entries that wait for this person's decision, and the boards of weeks. */

import { type ReadonlySignal, computed, signal } from "@preact/signals";
import type { Api } from "../api/client";
import type { BoardRow, Entry } from "../api/entry";
import { daysOf, shiftWeek, today, weekOf } from "../fields/dates";
import { type DecidedWeek, type Turnout, decidedWeeks, personWeeks, turnoutOf } from "./board";
import { type Database, countChange, replaceBoards, replaceList } from "./database";
import type { Item } from "./items";
import type { Loader } from "./loader";
import { undecided } from "./overlay";

/** The weeks with waiting entries whose signatures are loaded; older ones are looked at one by one. */
const MAX_BOARDS = 8;
const DECIDED_WEEKS = 3;

export class Approvals {
  /** The time (ms) at which the entries were last loaded. */
  readonly loadedAt = signal<number | undefined>();
  private readonly storedEntries = signal<Entry[]>([]);
  private readonly boards = signal<ReadonlyMap<string, BoardRow[]>>(new Map());
  private readonly turnouts = new WeakMap<BoardRow[], Turnout>();

  /** The weeks with entries that this person has not decided. */
  readonly personWeeks = computed(() =>
    personWeeks(
      undecided(this.storedEntries.value, this.items.value),
      [...this.boards.value.values()].flat(),
    ),
  );

  /** The decided weeks: this one and the two before. */
  readonly decided = computed<DecidedWeek[]>(() =>
    decidedWeeks(decidedWeekNames().flatMap((week) => this.boards.value.get(week) ?? [])),
  );

  constructor(
    private readonly api: Api,
    private readonly database: Database,
    private readonly items: ReadonlySignal<Item[]>,
    private readonly loader: Loader,
  ) {}

  /** Load the waiting entries, and the boards of their weeks and of last week. */
  async refresh(): Promise<void> {
    await this.loader.run(async () => {
      const entries = await this.loader.latest(
        () => this.api.approvals(),
        (listed, since) => replaceList(this.database, "approvals", listed, since),
      );
      const thisWeek = weekOf(today());
      const waiting = entries.map((entry) => weekOf(entry.date)).filter((week) => week < thisWeek);
      const newest = [...new Set(waiting)].sort().slice(-MAX_BOARDS);
      await this.load([...new Set([...newest, ...decidedWeekNames()])]);
    });
  }

  /** Load the board of a week. */
  async refreshBoard(week: string): Promise<void> {
    await this.loader.run(() => this.load([week]));
  }

  /** Return the people who are expected, missing or unsigned in a week; nothing if its board is not loaded. */
  turnout(week: string): Turnout | undefined {
    const rows = this.boards.value.get(week);
    if (!rows) return undefined;
    const turnout = this.turnouts.get(rows) ?? turnoutOf(rows);
    this.turnouts.set(rows, turnout);
    return turnout;
  }

  /** Return the entries of a decided week; nothing if the server cannot be reached. */
  entriesOf(week: DecidedWeek): Promise<Entry[] | undefined> {
    return this.loader.run(() => this.decidedEntries(week));
  }

  /** Make a decided week pending again; return its entries, or nothing if one of them stays decided. */
  reopen(week: DecidedWeek): Promise<Entry[] | undefined> {
    return this.loader.run(async () => {
      const reopened: Entry[] = [];
      try {
        for (const entry of await this.decidedEntries(week)) {
          reopened.push(await this.api.reopen(entry.id, entry.version));
        }
      } finally {
        await countChange(this.database);
        // The list is eventually consistent: a reopened entry may be missing for a moment.
        const withReopened = (listed: Entry[]) => [
          ...listed.filter(({ id }) => !reopened.some((one) => one.id === id)),
          ...reopened,
        ];
        await this.loader.latest(
          async () => withReopened(await this.api.approvals()),
          (listed, since) => replaceList(this.database, "approvals", listed, since),
        );
        await this.load([week.week]);
      }
      return reopened;
    });
  }

  /** Read the stored data; return a function that shows them. */
  async read(): Promise<() => void> {
    const [entries, boards, weeks, loadedAt] = await Promise.all([
      this.database.getAll("approvals"),
      this.database.getAll("boards"),
      this.database.run((opened) => opened.getAllKeys("boards")),
      this.database.get("seen", "approvals"),
    ]);
    return () => {
      this.storedEntries.value = entries;
      this.boards.value = new Map(weeks.map((week, index) => [week, boards[index]!]));
      this.loadedAt.value = loadedAt;
    };
  }

  private decidedEntries({ userId, status, week }: DecidedWeek): Promise<Entry[]> {
    const days = daysOf(week);
    return this.api.decided(userId, status, days[0], days[6]);
  }

  private async load(weeks: string[]): Promise<void> {
    const first = shiftWeek(weekOf(today()), -MAX_BOARDS);
    await this.loader.latest(
      () =>
        Promise.all(
          weeks.map(async (week): Promise<[string, BoardRow[]]> => [week, await this.api.board(week)]),
        ),
      (boards, since) => replaceBoards(this.database, boards, first, since),
    );
  }
}

function decidedWeekNames(): string[] {
  const thisWeek = weekOf(today());
  return Array.from({ length: DECIDED_WEEKS }, (_, index) => shiftWeek(thisWeek, -index));
}
