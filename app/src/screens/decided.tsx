import { useSignal } from "@preact/signals";
import { formats } from "../fields/formats";
import { t } from "../language";
import type { PersonWeek } from "../offline/board";
import type { Session } from "../offline/session";
import { Board } from "../parts/board";
import { EntryDetail } from "../parts/entry-detail";
import { neighbour } from "../parts/focus";
import { PersonRow, rowId, weekName } from "../parts/person-row";
import { UserText } from "../parts/user-text";
import { showToast } from "../toast";

const { dayAndTime, inHours } = formats();

/** The entries that this person decided on this device in the last days, with a button that reopens them. */
export function Decided({ session }: { session: Session }) {
  const opened = useSignal("");
  const busy = useSignal("");
  const weeks = session.decidedWeeks.value;
  const reopen = async (week: PersonWeek) => {
    const focusNeighbour = neighbour(".person .opens");
    busy.value = week.key;
    const isDone = await session.reopen(week.entries);
    busy.value = "";
    if (!isDone) return;
    showToast(t.reopened(`${week.name}, ${weekName(week.week)}, ${inHours(week.hours)}`));
    focusNeighbour();
  };
  if (!weeks.length) return <p class="lead">{t.nobodyDecided}</p>;
  return (
    <Board
      title={t.decided}
      explanation={t.lastDays}
      weeks={weeks}
      row={(week) => (
        <PersonRow
          key={week.key}
          week={week}
          mark={week.entries[0]!.status}
          decision={<Decision week={week} />}
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
              onClick={() => void reopen(week)}
            >
              {t.reopen}
            </button>
          }
        >
          <ul>
            {week.entries.map((entry) => (
              <EntryDetail key={entry.id} entry={entry} session={session} />
            ))}
          </ul>
        </PersonRow>
      )}
    />
  );
}

function Decision({ week }: { week: PersonWeek }) {
  const { status, reviewed_at: at, reason } = week.entries[0]!;
  return (
    <>
      {t.status[status]} {at && dayAndTime(Date.parse(at))}
      {reason && (
        <>
          {": "}
          <q>
            <UserText>{reason}</UserText>
          </q>
        </>
      )}
    </>
  );
}
