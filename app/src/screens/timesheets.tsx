import { useEffect } from "preact/hooks";
import { daysOf, lastDay, shiftWeek, today, weekOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { sum } from "../fields/hours";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { EntryRow } from "../parts/entry-row";
import { Freshness } from "../parts/freshness";
import { WeekBars } from "../parts/week-bars";

const { day: inWords, hours: inHours, range } = formats();
const MIN_SWIPE = 60; // pixels

/** The person's own entries of a week, by day. */
export function Timesheets({ session }: { session: Session }) {
  const week = session.week.value;
  const days = daysOf(week);
  const entries = session.entries.value;
  const hours = days.map((day) => total(entries.filter((entry) => entry.date === day)));
  const isCurrent = week === weekOf(today());
  const isLast = days[6] >= lastDay();
  const turn = (count: number) => {
    if (count < 0 || !isLast) void session.show(shiftWeek(week, count));
  };
  useEffect(() => void session.refresh(), []);
  return (
    <div {...swipe(turn)}>
      <header>
        <h1>{isCurrent ? "This week" : range(days[0], days[6])}</h1>
        <p>
          <strong>{inHours(total(entries))} h</strong> {isCurrent && range(days[0], days[6])}
        </p>
        <WeekBars days={days} hours={hours} />
        <div class="actions">
          <button type="button" class="outline" onClick={() => turn(-1)}>
            Earlier week
          </button>
          <button type="button" class="outline" disabled={isLast} onClick={() => turn(1)}>
            Later week
          </button>
        </div>
        <Freshness
          loadedAt={session.weekLoadedAt}
          loading={session.loading.value}
          refresh={() => void session.refresh()}
        />
      </header>
      {entries.length === 0 && <p>Nothing logged this week.</p>}
      {[...days].reverse().map((day) => {
        const ofDay = entries.filter((entry) => entry.date === day);
        return (
          ofDay.length > 0 && (
            <section key={day}>
              <h2>
                {inWords(day)} <small>{inHours(total(ofDay))} h</small>
              </h2>
              <ul class="entries">
                {ofDay.map((entry) => (
                  <EntryRow key={entry.id} entry={entry} session={session} />
                ))}
              </ul>
            </section>
          )
        );
      })}
    </div>
  );
}

function total(entries: EntryView[]): number {
  return sum(entries.map((entry) => entry.hours));
}

/** Return the handlers of a swipe: to the right shows the week before. */
function swipe(turn: (count: number) => void) {
  let start: Touch | undefined;
  return {
    onTouchStart: (event: TouchEvent) => {
      start = event.touches[0];
    },
    onTouchEnd: (event: TouchEvent) => {
      const end = event.changedTouches[0];
      if (!start || !end) return;
      const [x, y] = [end.clientX - start.clientX, end.clientY - start.clientY];
      if (Math.abs(x) > MIN_SWIPE && Math.abs(x) > 2 * Math.abs(y)) turn(x > 0 ? -1 : 1);
    },
  };
}
