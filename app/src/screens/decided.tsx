import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Entry } from "../api/entry";
import { formats } from "../fields/formats";
import { isolated } from "../fields/text";
import { t } from "../language";
import type { DecidedWeek } from "../offline/board";
import type { Session } from "../offline/session";
import { Board, BoardSkeleton } from "../parts/board";
import { EntryDetail } from "../parts/entry-detail";
import { neighbour } from "../parts/focus";
import { PersonRow, rowId, weekName } from "../parts/person-row";
import { showToast } from "../toast";

const { inHours } = formats();

/** The decided weeks, whoever decided them, each with a button that reopens it. */
export function Decided({ session }: { session: Session }) {
  const { approvals, outbox } = session;
  const opened = useSignal("");
  const busy = useSignal("");
  const weeks = approvals.decided.value;
  const since = weekName(approvals.decidedSince.value);
  // A decision is on the board once it is sent.
  const unsent = session.items.value.filter(({ kind }) => kind === "decide").length;
  useEffect(() => void approvals.refreshDecided(), [unsent]);
  const reopen = async (week: DecidedWeek, pressed: Element) => {
    if (busy.value) return;
    const focusNeighbour = neighbour(".person .opens", pressed);
    busy.value = week.key;
    const entries = await approvals.reopen(week);
    busy.value = "";
    if (!entries?.length) return;
    const text = t.reopened(`${isolated(week.name)}, ${weekName(week.week)}, ${inHours(week.hours)}`);
    // A rejection is not repeated: its reasons can differ from entry to entry.
    if (week.status === "rejected") showToast(text);
    else showToast(text, async () => void (await outbox.decide(entries, { approved: true })));
    focusNeighbour();
  };
  if (!weeks) return <BoardSkeleton session={session} />;
  return (
    <>
      {weeks.length === 0 && <p class="lead">{t.nobodyDecided(since)}</p>}
      <Board
        title={t.decided}
        explanation={t.since(since)}
        weeks={weeks}
        row={(week) => (
          <PersonRow
            key={week.key}
            week={week}
            mark={week.status}
            note={t.status[week.status]}
            isOpen={opened.value === week.key}
            toggle={() => {
              opened.value = opened.value === week.key ? "" : week.key;
            }}
            actions={
              <button
                type="button"
                class="btn"
                aria-describedby={`name-${rowId(week)}`}
                aria-busy={busy.value === week.key}
                onClick={(event) => void reopen(week, event.currentTarget)}
              >
                {t.reopen}
              </button>
            }
          >
            <Entries session={session} week={week} />
          </PersonRow>
        )}
      />
      <div class="actions end">
        <button type="button" class="btn quiet" onClick={() => void approvals.showEarlier()}>
          {t.earlierWeeks}
        </button>
      </div>
    </>
  );
}

/** The entries of a decided week, loaded when a person opens it. */
function Entries({ session, week }: { session: Session; week: DecidedWeek }) {
  const [entries, setEntries] = useState<Entry[] | null>();
  useEffect(() => void session.approvals.entriesOf(week).then((found) => setEntries(found ?? null)), []);
  if (!entries) return <p class="small muted">{entries === null ? t.notLoaded : t.loading}</p>;
  return (
    <ul>
      {entries.map((entry) => (
        <EntryDetail key={entry.id} entry={entry} session={session} />
      ))}
    </ul>
  );
}
