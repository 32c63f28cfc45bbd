/** The state of one signed-in person: the loaded data as signals, loading, and the outbox. */

import { computed, signal } from "@preact/signals";
import { Api } from "../api/client";
import type { Entry } from "../api/entry";
import { Problem, Unavailable } from "../api/errors";
import { type Auth, SignedOut } from "../auth/auth";
import type { Config } from "../config";
import { daysOf, today, weekOf } from "../fields/dates";
import { showToast } from "../toast";
import {
  type Database,
  deleteDatabase,
  entriesBetween,
  openDatabase,
  replaceApprovals,
  replaceWeek,
} from "./database";
import type { Item } from "./items";
import { Outbox } from "./outbox";
import { type EntryView, byDate, overlay, undecided } from "./overlay";

/** Whether the latest request was answered. */
export const online = signal(navigator.onLine);

export class Session {
  readonly week = signal(weekOf(today()));
  readonly items = signal<Item[]>([]);
  /** The time (ms) at which the shown week was last loaded. */
  readonly weekLoadedAt = signal<number | undefined>();
  readonly approvalsLoadedAt = signal<number | undefined>();
  readonly loading = signal(false);
  private readonly storedEntries = signal<Entry[]>([]);
  private readonly storedApprovals = signal<Entry[]>([]);
  private readonly channel = new BroadcastChannel("timesheets");
  private closed = false;

  /** The person's entries of the shown week, latest day first. */
  readonly entries = computed<EntryView[]>(() => {
    const [from, to] = bounds(this.week.value);
    return overlay(this.storedEntries.value, this.items.value)
      .filter((entry) => entry.date >= from && entry.date <= to)
      .sort((a, b) => byDate(b, a));
  });

  /** Other people's entries that this person has not decided. */
  readonly approvals = computed<EntryView[]>(() => undecided(this.storedApprovals.value, this.items.value));

  private constructor(
    readonly sub: string,
    readonly database: Database,
    private readonly api: Api,
    readonly outbox: Outbox,
  ) {}

  static async open(sub: string, auth: Auth, config: Config): Promise<Session> {
    const database = await openDatabase(sub, () => session.close());
    const api = new Api(config.api.replace(/\/$/, ""), (refused) => auth.token(sub, refused));
    const outbox = new Outbox(database, api, () => session.queueChanged());
    const session = new Session(sub, database, api, outbox);
    session.channel.onmessage = () => void session.readDatabase();
    await session.readDatabase();
    return session;
  }

  /** Show another week: from the database at once, then from the server. */
  async show(week: string): Promise<void> {
    this.week.value = week;
    await this.readDatabase();
    await this.refresh();
  }

  /** Send unsent changes, then load the shown week. */
  async refresh(): Promise<void> {
    const week = this.week.peek();
    const days = bounds(week);
    await this.load(async () => {
      await replaceWeek(this.database, week, days, await this.latest(() => this.api.entries(...days)));
    });
  }

  async refreshApprovals(): Promise<void> {
    await this.load(async () => {
      await replaceApprovals(this.database, await this.latest(() => this.api.approvals()));
    });
  }

  /** Return one of the person's own entries, with unsent changes applied. */
  async find(id: string): Promise<EntryView | undefined> {
    const currentId = (await this.database.get("arrived", id)) ?? id;
    const entry = await this.database.get("entries", currentId);
    const views = overlay(entry ? [entry] : [], await this.outbox.items());
    return views.find((view) => view.id === currentId);
  }

  /** Return the latest entry and the ten latest projects, as suggestions. */
  async recent(): Promise<{ projects: string[]; last: Entry | undefined }> {
    const entries = overlay(await this.database.getAll("entries"), await this.outbox.items());
    entries.sort((a, b) => byDate(b, a));
    return { projects: [...new Set(entries.map((entry) => entry.project))].slice(0, 10), last: entries[0] };
  }

  close(): void {
    this.closed = true;
    this.outbox.stop();
    this.channel.close();
    this.database.close();
  }

  /** Close the session and delete the person's data from this device. */
  async erase(): Promise<void> {
    this.close();
    await deleteDatabase(this.sub);
  }

  /** Update the signals in this tab and in the others. */
  private queueChanged(): void {
    if (this.closed) return;
    this.channel.postMessage("changed");
    void this.readDatabase();
  }

  private async readDatabase(): Promise<void> {
    if (this.closed) return;
    const week = this.week.peek();
    const [entries, items, approvals, weekLoadedAt, approvalsLoadedAt] = await Promise.all([
      entriesBetween(this.database, ...bounds(week)),
      this.outbox.items(),
      this.database.getAll("approvals"),
      this.database.get("seen", week),
      this.database.get("seen", "approvals"),
    ]);
    this.storedEntries.value = entries;
    this.items.value = items;
    this.storedApprovals.value = approvals;
    this.weekLoadedAt.value = weekLoadedAt;
    this.approvalsLoadedAt.value = approvalsLoadedAt;
  }

  /** Request a list after sending unsent changes, and again if one was accepted in the meantime. */
  private async latest(list: () => Promise<Entry[]>): Promise<Entry[]> {
    await this.outbox.flush();
    for (;;) {
      const before = this.outbox.accepted;
      const entries = await list();
      if (this.outbox.accepted === before) return entries;
    }
  }

  /** Run a request; if it fails, the screen keeps the stored data. */
  private async load(request: () => Promise<void>): Promise<void> {
    this.loading.value = true;
    try {
      await request();
      online.value = true;
    } catch (error) {
      if (error instanceof Unavailable) online.value = false;
      else if (error instanceof Problem) showToast(error.message);
      else if (!(error instanceof SignedOut || this.closed)) throw error;
    } finally {
      this.loading.value = false;
      await this.readDatabase();
    }
  }
}

/** Return the first and the last day of a week. */
function bounds(week: string): [string, string] {
  const days = daysOf(week);
  return [days[0], days[6]];
}
