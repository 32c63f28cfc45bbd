/** Saving the cells of the grid, with undo and redo. */

import { signal } from "@preact/signals";
import type { Entry } from "../api/entry";
import { LIMITS } from "../fields/entry-fields";
import { parseHours } from "../fields/hours";
import { clean, parseText } from "../fields/text";
import { t } from "../language";
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

/** A text that could not be saved. It stays in its cell. */
export interface CellFault {
  text: string;
  message: string;
}

export class Edits {
  /** Texts that are not hours, by cell. */
  readonly faults = signal<ReadonlyMap<string, CellFault>>(new Map());
  /** Notes that could not be saved, by cell. */
  readonly noteFaults = signal<ReadonlyMap<string, CellFault>>(new Map());
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
    this.faults.value = withFault(this.faults.value, cells);
    const parsed = clean(text) ? parseHours(text) : undefined;
    const keep = (message: string) => {
      this.faults.value = withFault(this.faults.value, cells, { text, message });
    };
    if (parsed && "fault" in parsed) keep(parsed.message);
    else await this.enqueue(() => this.make(cells, parsed?.value)).catch(() => keep(t.notKept));
  }

  /** Save the note of a cell; an empty one removes it. */
  async saveNote(cell: Cell, text: string): Promise<void> {
    const keep = (message: string) => {
      this.noteFaults.value = withFault(this.noteFaults.value, [cell], { text, message });
    };
    this.noteFaults.value = withFault(this.noteFaults.value, [cell]);
    const parsed = parseText(text, { limit: LIMITS.notes, multiline: true });
    if ("fault" in parsed && parsed.fault !== "blank") return keep(parsed.message);
    const notes = "fault" in parsed ? null : parsed.value;
    const save = async () => {
      const entry = await this.session.at(cell.project, cell.date);
      if (entry && (entry.notes ?? null) !== notes) await this.session.outbox.correct(entry, { notes });
    };
    await this.enqueue(save).catch(() => keep(t.notKept));
  }

  /** Forget the faulty text of a cell. */
  forget(cell: Cell): void {
    this.faults.value = withFault(this.faults.value, [cell]);
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
    if (deletion?.base && (await outbox.undo(deletion.n!)).length) {
      if (deletion.base.hours !== content.hours)
        await outbox.correct(deletion.base, { hours: content.hours });
    } else await outbox.create({ project, date, ...content });
  }
}

function contentOf(entry: Entry | undefined): Content {
  return entry && { hours: entry.hours, notes: entry.notes ?? null };
}

/** Return the faults with this one at the cells, or with none. */
function withFault(faults: ReadonlyMap<string, CellFault>, cells: Cell[], fault?: CellFault) {
  const next = new Map(faults);
  for (const cell of cells) {
    if (fault) next.set(cellKey(cell), fault);
    else next.delete(cellKey(cell));
  }
  return next;
}
