import { useLayoutEffect, useRef } from "preact/hooks";
import { formats } from "../fields/formats";
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
  /** Whether the note is being typed. */
  isNoting: boolean;
  editNote: (isOn: boolean) => void;
  saveNote: (text: string) => void;
  empty: () => void;
}

/** Everything about the cell with the focus: its entry, state, reason, note and fault. */
export function Inspector({ cell, fault, isNoting, editNote, saveNote, empty }: Props) {
  const [entry] = cell?.entries ?? [];
  const isOne = cell?.entries.length === 1 && entry;
  return (
    <div class="inspector" id="inspector">
      {entry ? <Mark state={markOf(entry)} /> : <Icon name="pen" />}
      {isNoting && isOne ? (
        <NoteField text={entry.notes ?? ""} close={() => editNote(false)} save={saveNote} />
      ) : (
        <p>{cell ? <Words cell={cell} fault={fault} /> : <span class="muted">{t.gridHint}</span>}</p>
      )}
      {isOne && !isNoting && (
        <span class="actions">
          {!isLocked(entry) && (
            <button type="button" class="btn quiet" onClick={() => editNote(true)}>
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
            <span class="muted">
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

interface NoteProps {
  text: string;
  close: () => void;
  save: (text: string) => void;
}

/** The note of an entry. Enter saves it, Escape leaves it as it was. */
function NoteField({ text, close, save }: NoteProps) {
  const field = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => field.current?.focus(), []); // before the next key
  return (
    <input
      ref={field}
      class="input"
      aria-label={t.notes}
      defaultValue={text}
      onKeyDown={(event) => {
        if (event.key === "Enter") save(event.currentTarget.value);
        else if (event.key === "Escape") close();
      }}
    />
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
