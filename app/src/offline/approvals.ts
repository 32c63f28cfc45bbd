/** Other people's weeks: the entries that wait for this person's decision, and the boards of weeks. */

import { type ReadonlySignal, computed, signal } from "@preact/signals";
import type { Api } from "../api/client";
import type { BoardRow, Entry } from "../api/entry";
import { daysOf, shiftWeek, today, weekOf } from "../fields/dates";
import { type DecidedWeek, type Turnout, decidedWeeks, personWeeks, turnoutOf } from "./board";
import { type Database, type Reading, countChange, replaceBoards, replaceList } from "./database";
import type { Item } from "./items";
import type { Loader } from "./loader";
import { undecided } from "./overlay";

/** The weeks with waiting entries whose signatures are loaded; older ones are looked at one by one. */
const MAX_BOARDS = 8;
const DECIDED_STEP = 3; // weeks

export class Approvals {
  /** The time (ms) at which the entries were last loaded. */
  readonly loadedAt = signal<number | undefined>();
  private readonly storedEntries = signal<Entry[]>([]);
  private readonly boards = signal<ReadonlyMap<string, BoardRow[]>>(new Map());
  private readonly turnouts = new WeakMap<BoardRow[], Turnout>();
  /** The weeks that the screens showed: each refresh loads them, too. */
  private readonly shown = new Set<string>();
  /** What the stored data were when they were read. */
  private version = "";
  private readonly span = signal(DECIDED_STEP);
  /** Unsent decisions as JSON, so that no other unsent change groups all the entries again. */
  private readonly decisions = computed(() =>
    JSON.stringify(this.items.value.filter(({ kind }) => kind === "decide")),
  );

  /** The weeks with entries that this person has not decided. */
  readonly personWeeks = computed(() =>
    personWeeks(
      undecided(this.storedEntries.value, JSON.parse(this.decisions.value) as Item[]),
      [...this.boards.value.values()].flat(),
    ),
  );

  /** The first of the weeks whose decisions are listed. */
  readonly decidedSince = computed(() => shiftWeek(weekOf(today()), 1 - this.span.value));

  /** The decided weeks since then; nothing if one of the weeks is not loaded. */
  readonly decided = computed<DecidedWeek[] | undefined>(() => {
    const boards = this.decidedWeeks.map((week) => this.boards.value.get(week));
    return boards.includes(undefined) ? undefined : decidedWeeks(boards.flatMap((rows) => rows ?? []));
  });

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
      await this.load([...newest, ...this.decidedWeeks, ...this.shown]);
    });
  }

  /** Load the board of a week. */
  async refreshBoard(week: string): Promise<void> {
    this.shown.add(week);
    await this.loader.run(() => this.load([week]));
  }

  /** Load the decided weeks. */
  async refreshDecided(): Promise<void> {
    await this.loader.run(() => this.load(this.decidedWeeks));
  }

  /** List the decisions of earlier weeks, too. */
  async showEarlier(): Promise<void> {
    const span = this.span.value + DECIDED_STEP;
    const isLoaded = await this.loader.run(async () => {
      await this.load(weeksBefore(span));
      return true;
    });
    if (isLoaded) this.span.value = span;
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
    return this.loader.run(async () => this.reopenEntries(await this.decidedEntries(week), [week.week]));
  }

  /** Undo decisions that were sent; return the entries, or nothing if one of them stays decided. */
  reopenAll(decided: readonly { id: string; version?: number; item: Item }[]): Promise<Entry[] | undefined> {
    const weeks = decided.map(({ item }) => weekOf(item.base!.date));
    return this.loader.run(() => this.reopenEntries(decided, weeks));
  }

  private async reopenEntries(
    entries: readonly { id: string; version?: number }[],
    weeks: string[],
  ): Promise<Entry[]> {
    const reopened: Entry[] = [];
    try {
      for (const { id, version = 0 } of entries) reopened.push(await this.api.reopen(id, version));
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
      await this.load(weeks);
    }
    return reopened;
  }

  /** Read the stored data, if they changed; return a function that shows them. */
  async read(reading: Reading): Promise<() => void> {
    const [seen, listed] = [reading.objectStore("seen"), reading.objectStore("approvals")];
    const stored = reading.objectStore("boards");
    const [loadedAt, boardsAt, count] = await Promise.all([
      seen.get("approvals"),
      seen.get("boards"),
      listed.count(),
    ]);
    const version = [loadedAt, boardsAt, count].join();
    if (version === this.version) return () => undefined;
    const [entries, boards, weeks] = await Promise.all([
      listed.getAll(),
      stored.getAll(),
      stored.getAllKeys(),
    ]);
    return () => {
      this.version = version;
      this.storedEntries.value = entries;
      this.boards.value = new Map(weeks.map((week, index) => [week, boards[index]!]));
      this.loadedAt.value = loadedAt;
    };
  }

  private get decidedWeeks(): string[] {
    return weeksBefore(this.span.value);
  }

  private decidedEntries({ userId, status, week }: DecidedWeek): Promise<Entry[]> {
    const days = daysOf(week);
    return this.api.decided(userId, status, days[0], days[6]);
  }

  private async load(weeks: string[]): Promise<void> {
    const kept = [shiftWeek(weekOf(today()), -MAX_BOARDS), this.decidedSince.value, ...this.shown];
    const first = kept.sort()[0]!;
    await this.loader.latest(
      () =>
        Promise.all(
          [...new Set(weeks)].map(
            async (week): Promise<[string, BoardRow[]]> => [week, await this.api.board(week)],
          ),
        ),
      (boards, since) => replaceBoards(this.database, boards, first, since),
    );
  }
}

/** Return this week and the ones before it. */
function weeksBefore(count: number): string[] {
  return Array.from({ length: count }, (_, index) => shiftWeek(weekOf(today()), -index));
}
