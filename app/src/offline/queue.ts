/** The stored queue of unsent changes: adding, editing, and recording the outcome of sending. */

import type { Decision, Entry, Fields } from "../api/entry";
import type { Problem } from "../api/errors";
import { type Database, type Store, type Transaction, countAccepted } from "./database";
import { type Correct, type Item, isStalled } from "./items";
import { isSameContent } from "./signature";

/** The time (ms) for which a deletion or a decision can be undone. */
export const UNDO_WINDOW = 10_000;

/**
 * The stores that decide what a change applies to. They are read in the transaction that stores the change: the change
 * before it may be accepted at any moment, also in another tab.
 */
const CHANGED: Store[] = ["outbox", "entries", "arrived"];

export class Queue {
  constructor(private readonly database: Database) {}

  /** Return all items in the order in which they are sent. */
  items(): Promise<Item[]> {
    return this.database.getAll("outbox");
  }

  /** Create entries, all or none of them. They are sent after `delay` (ms) and can be undone until then. */
  async create(all: Fields[], delay: number): Promise<number[]> {
    const notBefore = delay && Date.now() + delay;
    const press = crypto.randomUUID();
    return this.addAll(
      all.map((fields) => {
        const [id, key] = [`new ${crypto.randomUUID()}`, crypto.randomUUID()];
        return { kind: "create", id, key, fields, notBefore, tried: false, press };
      }),
    );
  }

  /** Correct an entry, or the unsent change of it. */
  async correct(seen: Entry, fields: Partial<Fields>): Promise<number> {
    return this.database.write(CHANGED, async (transaction) => {
      const store = transaction.objectStore("outbox");
      const entry = await currentEntry(transaction, seen);
      const unsent = (await store.getAll()).filter((item) => item.id === entry.id);
      const last = unsent.at(-1);
      const base = last ? last.base : entry;
      const correction: Correct = { kind: "correct", id: entry.id, fields, notBefore: 0, tried: false };
      let item: Item = base ? { ...correction, base } : correction;
      // An item that the server cannot have is edited; after one that it may have, a correction follows.
      const create = unsent.find((one) => one.kind === "create" && isEditable(one));
      if (create?.kind === "create") {
        const later = unsent.filter((one) => one.kind === "correct");
        for (const one of later) void store.delete(one.n!);
        const all = Object.assign({}, create.fields, ...later.map((one) => one.fields), fields) as Fields;
        const { refused: _, ...rest } = create;
        item = { ...rest, key: crypto.randomUUID(), fields: all, tried: false };
      } else if (last?.kind === "correct" && isEditable(last)) {
        item = { ...item, n: last.n!, fields: { ...last.fields, ...fields } } as Correct;
      }
      return store.put(item);
    });
  }

  /** Delete an entry. Returns nothing if the server never had the entry, so that there is nothing to send. */
  async delete(seen: Entry): Promise<number | undefined> {
    return this.database.write(CHANGED, async (transaction) => {
      const store = transaction.objectStore("outbox");
      const entry = await currentEntry(transaction, seen);
      const unsent = (await store.getAll()).filter((item) => item.id === entry.id);
      const deletion = unsent.find((item) => item.kind === "delete" && !isStalled(item));
      if (deletion) return deletion.n;
      const create = unsent.find((item) => item.kind === "create");
      const isUnknown = create !== undefined && isEditable(create);
      for (const item of unsent) if (isUnknown || item.refused) void store.delete(item.n!);
      if (isUnknown) return undefined;
      const notBefore = Date.now() + UNDO_WINDOW;
      const base = create ? {} : { base: entry };
      return store.add({ kind: "delete", id: entry.id, ...base, notBefore, tried: false });
    });
  }

  /** Decide entries, all or none of them. A second press decides nothing: the first one's decisions stay. */
  async decide(entries: Entry[], decision: Decision): Promise<number[]> {
    const notBefore = Date.now() + UNDO_WINDOW;
    const press = crypto.randomUUID();
    return this.database.write(["outbox"], async (transaction) => {
      const store = transaction.objectStore("outbox");
      const decided = new Set((await store.getAll()).map((item) => item.kind === "decide" && item.id));
      const items = entries
        .filter(({ id }) => !decided.has(id))
        .map(
          (base): Item => ({ kind: "decide", id: base.id, base, decision, notBefore, tried: false, press }),
        );
      return Promise.all(items.map((item) => store.add(item)));
    });
  }

  /** Remove items, except those of which sending was attempted; return the numbers of the removed ones. */
  async undo(...numbers: number[]): Promise<number[]> {
    return this.database.write(["outbox"], async (transaction) => {
      const store = transaction.objectStore("outbox");
      const items = await Promise.all(numbers.map((n) => store.get(n)));
      const untried = items.filter((item) => item && !item.tried).map((item) => item!.n!);
      for (const n of untried) void store.delete(n);
      return untried;
    });
  }

  /** Give up a refused or conflicting change, and keep the entry that the server has. */
  async discard(n: number): Promise<void> {
    await this.database.write(CHANGED, async (transaction) => {
      const store = transaction.objectStore("outbox");
      const item = await store.get(n);
      if (!item) return;
      if (item.theirs && item.kind !== "decide") void transaction.objectStore("entries").put(item.theirs);
      // Without the entry there is nothing that a later item could change.
      const given = item.kind === "create" ? await store.getAll() : [item];
      for (const one of given) if (one.id === item.id) void store.delete(one.n!);
    });
  }

  /** Resolve a conflict in favour of this change: apply it to the other person's version. */
  async overwrite(n: number): Promise<void> {
    await this.replace(n, ({ theirs, ...rest }) =>
      theirs ? ({ ...rest, base: theirs, tried: false, notBefore: 0 } as Item) : undefined,
    );
  }

  /** Send a refused item again. */
  async retry(n: number): Promise<void> {
    await this.replace(n, ({ refused: _, ...rest }) => ({ ...rest, notBefore: 0 }) as Item);
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
    const stores: Store[] = [...CHANGED, "rejected", "approvals", "accepted"];
    await this.database.write(stores, async (transaction) => {
      const outbox = transaction.objectStore("outbox");
      await countAccepted(transaction);
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

  async refuse({ n }: Item, problem: Problem): Promise<void> {
    const { code, message: detail, errors: faults } = problem;
    await this.replace(n!, (item) => ({ ...item, refused: { code, detail, faults } }));
  }

  async conflict({ n }: Item, theirs: Entry): Promise<void> {
    await this.replace(n!, (item) => ({ ...item, theirs }) as Item);
  }

  /** Replace an item, unless it is gone or there is nothing to replace it by. */
  private async replace(n: number, change: (item: Item) => Item | undefined): Promise<void> {
    await this.database.write(["outbox"], async (transaction) => {
      const store = transaction.objectStore("outbox");
      const item = await store.get(n);
      const changed = item && change(item);
      if (changed) void store.put(changed);
    });
  }

  private addAll(items: Item[]): Promise<number[]> {
    return this.database.write(["outbox"], (transaction) =>
      Promise.all(items.map((item) => transaction.objectStore("outbox").add(item))),
    );
  }
}

/**
 * Return the entry as the server has it now, if the person saw that content: they may have seen it before the change
 * was accepted, so with an older version or without an id of the server.
 */
async function currentEntry(transaction: Transaction, seen: Entry): Promise<Entry> {
  const id = await transaction.objectStore("arrived").get(seen.id);
  const stored = await transaction.objectStore("entries").get(id ?? seen.id);
  if (stored && (id || isSameContent([stored], [seen]))) return stored;
  return id ? { ...seen, id } : seen;
}

/** Return whether the server cannot have the item: it was never sent, or it was refused. */
function isEditable(item: Item): boolean {
  return !item.tried || item.refused !== undefined;
}
