/** Saving the cells of the grid, with undo and redo. */

import { signal } from "@preact/signals";
import type { Entry } from "../api/entry";
import { parseHours } from "../fields/hours";
import { clean } from "../fields/text";
import type { Session } from "../offline/session";
import { type Cell, cellKey } from "./cells";

/** The content of a cell; undefined if it is empty. */
type Content = { hours: number; notes: string | null } | undefined;

interface Edit {
  project: string;
  date: string;
  before: Content;
  after: Content;
}

/** A text that is not a number of hours. It stays in its cell. */
export interface CellFault {
  text: string;
  message: string;
}

export class Edits {
  /** Faulty texts by cell. */
  readonly faults = signal<ReadonlyMap<string, CellFault>>(new Map());
  private done: Edit[][] = [];
  private undone: Edit[][] = [];
  private latest: Promise<void> = Promise.resolve();

  constructor(private readonly session: Session) {}

  /** Save the text of a cell; an empty one deletes the entry. */
  async save(cell: Cell, text: string): Promise<void> {
    await this.fill(cell, text, []);
  }

  /** Save a text in a cell and in others that are empty. */
  async fill(cell: Cell, text: string, others: Cell[]): Promise<void> {
    const cells = [cell, ...others];
    for (const one of cells) this.forget(one);
    const parsed = clean(text) ? parseHours(text) : undefined;
    if (parsed && "fault" in parsed) {
      const faults = cells.map((one) => [cellKey(one), { text, message: parsed.message }] as const);
      this.faults.value = new Map([...this.faults.value, ...faults]);
    } else await this.enqueue(() => this.make(cells, parsed?.value));
  }

  saveNote({ project, date }: Cell, text: string): Promise<void> {
    return this.enqueue(async () => {
      const entry = await this.session.at(project, date);
      if (entry) await this.session.outbox.correct(entry, { notes: clean(text) || null });
    });
  }

  /** Forget the faulty text of a cell. */
  forget(cell: Cell): void {
    const faults = new Map(this.faults.value);
    faults.delete(cellKey(cell));
    this.faults.value = faults;
  }

  undo(): Promise<void> {
    return this.enqueue(async () => {
      const edits = this.done.pop() ?? [];
      if (edits.length) this.undone.push(edits);
      for (const edit of edits) await this.set(edit, edit.before);
    });
  }

  redo(): Promise<void> {
    return this.enqueue(async () => {
      const edits = this.undone.pop() ?? [];
      if (edits.length) this.done.push(edits);
      for (const edit of edits) await this.set(edit, edit.after);
    });
  }

  /** Begin after the change before this one, which may not be on the screen yet. */
  private enqueue(work: () => Promise<void>): Promise<void> {
    this.latest = this.latest.catch(() => undefined).then(work);
    return this.latest;
  }

  private async make(cells: Cell[], hours: number | undefined): Promise<void> {
    const edits: Edit[] = [];
    for (const { project, date } of cells) {
      const before = contentOf(await this.session.at(project, date));
      if (before?.hours === hours) continue;
      const after = hours === undefined ? undefined : { hours, notes: before?.notes ?? null };
      edits.push({ project, date, before, after });
    }
    if (!edits.length) return;
    this.done.push(edits);
    this.undone = [];
    for (const edit of edits) await this.set(edit, edit.after);
  }

  /** Give a cell its content, whichever entry it has by now. */
  private async set({ project, date }: Edit, content: Content): Promise<void> {
    const { outbox } = this.session;
    const entry = await this.session.at(project, date);
    if (!content) {
      if (entry) await outbox.delete(entry);
    } else if (entry) await outbox.correct(entry, { hours: content.hours });
    else await this.restoreOrCreate(project, date, content);
  }

  /** Take back the deletion of the entry as long as it is not sent; otherwise log it again. */
  private async restoreOrCreate(project: string, date: string, content: NonNullable<Content>): Promise<void> {
    const { outbox } = this.session;
    const deletion = (await outbox.items()).find(
      ({ kind, base, tried }) =>
        kind === "delete" && !tried && base?.project === project && base.date === date,
    );
    if (deletion?.base && (await outbox.undo(deletion.n!))) {
      if (deletion.base.hours !== content.hours)
        await outbox.correct(deletion.base, { hours: content.hours });
    } else await outbox.create({ project, date, ...content });
  }
}

function contentOf(entry: Entry | undefined): Content {
  return entry && { hours: entry.hours, notes: entry.notes ?? null };
}
