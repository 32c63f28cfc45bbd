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
    const notBefore = delay && Date.now() + delay;
    return this.addAll(
      all.map((fields) => {
        const [id, key] = [`new ${crypto.randomUUID()}`, crypto.randomUUID()];
        return { kind: "create", id, key, fields, notBefore, tried: false };
      }),
    );
  }

  /** Correct an entry, or the unsent change of it. */
  async correct(seen: Entry, fields: Partial<Fields>): Promise<number> {
    const entry = await currentEntry(this.database, seen);
    return this.database.write(["outbox"], async (transaction) => {
      const store = transaction.objectStore("outbox");
      const unsent = (await store.getAll()).filter((item) => item.id === entry.id).at(-1);
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
      return store.put(item);
    });
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
    const notBefore = Date.now() + UNDO_WINDOW;
    return this.addAll(
      entries.map((base) => ({ kind: "decide", id: base.id, base, decision, notBefore, tried: false })),
    );
  }

  /** Remove an item unless sending it was attempted; return whether it was removed. */
  async undo(n: number): Promise<boolean> {
    return this.database.write(["outbox"], async (transaction) => {
      const store = transaction.objectStore("outbox");
      const item = await store.get(n);
      const isUntried = item !== undefined && !item.tried;
      if (isUntried) await store.delete(n);
      return isUntried;
    });
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

  /** Record that sending is attempted; return the items as they are by now, without those that were undone. */
  async attempt(items: Item[]): Promise<Item[]> {
    return this.database.write(["outbox"], async (transaction) => {
      const store = transaction.objectStore("outbox");
      const found = await Promise.all(items.map((item) => store.get(item.n!)));
      const tried = found.filter((item) => item !== undefined).map((item) => ({ ...item, tried: true }));
      for (const item of tried) void store.put(item);
      return tried;
    });
  }

  /** Remove an item that the server accepted, and store the new state of the entry, in one transaction. */
  async accept(item: Item, entry?: Entry): Promise<void> {
    const stores = ["outbox", "entries", "rejected", "approvals", "arrived"] as const;
    await this.database.write([...stores], async (transaction) => {
      const outbox = transaction.objectStore("outbox");
      await outbox.delete(item.n!);
      if (item.kind !== "decide") await transaction.objectStore("rejected").delete(item.id);
      if (item.kind === "decide") await transaction.objectStore("approvals").delete(item.id);
      else if (entry) {
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
    });
  }

  async refuse(item: Item, problem: Problem): Promise<void> {
    const { code, message: detail, errors: faults } = problem;
    await this.database.put("outbox", { ...item, tried: true, refused: { code, detail, faults } });
  }

  async conflict(item: Item, theirs: Entry): Promise<void> {
    await this.database.put("outbox", { ...item, tried: true, theirs } as Item);
  }

  private async add(item: Item): Promise<number> {
    return (await this.addAll([item]))[0]!;
  }

  private addAll(items: Item[]): Promise<number[]> {
    return this.database.write(["outbox"], (transaction) =>
      Promise.all(items.map((item) => transaction.objectStore("outbox").add(item))),
    );
  }

  private async remove(items: Item[]): Promise<void> {
    await this.database.write(["outbox"], async (transaction) => {
      for (const item of items) void transaction.objectStore("outbox").delete(item.n!);
    });
  }
}

/** Return whether the server cannot have the item: it was never sent, or it was refused. */
function isEditable(item: Item): boolean {
  return !item.tried || item.refused !== undefined;
}
