import { useRef } from "preact/hooks";
import { today } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import { Mark } from "../parts/icon";
import { markOf, stateOf } from "../parts/entry-state";
import { type Cell, lockOf } from "./cells";
import type { CellFault } from "./edits";

const { hours: plainHours } = formats();

interface Props {
  cell: Cell;
  isCurrent: boolean;
  /** The text that a person types into the cell. */
  typed: string | undefined;
  fault: CellFault | undefined;
  onType: (text: string) => void;
  onLeave: () => void;
  onFocus: () => void;
  onOpen: () => void;
}

/** A project on a day: its hours and state, or the field into which a person types. */
export function CellView(props: Props) {
  const { cell, isCurrent, typed, fault, onType, onLeave, onFocus, onOpen } = props;
  const isTouch = useRef(false);
  const [entry] = cell.entries;
  const lock = lockOf(cell);
  const state = entry && markOf(entry);
  const hasNote = cell.entries.some((one) => one.notes);
  const classes = [
    "cell",
    state,
    cell.isWeekend && "off",
    cell.date === today() && "now",
    lock && "locked",
    hasNote && "has-note",
    fault && "is-fault",
    !entry && cell.ghost > 0 && "ghost",
  ];
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keys
    <td
      tabIndex={isCurrent && typed === undefined ? 0 : -1} // while a person types, the field has the focus
      class={classes.filter(Boolean).join(" ")}
      aria-readonly={lock ? true : undefined}
      aria-invalid={fault ? true : undefined}
      aria-describedby={isCurrent ? "inspector" : undefined}
      onFocus={onFocus}
      onDblClick={onOpen}
      onPointerDown={(event) => {
        isTouch.current = event.pointerType !== "mouse";
      }}
      onClick={() => {
        if (isTouch.current && typed === undefined) onOpen(); // there are no keys to type with
      }}
    >
      {fault ? fault.text : cell.hours > 0 && plainHours(cell.hours)}
      {!entry && !fault && cell.ghost > 0 && <span aria-hidden="true">{plainHours(cell.ghost)}</span>}
      {state && <Mark state={state} />}
      {entry && (
        <span class="sr">
          , {cell.entries.length > 1 ? t.entries(cell.entries.length) : stateOf(entry)}
          {hasNote && `, ${t.state.note}`}
        </span>
      )}
      {typed !== undefined && (
        <input
          aria-label={t.hours}
          inputMode="decimal"
          autocomplete="off"
          value={typed}
          onInput={(event) => onType(event.currentTarget.value)}
          onBlur={onLeave}
        />
      )}
    </td>
  );
}
