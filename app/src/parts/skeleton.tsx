import { formats } from "../fields/formats";
import type { Day } from "../offline/week";

const { weekday, dayOfMonth } = formats();

/** The agenda before anything is known. */
export function Skeleton({ days }: { days: Day[] }) {
  return (
    <div class="card agenda" aria-hidden="true">
      {days.slice(0, 4).map((day) => (
        <section key={day.date}>
          <h2>
            {weekday(day.date)} <b>{dayOfMonth(day.date)}</b>
          </h2>
          <ul>
            <li class="entry">
              <span class="bone dot" />
              <span class="bone wide" />
              <span class="bone narrow" />
            </li>
          </ul>
        </section>
      ))}
    </div>
  );
}
