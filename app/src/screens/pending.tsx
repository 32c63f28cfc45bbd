import { Fragment } from "preact";
import { useState } from "preact/hooks";
import { shiftWeek, today, weekOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { MAX_HOURS } from "../fields/hours";
import { t } from "../language";
import { type PersonWeek, type Turnout, boardOf } from "../offline/board";
import type { Session } from "../offline/session";
import { total } from "../offline/week";
import { Board, BoardSkeleton, BulkBar } from "../parts/board";
import { weekName } from "../parts/person-row";
import { ReasonDialog } from "../parts/reason-dialog";
import { Sheet } from "../parts/sheet";
import { UserText } from "../parts/user-text";
import { Decisions } from "./decisions";
import { PendingRow } from "./pending-row";

const { inHours, time } = formats();
const MAX_NAMES = 20;

/** Other people's pending entries by person and week: decide one, or tick several and approve them together. */
export function Pending({ session }: { session: Session }) {
  const [decisions] = useState(() => new Decisions(session));
  const { rejecting, confirming, showsUnfinished } = decisions;
  const { approvals } = session;
  const weeks = approvals.personWeeks.value;
  const { unusual, ordinary, unfinished } = boardOf(weeks, weekOf(today()));
  const chosen = weeks.filter((week) => decisions.isTicked(week));
  const isKnown = approvals.loadedAt.value !== undefined;
  const isUnfinishedShown = showsUnfinished.value || (unusual.length === 0 && ordinary.length === 0);
  const allTicked = ordinary.length > 0 && ordinary.every((week) => decisions.isTicked(week));
  // The same element is not rendered again, so that a tick costs as little in a long list as in a short one.
  const row = (week: PersonWeek) =>
    decisions.element(week, () => <PendingRow key={week.key} week={week} decisions={decisions} />);
  return (
    <>
      <LastWeek turnout={approvals.turnout(shiftWeek(weekOf(today()), -1))} />
      {!isKnown && <BoardSkeleton session={session} />}
      {isKnown && weeks.length === 0 && <p class="lead">{t.allCaughtUp}</p>}
      <Board title={t.lookFirst} weeks={unusual} row={row} />
      <Board
        title={t.ordinary}
        explanation={t.ordinaryText(inHours(MAX_HOURS))}
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
            confirming.value = chosen;
          }}
        />
      )}
      {confirming.value && (
        <Confirmation
          weeks={confirming.value}
          unusual={unusual.filter((week) => !confirming.value!.includes(week)).length}
          loadedAt={approvals.loadedAt.value ?? Date.now()}
          close={() => {
            confirming.value = undefined;
          }}
          approve={() => decisions.approveWeeks(confirming.value!)}
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

/** The people who have not signed last week. */
function LastWeek({ turnout }: { turnout: Turnout | undefined }) {
  if (!turnout?.expected) return null;
  const week = weekName(shiftWeek(weekOf(today()), -1));
  const { expected, missing, unsigned } = turnout;
  const people = [...missing, ...unsigned];
  const rest = people.length - MAX_NAMES;
  return (
    <p class="lead small">
      <b>{t.lastWeekSigned(week, expected - people.length, expected)}</b> {people.length > 0 && t.notYet}{" "}
      {people.slice(0, MAX_NAMES).map(({ key, name, address }, index) => (
        <Fragment key={key}>
          {index > 0 && ", "}
          <UserText>{address ? `${name} (${address})` : name}</UserText>
        </Fragment>
      ))}{" "}
      {rest > 0 && <a href="/approve/missing">{t.andMore(rest)}</a>}
    </p>
  );
}

interface ConfirmationProps {
  weeks: PersonWeek[];
  /** The number of weeks that deserve a look and stay. */
  unusual: number;
  loadedAt: number;
  close: () => void;
  approve: () => void;
}

/** Ask before several weeks are approved, because not all of them are on the screen. */
function Confirmation({ weeks, unusual, loadedAt, close, approve }: ConfirmationProps) {
  const entries = weeks.flatMap(({ open }) => open);
  return (
    <Sheet title={t.approveWeeksTitle(weeks.length)} close={close}>
      <div class="body">
        <p>{t.approveWeeksText(entries.length, inHours(total(entries)), time(loadedAt))}</p>
        {unusual > 0 && <p class="muted">{t.unusualStay(unusual)}</p>}
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
