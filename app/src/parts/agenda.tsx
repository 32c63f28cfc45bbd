import { today } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import type { EntryView } from "../offline/overlay";
import type { Day } from "../offline/week";
import { editPath } from "../router";
import { useGrowth } from "./growth";
import { isLocked, labelOf, markOf, stateOf } from "./entry-state";
import { Mark } from "./icon";
import { UserText } from "./user-text";

const { day: dayInWords, weekday, dayOfMonth, inHours } = formats();

interface Props {
  days: Day[];
  /** Called with the pressed button. */
  remove: (entry: EntryView, pressed: Element) => void;
}

/** The entries of a week on a phone, by day. */
export function Agenda({ days, remove }: Props) {
  const count = days.reduce((sum, day) => sum + day.entries.length, 0);
  const { shown, end } = useGrowth(count);
  let room = shown;
  return (
    <div class="card agenda">
      {days.map((day) => {
        const entries = day.entries.slice(0, room);
        room -= entries.length;
        if (!entries.length) return null;
        const label = `day-${day.date}`;
        return (
          <section key={day.date} class={day.date === today() ? "today" : ""} aria-labelledby={label}>
            <h2 id={label}>
              <span aria-hidden="true">
                {weekday(day.date)} <b>{dayOfMonth(day.date)}</b>
              </span>
              <span class="sr">{dayInWords(day.date)}</span>
            </h2>
            <ul>
              {entries.map((entry) => (
                <Row key={entry.id} entry={entry} remove={remove} />
              ))}
            </ul>
          </section>
        );
      })}
      {end}
    </div>
  );
}

/** An entry: a link that opens it, and a button to delete it that a swipe or Tab uncovers. */
function Row({ entry, remove }: { entry: EntryView; remove: Props["remove"] }) {
  const label = labelOf(entry);
  return (
    <li class={isLocked(entry) ? "" : "swipe"}>
      <a class="entry" id={label} href={editPath(entry.id)}>
        <Mark state={markOf(entry)} />
        <span class="clip">
          <span class={entry.notes ? "clip line" : "clip-2"}>
            <UserText>{entry.project}</UserText>
          </span>
          {entry.notes && (
            <span class="note clip line">
              <UserText>{entry.notes}</UserText>
            </span>
          )}
        </span>
        <span class="hours">{inHours(entry.hours)}</span>
        <span class="sr">, {stateOf(entry)}</span>
      </a>
      {!isLocked(entry) && (
        <button
          type="button"
          aria-describedby={label}
          onClick={(event) => remove(entry, event.currentTarget)}
        >
          {t.delete}
        </button>
      )}
    </li>
  );
}
