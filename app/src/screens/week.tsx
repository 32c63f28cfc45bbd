import { useEffect } from "preact/hooks";
import type { Auth } from "../auth/auth";
import { daysOf, shiftWeek } from "../fields/dates";
import { formats } from "../fields/formats";
import { Grid } from "../grid/grid";
import { t } from "../language";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { byDay, total } from "../offline/week";
import { Agenda } from "../parts/agenda";
import { Banners, NeedsFixing } from "../parts/banners";
import { EmptyGrid, EmptyWeek } from "../parts/empty-week";
import { neighbour } from "../parts/focus";
import { nameOf } from "../parts/item-text";
import { SignWeek } from "../parts/sign-week";
import { Skeleton } from "../parts/skeleton";
import { Strip } from "../parts/strip";
import { useTitle } from "../parts/title";
import { showUndo } from "../parts/undo";
import { WeekHead, isLastWeek } from "../parts/week-head";
import { wide } from "../parts/wide";
import { once } from "../once";
import { focusHeading, go, weekPath } from "../router";
import { showToast } from "../toast";

const { inHours, range } = formats();

interface Props {
  session: Session;
  auth: Auth;
  week: string;
}

/** The person's own entries of a week. */
export function Week({ session, auth, week: wanted }: Props) {
  useTitle(range(daysOf(session.week.value)[0], daysOf(session.week.value)[6]));
  useEffect(() => {
    session.view = "week";
    void session.show(wanted);
  }, [wanted]);
  const week = session.week.value;
  const entries = session.entries.value;
  const before = session.entriesBefore.value;
  const days = byDay(daysOf(week), entries);
  const daysBefore = byDay(daysOf(shiftWeek(week, -1)), before);
  const isKnown = session.weekLoadedAt.value !== undefined;
  const turn = (count: number) => {
    const isPossible = count < 0 || !isLastWeek(week);
    if (isPossible) go(weekPath(shiftWeek(week, count)));
    return isPossible;
  };
  const copy = (withNotes: boolean) => void copyWeek(session, week, withNotes);
  return (
    <>
      <WeekHead
        session={session}
        week={week}
        turn={turn}
        hours={isKnown ? total(entries) : undefined}
        isWide={wide.value}
        copyLastWeek={() => copy(false)}
      />
      <Banners session={session} auth={auth} />
      <NeedsFixing session={session} />
      {wide.value ? (
        <>
          {isKnown && entries.length === 0 && <EmptyGrid before={before} copy={copy} />}
          <Grid
            key={week}
            session={session}
            days={days}
            daysBefore={daysBefore}
            isKnown={isKnown}
            turn={turn}
          />
        </>
      ) : (
        <>
          <div class="card" aria-busy={!isKnown}>
            <Strip days={days} daysBefore={daysBefore} isKnown={isKnown} turn={turn} />
            {isKnown && entries.length === 0 && <EmptyWeek week={week} before={before} copy={copy} />}
          </div>
          {entries.length > 0 && <Agenda days={days} remove={(...row) => void remove(session, ...row)} />}
          {!isKnown && entries.length === 0 && <Skeleton days={days} />}
        </>
      )}
      {isKnown && <SignWeek key={`sign ${week}`} session={session} />}
    </>
  );
}

const copyWeek = once(async (session: Session, week: string, withNotes: boolean) => {
  // The screen may still show the week without the entries of a copy that was just made.
  const copies = await session.copiesFor(week, withNotes);
  if (!copies.length) return showToast(t.nothingToCopy);
  const numbers = await session.outbox.copy(copies);
  showUndo(session, t.copied(copies.length, inHours(total(copies))), numbers);
  focusHeading();
});

/** Delete an entry, and move the focus to a neighbour. */
const remove = once(async (session: Session, entry: EntryView, pressed: Element) => {
  const focusNeighbour = neighbour(".agenda .entry", pressed);
  const n = await session.outbox.delete(entry);
  showUndo(session, t.deleted(nameOf(entry)), n === undefined ? [] : [n]);
  focusNeighbour();
});
