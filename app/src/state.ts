/** What the screens show: who is signed in, what is known, what waits. One session for each person. */

import { computed, signal } from "@preact/signals";
import { Api, type Entry, NotNow, Refused } from "./api";
import { type Auth, SignedOut } from "./auth";
import type { Config } from "./config";
import { type Database, entriesBetween, forget, open, replaceApprovals, replaceDays } from "./database";
import { daysOf, today, weekOf } from "./dates";
import { type Item, Outbox, type Shown, UNDO, overlaid } from "./outbox";

export interface Message {
  text: string;
  /** What takes it back, for a few seconds. */
  undo?: () => Promise<void>;
}

export const message = signal<Message | undefined>();
export const online = signal(navigator.onLine);

let messageTimer: ReturnType<typeof setTimeout> | undefined;

export function tell(text: string, undo?: () => Promise<void>): void {
  clearTimeout(messageTimer);
  message.value = { text, ...(undo && { undo }) };
  messageTimer = setTimeout(() => {
    message.value = undefined;
  }, UNDO * 1000);
}

/** Everything of one person on this phone. */
export class Session {
  readonly week = signal(weekOf(today()));
  readonly items = signal<Item[]>([]);
  /** When (ms) the week on the screen was last seen; nothing if never. */
  readonly seen = signal<number | undefined>();
  readonly approvalsSeen = signal<number | undefined>();
  readonly loading = signal(false);
  private readonly entries = signal<Entry[]>([]);
  private readonly waiting = signal<Entry[]>([]);
  private closed = false;
  private readonly channel = new BroadcastChannel("timesheets");

  /** The week's entries as the person thinks of them, newest day first. */
  readonly shown = computed<Shown[]>(() => {
    const days = daysOf(this.week.value);
    const inWeek = (entry: Entry) => entry.date >= days[0] && entry.date <= days[6];
    const order = (a: Entry, b: Entry) => b.date.localeCompare(a.date) || b.created_at.localeCompare(a.created_at);
    return overlaid(this.entries.value, this.items.value).filter(inWeek).sort(order);
  });

  /** What others wait for: not what is decided here already, unless that needs another look. */
  readonly approvals = computed<Shown[]>(() => {
    const decisions = new Map(this.items.value.filter((item) => item.kind === "decide").map((item) => [item.id, item] as const));
    // What its owner deleted meanwhile is in no list: the decision about it must not be lost from sight.
    const listed = new Set(this.waiting.value.map((entry) => entry.id));
    const gone = [...decisions.values()].filter((item) => needsPerson(item) && !listed.has(item.id)).map((item) => item.base);
    const oldestFirst = (a: Entry, b: Entry) => a.date.localeCompare(b.date) || a.created_at.localeCompare(b.created_at);
    return [...this.waiting.value, ...gone]
      .sort(oldestFirst)
      .map((entry) => ({ ...entry, ...(decisions.has(entry.id) && { waiting: decisions.get(entry.id)! }) }))
      .filter((entry) => !entry.waiting || needsPerson(entry.waiting));
  });

  private constructor(
    readonly sub: string,
    readonly database: Database,
    private readonly api: Api,
    readonly outbox: Outbox,
  ) {}

  static async begin(sub: string, auth: Auth, config: Config): Promise<Session> {
    const database = await open(sub, () => session.close());
    const api = new Api(config.api.replace(/\/$/, ""), (refused) => auth.token(sub, refused));
    const outbox = new Outbox(database, api, () => {
      session.changed();
    });
    const session = new Session(sub, database, api, outbox);
    session.channel.onmessage = () => void session.recall();
    await session.recall();
    return session;
  }

  /** Show it, here and in the other tabs. */
  private changed(): void {
    if (this.closed) return;
    this.channel.postMessage("changed");
    void this.recall();
  }

  /** Show what the phone knows. */
  async recall(): Promise<void> {
    if (this.closed) return;
    const days = daysOf(this.week.peek());
    const [entries, items, waiting, seen, approvalsSeen] = await Promise.all([
      entriesBetween(this.database, days[0], days[6]),
      this.outbox.items(),
      this.database.getAll("approvals"),
      this.database.get("seen", this.week.peek()),
      this.database.get("seen", "approvals"),
    ]);
    this.entries.value = entries;
    this.items.value = items;
    this.waiting.value = waiting;
    this.seen.value = seen;
    this.approvalsSeen.value = approvalsSeen;
  }

  async show(week: string): Promise<void> {
    this.week.value = week;
    await this.recall();
    await this.refresh();
  }

  /** Ask the server for the week on the screen, and send what waits. */
  async refresh(): Promise<void> {
    const week = this.week.peek();
    const days = daysOf(week);
    await this.quietly(async () => {
      await replaceDays(this.database, week, days[0], days[6], await this.upToDate(() => this.api.entries(days[0], days[6])));
    });
  }

  async refreshApprovals(): Promise<void> {
    await this.quietly(async () => {
      await replaceApprovals(this.database, await this.upToDate(() => this.api.approvals()));
    });
  }

  /** One of one's own entries, with all that is on the way: for the form. */
  async find(id: string): Promise<Shown | undefined> {
    id = (await this.database.get("arrived", id)) ?? id;
    const entry = await this.database.get("entries", id);
    return overlaid(entry ? [entry] : [], await this.outbox.items()).find((one) => one.id === id);
  }

  /** What was logged last: offered to be repeated, and the projects to choose from. */
  async recent(): Promise<{ projects: string[]; last: Entry | undefined }> {
    const known = overlaid(await this.database.getAll("entries"), await this.outbox.items());
    const latest = known.sort((a, b) => b.date.localeCompare(a.date) || b.created_at.localeCompare(a.created_at));
    return { projects: [...new Set(latest.map((entry) => entry.project))].slice(0, 10), last: latest[0] };
  }

  /** Do nothing more: somebody else has the screen, or nobody. */
  close(): void {
    this.closed = true;
    this.outbox.stop();
    this.channel.close();
    this.database.close();
  }

  async forget(): Promise<void> {
    this.close();
    await forget(this.sub);
  }

  /** Send what waits first; a list that was overtaken by what was sent meanwhile is asked for again. */
  private async upToDate(list: () => Promise<Entry[]>): Promise<Entry[]> {
    await this.outbox.flush();
    for (;;) {
      const before = this.outbox.taken;
      const entries = await list();
      if (this.outbox.taken === before) return entries;
    }
  }

  /** Without an answer, what is known goes on being shown, with its age. */
  private async quietly(work: () => Promise<void>): Promise<void> {
    this.loading.value = true;
    try {
      await work();
      online.value = true;
    } catch (error) {
      if (error instanceof NotNow) online.value = false;
      else if (error instanceof Refused) tell(error.message);
      else if (!(error instanceof SignedOut || this.closed)) throw error;
    } finally {
      this.loading.value = false;
      await this.recall();
    }
  }
}

/** Whether an item goes no further by itself. */
export function needsPerson(item: Item): boolean {
  return item.refused !== undefined || ("theirs" in item && item.theirs !== undefined);
}
