/** Sends unsent changes in order, in one tab at a time, and retries with growing delays. */

import type { Api } from "../api/client";
import type { Decision, Entry, Fields } from "../api/entry";
import { Problem, Unavailable } from "../api/errors";
import { SignedOut } from "../auth/auth";
import type { Database } from "./database";
import { type Item, isStalled } from "./items";
import { Queue, UNDO_WINDOW } from "./queue";
import { type Accepted, withAccepted } from "./recent";
import { type Outcome, send } from "./send";
import { isOffline, report, reportSuccess } from "./trouble";

const MAX_DELAY = 30_000; // ms between attempts
const MAX_DECISIONS = 100; // in one request
const LOCK = "timesheets outbox";

export class Outbox {
  /** The last accepted changes, latest first. */
  recent: readonly Accepted[] = [];
  /** The latest attempt to send. Resolves when everything is sent or stalled, or must wait. */
  sending: Promise<void> = Promise.resolve();
  private readonly queue: Queue;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private stopped = false;

  constructor(
    database: Database,
    private readonly api: Api,
    /** Called after each change of the queue. */
    private readonly changed: () => void,
  ) {
    this.queue = new Queue(database);
  }

  items(): Promise<Item[]> {
    return this.queue.items();
  }

  async create(...all: Fields[]): Promise<number[]> {
    return this.added(await this.queue.create(all, 0));
  }

  /** Create entries that can be undone for a while. */
  async copy(all: Fields[]): Promise<number[]> {
    return this.added(await this.queue.create(all, UNDO_WINDOW));
  }

  async correct(entry: Entry, fields: Partial<Fields>): Promise<number> {
    return this.added(await this.queue.correct(entry, fields));
  }

  /** Delete an entry. Returns nothing if there is nothing to send, and so nothing to undo. */
  async delete(entry: Entry): Promise<number | undefined> {
    return this.added(await this.queue.delete(entry));
  }

  async decide(entries: Entry[], decision: Decision): Promise<number[]> {
    return this.added(await this.queue.decide(entries, decision));
  }

  /** Take a change from the list of those that can be undone. */
  forget(change: Accepted): void {
    this.recent = this.recent.filter((other) => other !== change);
    this.changed();
  }

  /** Undo items, except those of which sending was attempted; return the numbers of the undone ones. */
  async undo(...numbers: number[]): Promise<number[]> {
    const undone = await this.queue.undo(...numbers);
    this.changed();
    return undone;
  }

  /** Give up a refused or conflicting item. */
  async discard(n: number): Promise<void> {
    await this.queue.discard(n);
    this.added(n);
  }

  /** Send a refused item again. */
  async retry(n: number): Promise<void> {
    await this.queue.retry(n);
    this.added(n);
  }

  /** Apply a conflicting item to the other person's version. */
  async overwrite(n: number): Promise<void> {
    await this.queue.overwrite(n);
    this.added(n);
  }

  /**
   * Send all items that can be sent.
   *
   * @param now send those too that could still be undone
   */
  async flush({ now = false } = {}): Promise<void> {
    clearTimeout(this.timer);
    if (this.stopped || isOffline()) return;
    try {
      await navigator.locks.request(LOCK, () => this.sendAll(now));
    } catch (error) {
      // After stop(), the closed database makes it fail.
      if (!this.stopped && !this.failed(error)) throw error;
    }
  }

  /** Send nothing more from this tab. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private added<N>(n: N): N {
    this.changed();
    this.sending = this.flush();
    return n;
  }

  private async sendAll(now: boolean): Promise<void> {
    for (;;) {
      const items = await this.items();
      const ready = items.filter((item) => !isBlocked(item, items));
      const next = ready.find((item) => now || item.notBefore <= Date.now());
      if (!next) {
        const soonest = Math.min(...ready.map((item) => item.notBefore));
        if (soonest < Infinity) this.retryIn(soonest - Date.now());
        return;
      }
      const isTogether = (item: Item) =>
        item === next ||
        (next.kind === "decide" && item.kind === "decide" && (now || item.notBefore <= Date.now()));
      const together = ready.filter(isTogether).slice(0, MAX_DECISIONS);
      // A person may have edited or undone one since it was read.
      try {
        await this.sendTogether(await this.queue.attempt(together));
      } finally {
        this.changed();
      }
    }
  }

  /** Send items and record the outcomes. */
  private async sendTogether(items: Item[]): Promise<void> {
    const outcomes = await send(this.api, items);
    for (const [index, item] of items.entries()) await this.record(item, outcomes[index]!);
    this.failures = 0;
    reportSuccess();
  }

  /** Retry later; return whether the failure is one that passes. */
  private failed(error: unknown): boolean {
    // Without a valid sign-in there is no timer: the app calls flush() after the next sign-in.
    if (error instanceof SignedOut || error instanceof Problem) return true;
    const delay = Math.min(MAX_DELAY, 1000 * 2 ** this.failures++);
    const retryAfter = (error instanceof Unavailable && error.retryAfter) || delay;
    this.retryIn(retryAfter);
    return report(error instanceof Unavailable ? new Unavailable({ ...error, retryAfter }) : error);
  }

  private async record(item: Item, outcome: Outcome): Promise<void> {
    if (outcome.kind === "conflict") await this.queue.conflict(item, outcome.theirs);
    else if (outcome.kind === "refused") await this.queue.refuse(item, outcome.problem);
    else {
      await this.queue.accept(item, outcome.entry);
      this.recent = withAccepted(this.recent, item, outcome.entry);
    }
  }

  private retryIn(milliseconds: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.flush(), Math.max(0, milliseconds));
  }
}

/** Return whether an item waits for the person, or for an earlier item of the same entry. */
function isBlocked(item: Item, items: Item[]): boolean {
  return isStalled(item) || items.some((other) => other.n! < item.n! && other.id === item.id);
}
