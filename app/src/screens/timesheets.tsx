import { useEffect } from "preact/hooks";
import { daysOf, formats, shiftWeek, sum, today, weekOf } from "../dates";
import { EntryRow } from "../parts/entry";
import { Freshness } from "../parts/freshness";
import { WeekBars } from "../parts/week-bars";
import type { Session } from "../state";

const { day: inWords, hours: inHours, range } = formats();
const SWIPE = 60; // pixels

/** A week: its days, hours and total, and each entry with what became of it. */
export function Timesheets({ session }: { session: Session }) {
  const week = session.week.value;
  const days = daysOf(week);
  const entries = session.shown.value;
  const hours = days.map((day) => sum(entries.filter((entry) => entry.date === day).map((entry) => entry.hours)));
  const isNow = week === weekOf(today());
  const turn = (count: number) => void session.show(shiftWeek(week, count));
  useEffect(() => void session.refresh(), []);
  const swipe = useSwipe(turn);
  return (
    <div {...swipe}>
      <header>
        <h1>{isNow ? "This week" : range(days[0], days[6])}</h1>
        <p>
          <strong>{inHours(sum(hours))} h</strong> {isNow && range(days[0], days[6])}
        </p>
        <WeekBars days={days} hours={hours} />
        <div class="actions">
          <button class="outline" onClick={() => turn(-1)}>
            Earlier week
          </button>
          <button class="outline" disabled={isNow} onClick={() => turn(1)}>
            Later week
          </button>
        </div>
        <Freshness seen={session.seen} loading={session.loading.value} refresh={() => void session.refresh()} />
      </header>
      {entries.length === 0 && <p>Nothing is logged this week.</p>}
      {[...days].reverse().map((day, index) => {
        const ofDay = entries.filter((entry) => entry.date === day);
        return (
          ofDay.length > 0 && (
            <section key={day}>
              <h2>
                {inWords(day)} <small>{inHours(hours[6 - index] ?? 0)} h</small>
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

/** To the right is back in time, as on paper. */
function useSwipe(turn: (count: number) => void) {
  let from: Touch | undefined;
  return {
    onTouchStart: (event: TouchEvent) => {
      from = event.touches[0];
    },
    onTouchEnd: (event: TouchEvent) => {
      const to = event.changedTouches[0];
      if (!from || !to) return;
      const [x, y] = [to.clientX - from.clientX, to.clientY - from.clientY];
      if (Math.abs(x) > SWIPE && Math.abs(x) > 2 * Math.abs(y)) turn(x > 0 ? -1 : 1);
    },
  };
}
