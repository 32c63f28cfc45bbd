import type { ComponentChildren } from "preact";
import { formats } from "../fields/formats";
import { MAX_HOURS } from "../fields/hours";
import { t } from "../language";
import { faultsInWords } from "../parts/item-text";
import { Icon, Mark } from "../parts/icon";
import { isLocked, markOf, stateOf } from "../parts/entry-state";
import { UserText } from "../parts/user-text";
import { editPath } from "../router";
import { type Cell, lockOf } from "./cells";
import type { CellFault } from "./edits";

const { shortDay, inHours } = formats();

interface Props {
  cell: Cell | undefined;
  fault: CellFault | undefined;
  /** The hours of the cell's day. */
  dayHours: number;
  /** The field of the note, while it is typed. */
  note: ComponentChildren;
  editNote: () => void;
  empty: () => void;
}

/** Everything about the cell with the focus: its entry, state, reason, note and fault. */
export function Inspector({ cell, fault, dayHours, note, editNote, empty }: Props) {
  const [entry] = cell?.entries ?? [];
  const isOne = cell?.entries.length === 1 && entry;
  return (
    <div class="inspector" id="inspector">
      {entry ? <Mark state={markOf(entry)} /> : <Icon name="pen" />}
      {(isOne && note) || (
        <p>
          {cell ? <Words cell={cell} fault={fault} /> : <span class="muted">{t.gridHint}</span>}
          {cell && dayHours > MAX_HOURS && (
            <span class="warn"> {t.dayHas(shortDay(cell.date), inHours(dayHours))}</span>
          )}
        </p>
      )}
      {isOne && !note && (
        <span class="actions">
          {!isLocked(entry) && (
            <button type="button" class="btn quiet" onClick={editNote}>
              {t.note}
            </button>
          )}
          <a class="btn quiet" href={editPath(entry.id)}>
            {t.open}
          </a>
          {!isLocked(entry) && (
            <button type="button" class="btn quiet" onClick={empty}>
              {t.delete}
            </button>
          )}
        </span>
      )}
    </div>
  );
}

function Words({ cell, fault }: { cell: Cell; fault: CellFault | undefined }) {
  const [entry] = cell.entries;
  const { unsent } = entry ?? {};
  const lock = lockOf(cell);
  return (
    <>
      <b>
        <UserText>{cell.project}</UserText>, {shortDay(cell.date)}
        {entry && `, ${inHours(cell.hours)}`}.
      </b>{" "}
      {fault && <span class="fault-text">{fault.message} </span>}
      {entry && lock !== "several" && (
        <>
          {entry.notes && (
            <span class="muted as-typed">
              <UserText>{entry.notes}</UserText>{" "}
            </span>
          )}
          {sentence(stateOf(entry))}{" "}
          {entry.reason && (
            <q>
              <UserText>{entry.reason}</UserText>
            </q>
          )}
          {unsent?.refused && faultsInWords(unsent.refused)}
          {lock === "approved" && t.askToReopen}
        </>
      )}
      {lock === "several" && t.severalEntries(cell.entries.length)}
    </>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
