import type { ComponentChildren } from "preact";
import { daysOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import type { WeekRow } from "../offline/board";
import { Icon, Mark, type State } from "./icon";
import { UserText } from "./user-text";

const { weekday, hours: plainHours, inHours } = formats();

interface Props {
  week: WeekRow;
  isOpen: boolean;
  toggle: () => void;
  tick?: ComponentChildren;
  /** The signature or the decision, in the second line. */
  note?: string | undefined;
  /** Why the week deserves a look. */
  flags?: string[];
  /** The day of these reasons, from 0 for Monday. */
  oddDay?: number | undefined;
  mark?: State;
  /** The buttons of the row, described by the person's name. */
  actions: ComponentChildren;
  children: ComponentChildren;
}

/** A person's week in a row of a board; its name opens the entries. */
export function PersonRow(props: Props) {
  const { week, isOpen, toggle, tick, note, flags = [], oddDay, mark, actions, children } = props;
  const id = rowId(week);
  return (
    <li>
      <div class={tick ? "person" : "person no-tick"}>
        {tick}
        <button
          type="button"
          class="opens who"
          aria-expanded={isOpen}
          aria-controls={isOpen ? `entries-${id}` : undefined}
          onClick={toggle}
        >
          <Icon name="right" />
          <span class="clip-2" id={`name-${id}`}>
            <UserText>{week.name}</UserText>
          </span>
        </button>
        <div class="meta">
          <span>
            {week.address && (
              <>
                <UserText>{week.address}</UserText> ·{" "}
              </>
            )}
            {weekName(week.week)}
            {note && ` · ${note}`}
          </span>
          {flags.map((flag) => (
            <span key={flag} class="flag">
              <Mark state="unusual" />
              {flag}
            </span>
          ))}
        </div>
        <span class="total">
          {mark && <Mark state={mark} />} {inHours(week.hours)}
        </span>
        <div class="days-line">
          <Days week={week} oddDay={oddDay} />
          <span class="act">{actions}</span>
        </div>
      </div>
      {isOpen && (
        <div class="detail" id={`entries-${id}`}>
          {children}
        </div>
      )}
    </li>
  );
}

/** The head of a board on a wide screen. */
export function BoardHead({ week }: { week: string }) {
  return (
    <li class="board-head" aria-hidden="true">
      <span class="days">
        {daysOf(week).map((day) => (
          <i key={day}>{weekday(day)}</i>
        ))}
      </span>
    </li>
  );
}

/** The hours of each day; nothing if they are not known. */
export function Days({ week, oddDay }: { week: WeekRow; oddDay?: number | undefined }) {
  if (!week.days.length) return <span class="days" />;
  const names = daysOf(week.week).map((day) => weekday(day));
  const label = week.days
    .map((hours, index) => hours > 0 && `${names[index]} ${plainHours(hours)}`)
    .filter(Boolean)
    .join(", ");
  return (
    <p class="days" role="img" aria-label={label}>
      {week.days.map((hours, index) => (
        <i key={names[index]} class={index === oddDay ? "odd" : hours ? "" : "none"} style={{ "--h": hours }}>
          {hours ? plainHours(hours) : "·"}
        </i>
      ))}
    </p>
  );
}

/** Return an ISO week as "W47", with the year if it is not this one. */
export function weekName(week: string, thisYear = new Date().getFullYear()): string {
  const [year = "", number = ""] = week.split("-W");
  return Number(year) === thisYear ? t.weekName(number) : t.weekNameOf(number, year);
}

export function rowId({ key }: { key: string }): string {
  return key.replace(/[^\w-]/g, "_");
}
