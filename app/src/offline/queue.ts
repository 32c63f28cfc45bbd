/** The stored queue of unsent changes: adding, editing, and recording the outcome of sending. */

import type { Decision, Entry, Fields } from "../api/entry";
import type { Problem } from "../api/errors";
import { type Database, currentEntry } from "./database";
import type { Correct, Item } from "./items";

/** The time (ms) for which a deletion or a decision can be undone. */
export const UNDO_WINDOW = 10_000;

export class Queue {
  constructor(private readonly database: Database) {}

  /** Return all items in the order in which they are sent. */
  items(): Promise<Item[]> {
    return this.database.getAll("outbox");
  }

  /** Create entries, all or none of them. They are sent after `delay` (ms) and can be undone until then. */
  async create(all: Fields[], delay: number): Promise<number[]> {
    const transaction = this.database.transaction("outbox", "readwrite");
    const notBefore = delay && Date.now() + delay;
    const numbers = all.map((fields) => {
      const [id, key] = [`new ${crypto.randomUUID()}`, crypto.randomUUID()];
      return transaction.store.add({ kind: "create", id, key, fields, notBefore, tried: false });
    });
    await transaction.done;
    return Promise.all(numbers);
  }

  /** Correct an entry, or the unsent change of it. */
  async correct(seen: Entry, fields: Partial<Fields>): Promise<number> {
    const entry = await currentEntry(this.database, seen);
    const transaction = this.database.transaction("outbox", "readwrite");
    const unsent = (await transaction.store.getAll()).filter((item) => item.id === entry.id).at(-1);
    const base = unsent ? unsent.base : entry;
    const correction: Correct = { kind: "correct", id: entry.id, fields, notBefore: 0, tried: false };
    let item: Item = base ? { ...correction, base } : correction;
    // An item that the server cannot have is edited; after one that it may have, a correction follows.
    if (unsent?.kind === "create" && isEditable(unsent)) {
      const { refused: _, ...create } = unsent;
      const all = { ...create.fields, ...fields };
      item = { ...create, key: crypto.randomUUID(), fields: all, tried: false };
    } else if (unsent?.kind === "correct" && isEditable(unsent)) {
      item = { ...item, n: unsent.n!, fields: { ...unsent.fields, ...fields } } as Correct;
    }
    const n = await transaction.store.put(item);
    await transaction.done;
    return n;
  }

  /** Delete an entry. Returns nothing if the server never had the entry, so that there is nothing to send. */
  async delete(seen: Entry): Promise<number | undefined> {
    const entry = await currentEntry(this.database, seen);
    const unsent = (await this.items()).filter((item) => item.id === entry.id);
    if (unsent.length && unsent.every((item) => item.kind === "create" && isEditable(item))) {
      await this.remove(unsent);
      return undefined;
    }
    await this.remove(unsent.filter((item) => item.refused));
    const isCreated = !unsent.some((item) => item.kind === "create" && !item.refused);
    const notBefore = Date.now() + UNDO_WINDOW;
    return this.add({
      kind: "delete",
      id: entry.id,
      ...(isCreated && { base: entry }),
      notBefore,
      tried: false,
    });
  }

  /** Decide entries, all or none of them. */
  async decide(entries: Entry[], decision: Decision): Promise<number[]> {
    const transaction = this.database.transaction("outbox", "readwrite");
    const notBefore = Date.now() + UNDO_WINDOW;
    const numbers = entries.map((entry) =>
      transaction.store.add({ kind: "decide", id: entry.id, base: entry, decision, notBefore, tried: false }),
    );
    await transaction.done;
    return Promise.all(numbers);
  }

  /** Remove an item unless sending it was attempted; return whether it was removed. */
  async undo(n: number): Promise<boolean> {
    const transaction = this.database.transaction("outbox", "readwrite");
    const item = await transaction.store.get(n);
    const isUntried = item !== undefined && !item.tried;
    if (isUntried) await transaction.store.delete(n);
    await transaction.done;
    return isUntried;
  }

  /** Give up a refused or conflicting change, and keep the entry that the server has. */
  async discard(n: number): Promise<void> {
    const item = await this.database.get("outbox", n);
    if (!item) return;
    if (item.theirs && item.kind !== "decide") await this.database.put("entries", item.theirs);
    await this.remove([item]);
  }

  /** Resolve a conflict in favour of this change: apply it to the other person's version. */
  async overwrite(n: number): Promise<void> {
    const item = await this.database.get("outbox", n);
    if (!item?.theirs) return;
    const { theirs, ...rest } = item;
    await this.database.put("outbox", { ...rest, base: theirs, tried: false, notBefore: 0 });
  }

  /** Send a refused item again. */
  async retry(n: number): Promise<void> {
    const item = await this.database.get("outbox", n);
    if (!item) return;
    const { refused: _, ...rest } = item;
    await this.database.put("outbox", { ...rest, notBefore: 0 } as Item);
  }

  /** Record that sending is attempted. */
  async attempt(item: Item): Promise<void> {
    await this.database.put("outbox", { ...item, tried: true });
  }

  /** Remove an item that the server accepted, and store the new state of the entry, in one transaction. */
  async accept(item: Item, entry?: Entry): Promise<void> {
    const stores = ["outbox", "entries", "rejected", "approvals", "decided", "arrived"] as const;
    const transaction = this.database.transaction(stores, "readwrite");
    const outbox = transaction.objectStore("outbox");
    await outbox.delete(item.n!);
    if (item.kind !== "decide") await transaction.objectStore("rejected").delete(item.id);
    if (item.kind === "decide") {
      await transaction.objectStore("approvals").delete(item.id);
      if (entry) await transaction.objectStore("decided").put(entry);
    } else if (entry) {
      await transaction.objectStore("entries").put(entry);
      if (item.kind === "create") await transaction.objectStore("arrived").put(entry.id, item.id);
      for (const later of await outbox.getAll()) {
        if (later.id === item.id && later.kind !== "create") {
          await outbox.put({ ...later, id: entry.id, base: entry });
        }
      }
    } else {
      await transaction.objectStore("entries").delete(item.id);
    }
    await transaction.done;
  }

  async refuse(item: Item, problem: Problem): Promise<void> {
    const { code, message: detail, errors: faults } = problem;
    await this.database.put("outbox", { ...item, tried: true, refused: { code, detail, faults } });
  }

  async conflict(item: Item, theirs: Entry): Promise<void> {
    await this.database.put("outbox", { ...item, tried: true, theirs } as Item);
  }

  private add(item: Item): Promise<number> {
    return this.database.add("outbox", item);
  }

  private async remove(items: Item[]): Promise<void> {
    const transaction = this.database.transaction("outbox", "readwrite");
    for (const item of items) void transaction.store.delete(item.n!);
    await transaction.done;
  }
}

/** Return whether the server cannot have the item: it was never sent, or it was refused. */
function isEditable(item: Item): boolean {
  return !item.tried || item.refused !== undefined;
}
