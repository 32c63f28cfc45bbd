import { useState } from "preact/hooks";
import { today, weekOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import { MAX_DAY, type PersonWeek, boardOf } from "../offline/board";
import type { Session } from "../offline/session";
import { total } from "../offline/week";
import { Board, BulkBar } from "../parts/board";
import { ReasonDialog } from "../parts/reason-dialog";
import { Sheet } from "../parts/sheet";
import { Decisions } from "./decisions";
import { PendingRow } from "./pending-row";

const { inHours, time } = formats();

/** Other people's pending entries by person and week: decide one, or tick several and approve them together. */
export function Pending({ session }: { session: Session }) {
  const [decisions] = useState(() => new Decisions(session));
  const { ticked, rejecting, isConfirming, showsUnfinished } = decisions;
  const weeks = session.personWeeks.value;
  const { unusual, ordinary, unfinished } = boardOf(weeks, weekOf(today()));
  const chosen = weeks.filter((week) => ticked.value.has(week.key));
  const isKnown = session.approvalsLoadedAt.value !== undefined;
  const isUnfinishedShown = showsUnfinished.value || (unusual.length === 0 && ordinary.length === 0);
  const allTicked = ordinary.length > 0 && ordinary.every((week) => ticked.value.has(week.key));
  // The same element is not rendered again, so that a tick costs as little in a long list as in a short one.
  const row = (week: PersonWeek) =>
    decisions.element(week, () => <PendingRow key={week.key} week={week} decisions={decisions} />);
  return (
    <>
      {isKnown && weeks.length === 0 && <p class="lead">{t.allCaughtUp}</p>}
      <Board title={t.lookFirst} weeks={unusual} row={row} />
      <Board
        title={t.ordinary}
        explanation={t.ordinaryText(inHours(MAX_DAY))}
        weeks={ordinary}
        row={row}
        action={
          <button type="button" class="btn quiet" onClick={() => decisions.tick(ordinary, !allTicked)}>
            {allTicked ? t.untickAll : t.tickAll}
          </button>
        }
      />
      <Board
        title={t.unfinished}
        weeks={unfinished}
        row={row}
        isClosed={!isUnfinishedShown}
        action={
          !isUnfinishedShown && (
            <button
              type="button"
              class="btn quiet"
              onClick={() => {
                showsUnfinished.value = true;
              }}
            >
              {t.show}
            </button>
          )
        }
      />
      {chosen.length > 0 && (
        <BulkBar
          weeks={chosen}
          approve={() => {
            isConfirming.value = true;
          }}
        />
      )}
      {isConfirming.value && (
        <Confirmation
          weeks={chosen}
          loadedAt={session.approvalsLoadedAt.value ?? Date.now()}
          close={() => {
            isConfirming.value = false;
          }}
          approve={() => decisions.approveWeeks(chosen)}
        />
      )}
      {rejecting.value && (
        <ReasonDialog
          name={rejecting.value.name}
          person={rejecting.value.person}
          summary={t.canCorrect(rejecting.value.entries.length, inHours(total(rejecting.value.entries)))}
          close={() => {
            rejecting.value = undefined;
          }}
          reject={(reason) => {
            void decisions.decide(rejecting.value!, { approved: false, reason });
            rejecting.value = undefined;
          }}
        />
      )}
    </>
  );
}

interface ConfirmationProps {
  weeks: PersonWeek[];
  loadedAt: number;
  close: () => void;
  approve: () => void;
}

/** Ask before several weeks are approved, because not all of them are on the screen. */
function Confirmation({ weeks, loadedAt, close, approve }: ConfirmationProps) {
  const count = weeks.reduce((sum, week) => sum + week.entries.length, 0);
  return (
    <Sheet title={t.approveWeeksTitle(weeks.length)} close={close}>
      <div class="body">
        <p>{t.approveWeeksText(count, inHours(total(weeks)), time(loadedAt))}</p>
      </div>
      <footer>
        <button type="button" class="btn" onClick={close}>
          {t.cancel}
        </button>
        <button type="button" class="btn primary" onClick={approve}>
          {t.approveWeeks(weeks.length)}
        </button>
      </footer>
    </Sheet>
  );
}
