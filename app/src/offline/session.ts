/** The state of one signed-in person: the loaded data as signals, loading, and the outbox. */

import { type ReadonlySignal, batch, computed, signal } from "@preact/signals";
import { Api } from "../api/client";
import type { Change, Entry, Fields } from "../api/entry";
import type { Auth } from "../auth/auth";
import type { Config } from "../config";
import { shiftWeek, today, weekOf } from "../fields/dates";
import { Approvals } from "./approvals";
import {
  type Database,
  acceptSignature,
  deleteDatabase,
  entriesBetween,
  openDatabase,
  replaceList,
  replaceSignature,
  replaceWeeks,
  snapshot,
} from "./database";
import { readEntry } from "./entry";
import type { Item } from "./items";
import { Loader } from "./loader";
import { findEntries, findEntry, recentProjects } from "./lookups";
import { Outbox } from "./outbox";
import { type EntryView, byDate, overlay } from "./overlay";
import { type Accepted, undoAccepted } from "./recent";
import type { Signature } from "./signature";
import { type SignOutcome, failureOf, loadSignature, signWeek } from "./signing";
import { report } from "./trouble";
import { bounds, copyOf, total, within } from "./week";

export class Session {
  readonly week = signal(weekOf(today()));
  readonly items = signal<Item[]>([]);
  /** The last changes that were sent, latest first. */
  readonly recent = signal<readonly Accepted[]>([]);
  /** The time (ms) at which the shown week was last loaded. */
  readonly weekLoadedAt = signal<number | undefined>();
  /** The signature of the shown week: null if it is not signed, undefined if that is not known. */
  readonly signature = signal<Signature | null | undefined>();
  readonly approvals: Approvals;
  /** The list on the screen, which is loaded again when the network or the person returns. */
  view: "week" | "approvals" = "week";
  private readonly storedEntries = signal<Entry[]>([]);
  private readonly storedRejected = signal<Entry[]>([]);
  private readonly channel = new BroadcastChannel("timesheets");
  private readonly loader: Loader;
  private closed = false;
  private isPersistent = false;
  /** The week that is or will be shown. */
  private wanted = this.week.value;

  /** The person's entries of the shown week, earliest day first. */
  readonly entries = computed(() => this.entriesOf(this.week.value));
  readonly entriesBefore = computed(() => this.entriesOf(shiftWeek(this.week.value, -1)));

  /** The person's rejected entries of any week that wait for a correction, latest day first. */
  readonly rejected = computed<EntryView[]>(() =>
    overlay(this.storedRejected.value, this.items.value)
      .filter((entry) => entry.status === "rejected" && !entry.unsent)
      .sort((a, b) => byDate(b, a)),
  );

  private constructor(
    readonly sub: string,
    readonly database: Database,
    private readonly api: Api,
    readonly outbox: Outbox,
    /** Whether the sign-in has ended, so that nothing is sent. */
    readonly isEnded: ReadonlySignal<boolean>,
  ) {
    this.loader = new Loader(database, outbox, () => this.readDatabase());
    this.approvals = new Approvals(api, database, this.items, this.loader);
  }

  get loading(): ReadonlySignal<boolean> {
    return this.loader.loading;
  }

  static async open(sub: string, auth: Auth, config: Config): Promise<Session> {
    const database = await openDatabase(sub, () => session.close());
    const api = new Api(config.api.replace(/\/$/, ""), (refused) => auth.token(sub, refused));
    const outbox = new Outbox(database, api, () => session.queueChanged());
    const session = new Session(sub, database, api, outbox, auth.ended);
    session.channel.onmessage = () => void session.readDatabase();
    await session.read();
    return session;
  }

  /** Show another week: from the database at once, then from the server. */
  async show(week: string): Promise<void> {
    this.wanted = week;
    await this.readDatabase();
    if (this.wanted === week) await this.refreshWeek();
  }

  /** Send unsent changes, then load the list on the screen. */
  async refresh(): Promise<void> {
    await (this.view === "week" ? this.refreshWeek() : this.approvals.refresh());
  }

  /** Load the shown week, the week before it and the rejected entries. */
  async refreshWeek(): Promise<void> {
    const week = this.wanted;
    const weeks = [shiftWeek(week, -1), week];
    await this.loader.run(async () => {
      const entries = await this.loadEntries(weeks);
      await this.loader.latest(
        () => loadSignature(this.api, this.database, week, within(entries, week)),
        (signature, since) => replaceSignature(this.database, week, signature, since),
      );
      await this.loader.latest(
        () => this.api.rejected(),
        (listed, since) => replaceList(this.database, "rejected", listed, since),
      );
    });
  }

  /** Sign the shown week as it is on the screen, after sending unsent changes. */
  async sign(): Promise<SignOutcome> {
    const [week, seen] = [this.week.value, this.entries.value];
    let outcome = "unreached" as SignOutcome;
    await this.loader.run(async () => {
      try {
        await this.outbox.flush({ now: true });
        outcome = await signWeek(this.api, this.database, week, bounds(week), seen);
      } catch (error) {
        outcome = failureOf(error);
        throw error;
      }
    });
    if (outcome === "changed") await this.refreshWeek();
    return outcome;
  }

  /** Withdraw the signature of the shown week. */
  async withdraw(): Promise<void> {
    const week = this.week.value;
    await this.loader.run(async () => {
      await this.api.withdraw(week);
      await acceptSignature(this.database, week, null);
    });
  }

  /** Return every change of an entry, oldest first; nothing if the server cannot be reached. */
  history(id: string, of: "timesheets" | "approvals"): Promise<Change[] | undefined> {
    return this.loader.run(() => this.api.history(id, of));
  }

  /** Return one of the person's own entries, with unsent changes applied. */
  find(id: string): Promise<EntryView | undefined> {
    return findEntry(this.database, id);
  }

  /** Return an own entry, from the server if need be; null if there is none, undefined if that is not known. */
  async load(id: string): Promise<EntryView | null | undefined> {
    const found = await this.find(id);
    if (found) return found;
    const isKnown = await this.loader.run(() => readEntry(this.api, this.database, id));
    return (await this.find(id)) ?? (isKnown ? null : undefined);
  }

  /** Return the person's first entry for a project on a day, with unsent changes applied. */
  async at(project: string, date: string): Promise<EntryView | undefined> {
    return (await findEntries(this.database, date, date)).find((view) => view.project === project);
  }

  /** Return the hours of a day without those of an entry. The day's week is loaded if this device does not have it. */
  async loggedOn(day: string, except?: string): Promise<number> {
    const week = weekOf(day);
    const isKnown = await this.database.get("seen", week);
    if (!isKnown) await this.loader.run(() => this.loadEntries([week]));
    return total((await findEntries(this.database, day, day)).filter(({ id }) => id !== except));
  }

  /** Return new entries like those of the week before a week, for each of its days that has no hours yet. */
  async copiesFor(week: string, withNotes: boolean): Promise<Fields[]> {
    const before = shiftWeek(week, -1);
    const views = await findEntries(this.database, ...bounds(before, week));
    return copyOf(within(views, before), within(views, week), withNotes);
  }

  /** Return the last five projects, latest first. */
  recentProjects(): Promise<string[]> {
    return recentProjects(this.database);
  }

  /** Take changes back: from the outbox, or by the opposite change; return whether that is possible for all. */
  async undo(numbers: number[]): Promise<boolean> {
    const unsent = new Set(await this.outbox.undo(...numbers));
    const { recent } = this.outbox;
    const sent = numbers
      .filter((n) => !unsent.has(n))
      .map((n) => recent.find(({ changes }) => changes.some(({ item }) => item.n === n)));
    const undone = await Promise.all(
      [...new Set(sent)].map((one) => one !== undefined && this.undoSent(one)),
    );
    return !undone.includes(false);
  }

  /** Undo the changes of a press that were sent; return whether that is possible for all. */
  async undoSent(accepted: Accepted): Promise<boolean> {
    this.outbox.forget(accepted);
    const { changes } = accepted;
    if (changes[0]?.item.kind === "decide") return (await this.approvals.reopenAll(changes)) !== undefined;
    const undone = await Promise.all(
      changes.map(async (change) => undoAccepted(this.outbox, change, await this.find(change.id))),
    );
    return !undone.includes(false);
  }

  close(): void {
    this.closed = true;
    this.loader.close();
    this.outbox.stop();
    this.channel.close();
    this.database.close();
  }

  /** Close the session and delete the person's data from this device. */
  async erase(): Promise<void> {
    this.close();
    await deleteDatabase(this.sub);
  }

  /** Return the hours of a day of the shown week or the week before, without those of an entry. */
  hoursOn(day: string, except?: string): number {
    const entries = [...this.entriesBefore.value, ...this.entries.value];
    return total(entries.filter((entry) => entry.date === day && entry.id !== except));
  }

  /** Load the entries of successive weeks. */
  private loadEntries(weeks: string[]): Promise<Entry[]> {
    const days = bounds(weeks[0]!, weeks.at(-1));
    return this.loader.latest(
      () => this.api.entries(...days),
      (listed, since) => replaceWeeks(this.database, weeks, days, listed, since),
    );
  }

  private entriesOf(week: string): EntryView[] {
    return within(overlay(this.storedEntries.value, this.items.value), week).sort(byDate);
  }

  /** Update the signals in this tab and in the others. */
  private queueChanged(): void {
    if (this.closed) return;
    this.channel.postMessage("changed");
    void this.readDatabase();
  }

  private async readDatabase(): Promise<void> {
    try {
      await this.read();
    } catch (error) {
      if (!this.closed && !report(error)) throw error;
    }
  }

  private async read(): Promise<void> {
    if (this.closed) return;
    const week = this.wanted;
    const [entries, items, rejected, signature, weekLoadedAt, showApprovals] = await snapshot(
      this.database,
      (reading) =>
        Promise.all([
          entriesBetween(reading, ...bounds(shiftWeek(week, -1), week)),
          reading.objectStore("outbox").getAll(),
          reading.objectStore("rejected").getAll(),
          reading.objectStore("signatures").get(week),
          reading.objectStore("seen").get(week),
          this.approvals.read(reading),
        ]),
    );
    if (this.closed || week !== this.wanted) return;
    batch(() => {
      this.week.value = week;
      this.storedEntries.value = entries;
      this.items.value = items;
      this.recent.value = this.outbox.recent;
      this.storedRejected.value = rejected;
      this.signature.value = signature;
      this.weekLoadedAt.value = weekLoadedAt;
      showApprovals();
    });
    if (items.length && !this.isPersistent) {
      // Waiting changes must stay when the browser needs space.
      this.isPersistent = true;
      void navigator.storage?.persist?.();
    }
  }
}
