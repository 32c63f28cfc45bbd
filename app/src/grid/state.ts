/** The state of the grid: its focus, the typed text, and the actions of keys. */

import { signal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { today } from "../fields/dates";
import { formats } from "../fields/formats";
import type { Session } from "../offline/session";
import { type Day, WORKING_DAYS } from "../offline/week";
import { type Cell, type Row, cellKey, lockOf } from "./cells";
import { type CellFault, Edits } from "./edits";
import { type Action, actionOf } from "./keys";

const { hours: plainHours } = formats();

interface Place {
  row: number;
  day: number;
}

/** The place that the next week's grid focuses, after a key turned the week. */
let landing: Place | undefined;

export class GridState {
  rows: Row[] = [];
  /** The projects that have a row, in the order of the rows. */
  readonly kept = signal<readonly string[]>([]);
  /** The text that a person types into the current cell. */
  readonly typed = signal<string | undefined>(undefined);
  readonly isNoting = signal(false);
  readonly hasFocus = signal(false);
  /** The cell whose several entries are listed. */
  readonly listed = signal<Cell | undefined>(undefined);
  readonly edits: Edits;
  readonly table: RefObject<HTMLTableElement | null> = { current: null };
  private readonly place;
  private wantsFocus = false;

  constructor(
    session: Session,
    private readonly days: Day[],
    /** Shows another week; returns whether there is one. */
    private readonly turn: (weeks: number) => boolean,
  ) {
    this.edits = new Edits(session);
    this.place = signal<Place>(landing ?? { row: 0, day: startDay(days) });
    this.wantsFocus = landing !== undefined;
    landing = undefined;
  }

  get row(): number {
    return Math.min(this.place.value.row, Math.max(0, this.rows.length - 1));
  }

  get day(): number {
    return this.place.value.day;
  }

  /** The current cell, which has the focus or gets it by Tab. */
  get cell(): Cell | undefined {
    return this.rows[this.row]?.cells[this.day];
  }

  /** Focus the current cell or its field after rendering, if a key moved there. */
  applyFocus(): void {
    if (!this.wantsFocus) return;
    const target = this.table.current?.querySelector<HTMLElement>(".cell input, .cell[tabindex='0']");
    if (!target) return;
    this.wantsFocus = false;
    target.focus();
  }

  goTo(row: number, day: number): void {
    this.isNoting.value = false;
    this.wantsFocus = true;
    this.place.value = { row, day };
  }

  /** The focus came by a click or by Tab. */
  enter(row: number, day: number): void {
    this.isNoting.value = false;
    if (row !== this.row || day !== this.day) this.place.value = { row, day };
  }

  /** Type over the value of the current cell, or after it. */
  type(text?: string): void {
    const { cell } = this;
    if (!cell) return;
    const lock = lockOf(cell);
    if (lock === "several") this.listed.value = cell;
    if (lock) return;
    const fault = this.edits.faults.value.get(cellKey(cell));
    this.typed.value = text ?? fault?.text ?? textOf(cell);
    this.wantsFocus = true;
  }

  save(): void {
    const text = this.typed.value;
    if (text === undefined || !this.cell) return;
    this.typed.value = undefined;
    void this.edits.save(this.cell, text);
  }

  /** The field of a cell lost the focus: save, unless a key has saved and moved on. */
  leave(row: number, day: number): void {
    if (row === this.row && day === this.day) this.save();
  }

  /** End typing the note, and return to its cell, unless the note has a fault. */
  leaveNote(): void {
    if (!this.noteFault) this.goTo(this.row, this.day);
  }

  get noteFault(): CellFault | undefined {
    return this.cell && this.edits.noteFaults.value.get(cellKey(this.cell));
  }

  empty(): void {
    if (this.cell && !lockOf(this.cell)) void this.edits.save(this.cell, "");
    this.goTo(this.row, this.day);
  }

  /** Add a row for a project, or go to the one it has. */
  add(project: string): void {
    const known = this.rows.findIndex((row) => row.project === project);
    if (known < 0) this.kept.value = [...this.kept.value, project];
    this.goTo(known < 0 ? this.rows.length : known, startDay(this.days));
  }

  onKeyDown(event: KeyboardEvent): void {
    const target = event.target as HTMLElement;
    if (target.closest("thead")) this.onHeadKey(event);
    if (!target.closest(".cell")) return;
    const action = actionOf(event, this.typed.value !== undefined);
    if (!action || !this.act(action)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Do the action of a key; return whether it replaces the browser's own action. */
  private act(action: Action): boolean {
    switch (action.kind) {
      case "move":
        this.move(action.rows, action.days);
        break;
      case "edge":
        this.moveToEdge(action.to);
        break;
      case "type":
        this.type(action.text);
        break;
      case "save":
        this.save();
        if (action.next) return this.typeNext(action.next);
        this.goTo(Math.min(this.rows.length - 1, Math.max(0, this.row + action.rows)), this.day);
        break;
      case "fill":
        this.fill();
        break;
      case "restore":
        this.typed.value = undefined;
        this.edits.forget(this.cell!);
        this.goTo(this.row, this.day);
        break;
      case "empty":
        this.empty();
        break;
      case "turn":
        if (this.turn(action.weeks)) landing = { row: this.row, day: this.day };
        break;
      case "undo":
        void this.edits.undo();
        break;
      case "redo":
        void this.edits.redo();
        break;
      case "note":
        this.isNoting.value = this.cell?.entries.length === 1 && !lockOf(this.cell);
        break;
    }
    return true;
  }

  private move(down: number, right: number): void {
    const [row, day] = [this.row + down, Math.min(this.days.length - 1, Math.max(0, this.day + right))];
    if (row < 0) this.headLinks()[day]?.focus();
    else if (row < this.rows.length) this.goTo(row, day);
    else this.table.current?.querySelector<HTMLElement>(".add")?.focus();
  }

  private moveToEdge(to: "first day" | "last day" | "first cell" | "last cell"): void {
    const isFirst = to.startsWith("first");
    const edge = isFirst ? 0 : this.rows.length - 1;
    this.goTo(to.endsWith("cell") ? edge : this.row, isFirst ? 0 : this.days.length - 1);
  }

  /** Go to the next cell in reading order and type there; return whether there is one. */
  private typeNext(step: 1 | -1): boolean {
    const index = this.row * this.days.length + this.day + step;
    if (index < 0 || index >= this.rows.length * this.days.length) return false;
    this.goTo(Math.floor(index / this.days.length), index % this.days.length);
    if (this.cell && !lockOf(this.cell)) this.typed.value = textOf(this.cell);
    return true;
  }

  /** Save the text in this cell and in the empty weekdays of its row. */
  private fill(): void {
    const weekdays = this.rows[this.row]!.cells.slice(0, WORKING_DAYS);
    const others = weekdays.filter((one) => one !== this.cell && !one.entries.length);
    void this.edits.fill(this.cell!, this.typed.value!, others);
    this.typed.value = undefined;
    this.goTo(this.row, this.day);
  }

  /** Move between the days of the head; down returns to the cells. */
  private onHeadKey(event: KeyboardEvent): void {
    const links = this.headLinks();
    const index = links.indexOf(event.target as HTMLElement);
    if (event.key === "ArrowDown") this.goTo(0, index);
    else if (event.key === "ArrowLeft") links[index - 1]?.focus();
    else if (event.key === "ArrowRight") links[index + 1]?.focus();
    else return;
    event.preventDefault();
  }

  private headLinks(): HTMLElement[] {
    return [...(this.table.current?.querySelectorAll<HTMLElement>("thead a") ?? [])];
  }
}

/** Keep the state of a grid as long as it is on the screen, and its rows in their places. */
export function useGridState(
  session: Session,
  days: Day[],
  turn: (weeks: number) => boolean,
  rowsOf: (kept: readonly string[]) => Row[],
): GridState {
  const first = useRef(turn);
  first.current = turn;
  const [state] = useState(() => new GridState(session, days, (weeks) => first.current(weeks)));
  state.rows = rowsOf(state.kept.value);
  useEffect(() => {
    if (state.rows.length > state.kept.value.length) state.kept.value = state.rows.map((row) => row.project);
  }, [state.rows.length]);
  void state.typed.value; // the field appears in a cell: then the focus is applied
  useLayoutEffect(() => state.applyFocus());
  return state;
}

function textOf(cell: Cell): string {
  return cell.hours ? plainHours(cell.hours) : "";
}

/** Return the index of today, or of Monday in another week. */
function startDay(days: Day[]): number {
  return Math.max(
    0,
    days.findIndex((day) => day.date === today()),
  );
}
