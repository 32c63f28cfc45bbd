import { today } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import type { Day } from "../offline/week";
import { newPath } from "../router";
import { target } from "../settings";

const { day: dayInWords, weekday, dayOfMonth, hours: plainHours, inHours } = formats();
const MAX = 10; // hours of a full bar, unless a day has more

interface Props {
  day: Day;
  /** The hours of the longest day of the week. */
  longest: number;
  /** Whether the hours were ever loaded. */
  isKnown: boolean;
  /** The hours of this day a week ago, drawn as a suggestion in an empty week. */
  ghost?: number | undefined;
  tabIndex?: number;
}

/** A day of the strip or of the grid's head: its hours, a bar under the target line, and a link that logs for it. */
export function DayLink({ day, longest, isKnown, ghost = 0, tabIndex }: Props) {
  const { date, hours, isWeekend } = day;
  const classes = [
    "day",
    isWeekend && "off",
    isKnown && !hours && "unlogged",
    !hours && ghost > 0 && "ghost",
  ];
  const known = hours ? t.logged(inHours(hours)) : t.nothingLogged;
  return (
    <a
      class={classes.filter(Boolean).join(" ")}
      href={newPath(date)}
      aria-current={date === today() ? "date" : undefined}
      tabIndex={tabIndex}
      style={{ "--h": hours || ghost, "--target": target.value, "--max": Math.max(MAX, longest) }}
    >
      <span class="sr">{t.logHours(dayInWords(date), isKnown ? known : t.notKnown)}</span>
      <span class="day-hours" aria-hidden="true">
        {!isKnown ? "–" : hours ? plainHours(hours) : "+"}
      </span>
      <span class="day-bar" aria-hidden="true" />
      <span class="day-name" aria-hidden="true">
        {weekday(date)} <b>{dayOfMonth(date)}</b>
      </span>
    </a>
  );
}
