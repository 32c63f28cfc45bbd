import { today } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import type { Session } from "../offline/session";
import { type Day, total } from "../offline/week";
import { DayLink } from "../parts/day-link";
import { UserText } from "../parts/user-text";
import { Total } from "../parts/week-head";
import { AddProject } from "./add-project";
import { CellList } from "./cell-list";
import { CellView } from "./cell-view";
import { type Row, cellKey, rowsOf } from "./cells";
import { Inspector } from "./inspector";
import { NoteField } from "./note-field";
import { type GridState, useGridState } from "./state";

const { hours: plainHours } = formats();

interface Props {
  session: Session;
  days: Day[];
  daysBefore: Day[];
  isKnown: boolean;
  turn: (weeks: number) => boolean;
}

/** A week as a grid of projects and days, with the keys of a spreadsheet. Cells save themselves. */
export function Grid({ session, days, daysBefore, isKnown, turn }: Props) {
  const state = useGridState(session, days, turn, (kept) => rowsOf(days, daysBefore, kept));
  const { rows, cell } = state;
  return (
    <div class="card">
      <table
        ref={state.table}
        class="grid"
        role="grid"
        aria-label={t.weekGrid}
        aria-busy={!isKnown}
        onKeyDown={(event) => state.onKeyDown(event)}
        onFocusIn={() => {
          state.hasFocus.value = true;
        }}
      >
        <colgroup>
          <col />
          <col class="col-day" span={days.length} />
          <col class="col-total" />
        </colgroup>
        <GridHead days={days} daysBefore={daysBefore} isKnown={isKnown} />
        <tbody>
          {rows.map((row, index) => (
            <GridRow key={row.project} row={row} index={index} state={state} />
          ))}
          <AddProject
            days={days}
            isOnlyStop={rows.length === 0}
            back={() => state.goTo(rows.length - 1, state.day)}
            add={(project) => state.add(project)}
          />
        </tbody>
      </table>
      <Inspector
        cell={state.hasFocus.value ? cell : undefined}
        fault={cell && state.edits.faults.value.get(cellKey(cell))}
        dayHours={days[state.day]!.hours}
        note={
          (state.isNoting.value || state.noteFault) && cell ? (
            <NoteField
              key={cellKey(cell)}
              text={cell.entries[0]?.notes ?? ""}
              fault={state.noteFault}
              isOpen={state.isNoting.value}
              save={(text) => void state.edits.saveNote(cell, text)}
              close={() => state.leaveNote()}
            />
          ) : undefined
        }
        editNote={() => {
          state.isNoting.value = true;
        }}
        empty={() => state.empty()}
      />
      {state.listed.value && (
        <CellList
          cell={state.listed.value}
          close={() => {
            state.listed.value = undefined;
          }}
        />
      )}
    </div>
  );
}

function GridRow({ row, index, state }: { row: Row; index: number; state: GridState }) {
  return (
    <tr>
      <th scope="row">
        <span class="clip-2">
          <UserText>{row.project}</UserText>
        </span>
      </th>
      {row.cells.map((cell, day) => {
        const isCurrent = index === state.row && day === state.day;
        return (
          <CellView
            key={cell.date}
            cell={cell}
            isCurrent={isCurrent}
            typed={isCurrent ? state.typed.value : undefined}
            fault={state.edits.faults.value.get(cellKey(cell))}
            onType={(text) => {
              state.typed.value = text;
            }}
            onLeave={() => state.leave(index, day)}
            onFocus={() => state.enter(index, day)}
            onOpen={() => state.type()}
          />
        );
      })}
      <td class="sum">{row.hours > 0 && plainHours(row.hours)}</td>
    </tr>
  );
}

/** The hours of each day above the cells, and the total of the week. */
function GridHead({ days, daysBefore, isKnown }: Pick<Props, "days" | "daysBefore" | "isKnown">) {
  const hours = total(days);
  const longest = Math.max(...days.map((day) => day.hours));
  return (
    <thead>
      <tr>
        <td>
          <Total hours={isKnown ? hours : undefined} isTall />
        </td>
        {days.map((day, index) => (
          <th
            key={day.date}
            scope="col"
            class={day.date === today() ? "now" : day.isWeekend ? "off" : undefined}
          >
            <DayLink
              day={day}
              longest={longest}
              isKnown={isKnown}
              ghost={isKnown && !hours ? daysBefore[index]?.hours : undefined}
              tabIndex={-1}
            />
          </th>
        ))}
        <th scope="col" class="sum">
          <span class="small muted">{t.total}</span>
        </th>
      </tr>
    </thead>
  );
}
