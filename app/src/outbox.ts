/**
 * Changes on their way to the server: kept on the phone until it took them, sent in order, each exactly once.
 *
 * A create carries an idempotency key, every other change the version it is about. So whatever lost its answer is
 * sent again without harm, and what someone else changed in between is noticed.
 */

import { type Api, type Decision, type Entry, type Fields, NotNow, Refused } from "./api";
import type { Database } from "./database";

interface Common {
  /** The place in the queue. */
  n?: number;
  /** The entry's id; of one that the server does not know yet, one of our own. */
  id: string;
  /** Not to be sent before this moment (ms): so long it can be undone. */
  notBefore: number;
  /** Whether it was sent, with whatever outcome. From then on it must not change. */
  tried: boolean;
  /** Why the server refused it, in its words; the person has to mend it. */
  refused?: { code: string; detail: string; faults: { pointer: string; detail: string }[] };
}

export interface Create extends Common {
  kind: "create";
  key: string;
  fields: Fields;
}

interface Change extends Common {
  /** The entry as the person saw it. Absent while its creation is itself on the way. */
  base?: Entry;
  /** What someone else made of it meanwhile: the person chooses. */
  theirs?: Entry;
}

export interface Correct extends Change {
  kind: "correct";
  fields: Partial<Fields>;
}

export interface Delete extends Change {
  kind: "delete";
}

export interface Decide extends Change {
  kind: "decide";
  base: Entry;
  decision: Decision;
}

export type Item = Create | Correct | Delete | Decide;

/** Seconds for which a decision or a deletion can be undone. */
export const UNDO = 5;
const LATER = 30_000; // ms
const LOCK = "timesheets outbox";

export class Outbox {
  /** How much the server has taken: a list that was asked for before lacks it. */
  taken = 0;
  /** The latest attempt to send what waits: over when it is sent, refused, or can't be sent now. */
  sending: Promise<void> = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private stopped = false;

  constructor(
    private readonly database: Database,
    private readonly api: Api,
    /** Is told whenever something waits, went, or was refused. */
    private readonly changed: () => void,
  ) {}

  items(): Promise<Item[]> {
    return this.database.getAll("outbox");
  }

  async logged(fields: Fields): Promise<number> {
    return this.add({ kind: "create", id: `new ${crypto.randomUUID()}`, key: crypto.randomUUID(), fields, notBefore: 0, tried: false });
  }

  /** Correct an entry, or what already waits to be said of it. */
  async corrected(seen: Entry, fields: Partial<Fields>): Promise<number> {
    const entry = await this.arrived(seen);
    const transaction = this.database.transaction("outbox", "readwrite");
    const waiting = (await transaction.store.getAll()).filter((item) => item.id === entry.id).at(-1);
    const base = waiting ? ("base" in waiting ? waiting.base : undefined) : entry;
    let item: Item = { kind: "correct", id: entry.id, fields, notBefore: 0, tried: false, ...(base && { base }) };
    // What was never sent, or never accepted, is said anew; what may have arrived is followed by a correction.
    if (waiting?.kind === "create" && (!waiting.tried || waiting.refused)) {
      const { refused: _, ...create } = waiting;
      item = { ...create, key: crypto.randomUUID(), fields: { ...create.fields, ...fields }, tried: false };
    } else if (waiting?.kind === "correct" && (!waiting.tried || waiting.refused)) {
      item = { ...item, n: waiting.n!, fields: { ...waiting.fields, ...fields } };
    }
    const n = await transaction.store.put(item);
    await transaction.done;
    return this.waits(n);
  }

  async deleted(seen: Entry): Promise<number> {
    const entry = await this.arrived(seen);
    const waiting = (await this.items()).filter((item) => item.id === entry.id);
    const never = waiting.length > 0 && waiting.every((item) => item.kind === "create" && (!item.tried || item.refused));
    if (never) {
      await this.drop(waiting);
      return 0;
    }
    await this.drop(waiting.filter((item) => item.refused));
    const known = waiting.some((item) => item.kind === "create" && !item.refused) ? {} : { base: entry };
    return this.add({ kind: "delete", id: entry.id, ...known, notBefore: Date.now() + UNDO * 1000, tried: false });
  }

  /** An entry that was still on its way when the person saw it, as the server has it by now. */
  private async arrived(entry: Entry): Promise<Entry> {
    const id = await this.database.get("arrived", entry.id);
    return (id && (await this.database.get("entries", id))) || entry;
  }

  async decided(entry: Entry, decision: Decision): Promise<number> {
    return this.add({ kind: "decide", id: entry.id, base: entry, decision, notBefore: Date.now() + UNDO * 1000, tried: false });
  }

  /** Take back what was not sent yet; tells whether it was in time. */
  async undo(n: number): Promise<boolean> {
    const transaction = this.database.transaction("outbox", "readwrite");
    const item = await transaction.store.get(n);
    const inTime = item !== undefined && !item.tried;
    if (inTime) await transaction.store.delete(n);
    await transaction.done;
    this.changed();
    return inTime;
  }

  /** Leave out what was refused or is in conflict, and keep what the server has. */
  async dropped(n: number): Promise<void> {
    const item = await this.database.get("outbox", n);
    if (!item) return;
    if ("theirs" in item && item.theirs && item.kind !== "decide") await this.database.put("entries", item.theirs);
    await this.drop([item]);
    void this.flush();
  }

  /** Say it all the same, upon what someone else made of the entry. */
  async insisted(n: number): Promise<void> {
    const item = await this.database.get("outbox", n);
    if (!item || !("theirs" in item) || !item.theirs) return;
    const { theirs, ...rest } = item;
    await this.database.put("outbox", { ...rest, base: theirs, tried: false, notBefore: 0 } as Item);
    this.changed();
    void this.flush();
  }

  /** Send what waits, in order, as far as it goes; of all open pages one at a time. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    if (this.stopped) return;
    try {
      await navigator.locks.request(LOCK, () => this.sendAll());
    } catch (error) {
      if (!this.stopped) throw error; // else the database was closed under it, as was meant
    }
  }

  /** Send nothing more from this page. */
  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private async sendAll(): Promise<void> {
    const stuck = new Set<string>();
    for (;;) {
      const items = await this.items();
      const blocked = (item: Item) => stuck.has(item.id) || held(item, items);
      const next = items.find((item) => !blocked(item) && item.notBefore <= Date.now());
      if (!next) {
        const soonest = Math.min(...items.filter((item) => !blocked(item)).map((item) => item.notBefore));
        if (soonest < Infinity) this.again(soonest - Date.now());
        return;
      }
      await this.database.put("outbox", { ...next, tried: true });
      const goOn = await this.attempt(next);
      this.changed();
      if (!goOn) return;
    }
  }

  private async attempt(item: Item): Promise<boolean> {
    try {
      await this.send(item).catch((error: unknown) => {
        const overtaken = error instanceof Refused && error.code === "version_mismatch" && item.kind !== "create";
        if (!overtaken) throw error;
        return this.overtaken(item);
      });
      this.failures = 0;
      return true;
    } catch (error) {
      if (error instanceof Refused && error.status !== 401) {
        await this.refused(item, error);
        return true;
      }
      // No answer: it may have arrived, and is sent again as it is. Signed out, or a new token refused as well:
      // nothing is wrong with what waits, and asking on would change nothing until the person comes back.
      if (error instanceof NotNow) this.again(error.after ?? Math.min(LATER, 1000 * 2 ** this.failures++));
      return false;
    }
  }

  private async send(item: Item): Promise<void> {
    switch (item.kind) {
      case "create":
        return this.took(item, await this.api.create(item.fields, item.key));
      case "correct":
        return this.took(item, await this.api.correct(item.id, item.base!.version, item.fields));
      case "delete":
        await this.api.delete(item.id, item.base!.version);
        return this.took(item);
      case "decide":
        await this.api.decide(item.id, item.base.version, item.decision);
        return this.took(item);
    }
  }

  /** What the server took leaves the queue in one step with what is known from then on. */
  private async took(item: Item, entry?: Entry): Promise<void> {
    const transaction = this.database.transaction(["outbox", "entries", "approvals", "arrived"], "readwrite");
    const outbox = transaction.objectStore("outbox");
    await outbox.delete(item.n!);
    if (entry) {
      await transaction.objectStore("entries").put(entry);
      if (item.kind === "create") await transaction.objectStore("arrived").put(entry.id, item.id);
      for (const later of await outbox.getAll()) {
        if (later.id === item.id && later.kind !== "create") await outbox.put({ ...later, id: entry.id, base: entry } as Item);
      }
    } else await transaction.objectStore(item.kind === "decide" ? "approvals" : "entries").delete(item.id);
    await transaction.done;
    this.taken += 1;
  }

  private async refused(item: Item, error: Refused): Promise<void> {
    const gone = item.kind === "delete" && error.code === "not_found";
    if (gone) return this.took(item);
    const { code, message: detail, faults } = error;
    await this.database.put("outbox", { ...item, tried: true, refused: { code, detail, faults } });
  }

  /** Another version is there: our own change whose answer was lost, or someone else's. */
  private async overtaken(item: Correct | Delete | Decide): Promise<void> {
    const theirs = item.kind === "decide" ? await this.pending(item) : await this.api.read(item.id);
    if (!theirs) {
      // Decided already. If by us, or alike, the server says so without harm; else it refuses, with the reason.
      await this.api.decide(item.id, undefined, (item as Decide).decision);
      return this.took(item);
    }
    if (item.kind === "correct" && theirs.version === item.base!.version + 1 && says(theirs, item.fields)) {
      return this.took(item, theirs);
    }
    await this.database.put("outbox", { ...item, tried: true, theirs });
  }

  private async pending(item: Decide): Promise<Entry | undefined> {
    return (await this.api.approvals(item.base.user_id)).find((entry) => entry.id === item.id);
  }

  private async add(item: Item): Promise<number> {
    return this.waits(await this.database.add("outbox", item));
  }

  private waits(n: number): number {
    this.changed();
    this.sending = this.flush();
    return n;
  }

  private async drop(items: Item[]): Promise<void> {
    const transaction = this.database.transaction("outbox", "readwrite");
    for (const item of items) void transaction.store.delete(item.n!);
    await transaction.done;
    this.changed();
  }

  private again(milliseconds: number): void {
    clearTimeout(this.timer);
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.flush(), Math.max(0, milliseconds));
  }
}

/** Whether an item has to wait for the person, or for what comes before it about the same entry. */
function held(item: Item, items: Item[]): boolean {
  const waits = (one: Item) => one.refused !== undefined || ("theirs" in one && one.theirs !== undefined);
  return waits(item) || items.some((other) => other.n! < item.n! && other.id === item.id);
}

function says(entry: Entry, fields: Partial<Fields>): boolean {
  return Object.entries(fields).every(([name, value]) => (entry[name as keyof Fields] ?? null) === value);
}

/** An entry as its person thinks of it: with all that is on the way. */
export interface Shown extends Entry {
  /** What was last said of it and did not arrive yet. */
  waiting?: Item;
}

/** Lay what is on the way over what the server said. */
export function overlaid(entries: Entry[], items: Item[]): Shown[] {
  const shown = new Map<string, Shown>(entries.map((entry) => [entry.id, entry]));
  for (const item of items) {
    if (item.kind === "create") shown.set(item.id, { ...asEntry(item), waiting: item });
    else if (item.kind === "correct") {
      const before = shown.get(item.id) ?? item.base;
      if (before) shown.set(item.id, { ...merged(before, item.fields), waiting: item });
    } else if (item.kind === "delete") {
      const before = shown.get(item.id) ?? item.base;
      if (before && (item.refused || item.theirs)) shown.set(item.id, { ...before, waiting: item });
      else shown.delete(item.id);
    }
  }
  return [...shown.values()];
}

function asEntry(item: Create): Entry {
  const { notes, ...fields } = item.fields;
  const made: Entry = { ...fields, id: item.id, user_id: "", status: "pending", created_at: "", version: 0 };
  return notes ? { ...made, notes } : made;
}

function merged(entry: Entry, fields: Partial<Fields>): Entry {
  const { notes, ...rest } = fields;
  const next: Entry = { ...entry, ...rest, status: "pending" };
  delete next.reason;
  if (notes) next.notes = notes;
  else if (notes === null) delete next.notes;
  return next;
}
