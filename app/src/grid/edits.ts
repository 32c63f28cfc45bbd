/** Saving the cells of the grid, with undo and redo. */

import { signal } from "@preact/signals";
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

  constructor(private readonly session: Session) {}

  /** Save the text of a cell; an empty one deletes the entry. */
  async save(cell: Cell, text: string): Promise<void> {
    const edit = this.editOf(cell, text);
    if (edit) await this.make([edit]);
  }

  /** Save a text in a cell and in others that are empty. */
  async fill(cell: Cell, text: string, others: Cell[]): Promise<void> {
    const edits = [cell, ...others].map((one) => this.editOf(one, text)).filter((edit) => edit !== undefined);
    if (edits.length) await this.make(edits);
  }

  async saveNote(cell: Cell, text: string): Promise<void> {
    const [entry] = cell.entries;
    if (entry) await this.session.outbox.correct(entry, { notes: clean(text) || null });
  }

  /** Forget the faulty text of a cell. */
  forget(cell: Cell): void {
    const faults = new Map(this.faults.value);
    faults.delete(cellKey(cell));
    this.faults.value = faults;
  }

  async undo(): Promise<void> {
    const edits = this.done.pop();
    if (!edits) return;
    this.undone.push(edits);
    for (const edit of edits) await this.set(edit, edit.before);
  }

  async redo(): Promise<void> {
    const edits = this.undone.pop();
    if (!edits) return;
    this.done.push(edits);
    for (const edit of edits) await this.set(edit, edit.after);
  }

  private editOf(cell: Cell, text: string): Edit | undefined {
    const { project, date } = cell;
    const before = contentOf(cell);
    const hours = clean(text) ? parseHours(text) : undefined;
    this.forget(cell);
    if (hours && "fault" in hours) {
      this.faults.value = new Map(this.faults.value).set(cellKey(cell), { text, message: hours.message });
      return undefined;
    }
    const after = hours && { hours: hours.value, notes: before?.notes ?? null };
    return after?.hours === before?.hours ? undefined : { project, date, before, after };
  }

  private async make(edits: Edit[]): Promise<void> {
    this.done.push(edits);
    this.undone = [];
    for (const edit of edits) await this.set(edit, edit.after);
  }

  /** Give a cell its content, whichever entry it has by now. */
  private async set({ project, date }: Edit, content: Content): Promise<void> {
    const { outbox } = this.session;
    const shown = this.session.entries.value.find((one) => one.project === project && one.date === date);
    // The last change of this cell may have been accepted a moment ago: the screen has the version before it.
    const entry = shown && (await this.session.find(shown.id));
    if (!content) {
      if (entry) await outbox.delete(entry);
    } else if (entry) await outbox.correct(entry, { hours: content.hours });
    else await this.restoreOrCreate(project, date, content);
  }

  /** Take back the deletion of the entry as long as it is not sent; otherwise log it again. */
  private async restoreOrCreate(project: string, date: string, content: NonNullable<Content>): Promise<void> {
    const { outbox, items } = this.session;
    const deletion = items.value.find(
      ({ kind, base, tried }) =>
        kind === "delete" && !tried && base?.project === project && base.date === date,
    );
    if (deletion?.base && (await outbox.undo(deletion.n!))) {
      if (deletion.base.hours !== content.hours)
        await outbox.correct(deletion.base, { hours: content.hours });
    } else await outbox.create({ project, date, ...content });
  }
}

function contentOf({ entries: [entry] }: Cell): Content {
  return entry && { hours: entry.hours, notes: entry.notes ?? null };
}
