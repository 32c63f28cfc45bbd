import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { today } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import type { Session } from "../offline/session";
import { type Day, WORKING_DAYS, total } from "../offline/week";
import { DayLink } from "../parts/day-link";
import { UserText } from "../parts/user-text";
import { Total } from "../parts/week-head";
import { AddProject } from "./add-project";
import { CellList } from "./cell-list";
import { CellView } from "./cell-view";
import { type Cell, cellKey, lockOf, rowsOf } from "./cells";
import { useEdits } from "./edits";
import { Inspector } from "./inspector";
import { type Action, actionOf } from "./keys";

const { hours: plainHours } = formats();

interface Props {
  session: Session;
  days: Day[];
  daysBefore: Day[];
  isKnown: boolean;
  turn: (weeks: number) => void;
}

interface Place {
  row: number;
  day: number;
}

/** A week as a grid of projects and days, with the keys of a spreadsheet. Cells save themselves. */
export function Grid({ session, days, daysBefore, isKnown, turn }: Props) {
  const kept = useSignal<readonly string[]>([]);
  const place = useSignal<Place>({ row: 0, day: startDay(days) });
  const hasFocus = useSignal(false);
  const typed = useSignal<string | undefined>(undefined);
  const isNoting = useSignal(false);
  const listed = useSignal<Cell | undefined>(undefined);
  const cellRef = useRef<HTMLTableCellElement>(null);
  const input = useRef<HTMLInputElement>(null);
  const table = useRef<HTMLTableElement>(null);
  const edits = useEdits(session);
  const rows = rowsOf(days, daysBefore, kept.value);
  const row = Math.min(place.value.row, Math.max(0, rows.length - 1));
  const { day } = place.value;
  const cell = rows[row]?.cells[day];
  const wantsFocus = useRef(false);

  useEffect(() => {
    if (isKnown && rows.length > kept.value.length) kept.value = rows.map((one) => one.project);
  }, [isKnown, rows.length]);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    if (typed.value === undefined) cellRef.current?.focus();
    else input.current?.focus();
  });

  const goTo = (next: Place) => {
    wantsFocus.current = true;
    place.value = next;
  };
  const type = (text: string | undefined) => {
    if (!cell) return;
    const lock = lockOf(cell);
    if (lock === "several") listed.value = cell;
    if (lock) return;
    const fault = edits.faults.value.get(cellKey(cell));
    typed.value = text ?? fault?.text ?? (cell.hours ? plainHours(cell.hours) : "");
    wantsFocus.current = true;
  };
  const save = () => {
    if (typed.value === undefined || !cell) return;
    void edits.save(cell, typed.value);
    typed.value = undefined;
  };
  const move = (down: number, right: number) => {
    const next = { row: row + down, day: Math.min(days.length - 1, Math.max(0, day + right)) };
    if (next.row < 0) return table.current?.querySelectorAll<HTMLElement>("thead a")[day]?.focus();
    if (next.row >= rows.length) return table.current?.querySelector<HTMLElement>(".add")?.focus();
    goTo(next);
  };
  /** Go to the next cell in reading order and type there; return whether there is one. */
  const typeNext = (step: 1 | -1): boolean => {
    const index = row * days.length + day + step;
    if (index < 0 || index >= rows.length * days.length) return false;
    goTo({ row: Math.floor(index / days.length), day: index % days.length });
    const next = rows[Math.floor(index / days.length)]!.cells[index % days.length]!;
    if (!lockOf(next)) typed.value = next.hours ? plainHours(next.hours) : "";
    return true;
  };
  /** Do what a key means; return whether the browser's own meaning must not apply. */
  const act = (action: Action): boolean => {
    switch (action.kind) {
      case "move":
        move(action.rows, action.days);
        return true;
      case "edge": {
        const isFirst = action.to.startsWith("first");
        const isCorner = action.to.endsWith("cell");
        goTo({ row: isCorner ? (isFirst ? 0 : rows.length - 1) : row, day: isFirst ? 0 : days.length - 1 });
        return true;
      }
      case "type":
        type(action.text);
        return true;
      case "save":
        save();
        if (action.next) return typeNext(action.next);
        goTo({ row: Math.min(rows.length - 1, Math.max(0, row + action.rows)), day });
        return true;
      case "fill": {
        const others = rows[row]!.cells.slice(0, WORKING_DAYS).filter((one) => !one.entries.length);
        void edits.fill(
          cell!,
          typed.value!,
          others.filter((one) => one !== cell),
        );
        typed.value = undefined;
        goTo({ row, day });
        return true;
      }
      case "restore":
        typed.value = undefined;
        edits.forget(cell!);
        goTo({ row, day });
        return true;
      case "empty":
        if (cell && !lockOf(cell)) void edits.save(cell, "");
        return true;
      case "turn":
        turn(action.weeks);
        return true;
      case "undo":
        void edits.undo();
        return true;
      case "redo":
        void edits.redo();
        return true;
      case "note":
        isNoting.value = cell?.entries.length === 1 && !lockOf(cell);
        return true;
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    if (target.closest("thead"))
      return headKey(event, table.current!, () => goTo({ row: 0, day: headIndex(target) }));
    if (!target.closest(".cell")) return;
    const action = actionOf(event, typed.value !== undefined);
    if (action && act(action)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div class="card">
      <table
        ref={table}
        class="grid"
        role="grid"
        aria-label={t.weekGrid}
        aria-busy={!isKnown}
        onKeyDown={onKeyDown}
        onFocusIn={() => {
          hasFocus.value = true;
        }}
      >
        <colgroup>
          <col />
          <col class="col-day" span={days.length} />
          <col class="col-total" />
        </colgroup>
        <GridHead days={days} daysBefore={daysBefore} isKnown={isKnown} />
        <tbody>
          {rows.map((one, index) => (
            <tr key={one.project}>
              <th scope="row">
                <span class="clip-2">
                  <UserText>{one.project}</UserText>
                </span>
              </th>
              {one.cells.map((other, column) => {
                const isCurrent = index === row && column === day;
                return (
                  <CellView
                    key={other.date}
                    cell={other}
                    isCurrent={isCurrent}
                    typed={isCurrent ? typed.value : undefined}
                    fault={edits.faults.value.get(cellKey(other))}
                    input={input}
                    cellRef={cellRef}
                    onType={(text) => {
                      typed.value = text;
                    }}
                    onLeave={save}
                    onFocus={() => {
                      if (!isCurrent) place.value = { row: index, day: column };
                    }}
                    onOpen={() => type(undefined)}
                  />
                );
              })}
              <td class="sum">{one.hours > 0 && plainHours(one.hours)}</td>
            </tr>
          ))}
          <AddProject
            days={days}
            isOnlyStop={rows.length === 0}
            back={() => goTo({ row: rows.length - 1, day })}
            add={(project) => {
              const known = rows.findIndex((one) => one.project === project);
              if (known < 0) kept.value = [...kept.value, project];
              goTo({ row: known < 0 ? rows.length : known, day: startDay(days) });
            }}
          />
        </tbody>
      </table>
      <Inspector
        cell={hasFocus.value ? cell : undefined}
        fault={cell && edits.faults.value.get(cellKey(cell))}
        isNoting={isNoting.value}
        editNote={(isOn) => {
          isNoting.value = isOn;
          if (!isOn) goTo({ row, day });
        }}
        saveNote={(text) => {
          isNoting.value = false;
          void edits.saveNote(cell!, text);
          goTo({ row, day });
        }}
        empty={() => {
          void edits.save(cell!, "");
          goTo({ row, day });
        }}
      />
      {listed.value && (
        <CellList
          cell={listed.value}
          close={() => {
            listed.value = undefined;
          }}
        />
      )}
    </div>
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

/** Move between the days of the head; down returns to the cells. */
function headKey(event: KeyboardEvent, table: HTMLElement, down: () => void): void {
  const links = [...table.querySelectorAll<HTMLElement>("thead a")];
  const index = headIndex(event.target as HTMLElement);
  if (event.key === "ArrowDown") down();
  else if (event.key === "ArrowLeft") links[index - 1]?.focus();
  else if (event.key === "ArrowRight") links[index + 1]?.focus();
  else return;
  event.preventDefault();
}

function headIndex(element: HTMLElement): number {
  return (element.closest("th")?.cellIndex ?? 1) - 1;
}

/** Return the index of today, or of Monday in another week. */
function startDay(days: Day[]): number {
  return Math.max(
    0,
    days.findIndex((day) => day.date === today()),
  );
}
