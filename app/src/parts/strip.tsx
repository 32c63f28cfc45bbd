import { t } from "../language";
import { type Day, total } from "../offline/week";
import { DayLink } from "./day-link";
import { swipe } from "./swipe";

interface Props {
  days: Day[];
  daysBefore: Day[];
  isKnown: boolean;
  turn: (count: number) => void;
}

/** The hours of each day on a phone. Swiping it turns the week. */
export function Strip({ days, daysBefore, isKnown, turn }: Props) {
  const isEmpty = isKnown && total(days) === 0;
  const longest = Math.max(...days.map((day) => day.hours));
  return (
    <ol class="strip" aria-label={t.hoursByDay} {...swipe(turn)}>
      {days.map((day, index) => (
        <li key={day.date}>
          <DayLink
            day={day}
            longest={longest}
            isKnown={isKnown}
            ghost={isEmpty ? daysBefore[index]?.hours : undefined}
          />
        </li>
      ))}
    </ol>
  );
}
