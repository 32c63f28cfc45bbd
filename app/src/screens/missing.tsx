import { useEffect } from "preact/hooks";
import { shiftWeek, today, weekOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import type { Turnout } from "../offline/board";
import type { Session } from "../offline/session";
import { Board, BoardSkeleton } from "../parts/board";
import { Days } from "../parts/person-row";
import { UserText } from "../parts/user-text";
import { WeekSteps } from "../parts/week-steps";
import { go, missingPath } from "../router";

const { inHours } = formats();

type Person = Turnout["missing"][number];

interface Props {
  session: Session;
  /** The week of the address. */
  week: string | undefined;
}

/** The people who have not signed a week: last week, or another one. */
export function Missing({ session, week = shiftWeek(weekOf(today()), -1) }: Props) {
  const { approvals } = session;
  useEffect(() => void approvals.refreshBoard(week), [week]);
  const turnout = approvals.turnout(week);
  const people = turnout ? [...turnout.missing, ...turnout.unsigned] : [];
  const addresses = people.flatMap(({ email }) => email ?? []);
  return (
    <>
      <div class="head">
        <div class="steps">
          <WeekSteps
            week={week}
            isLast={week >= weekOf(today())}
            turn={(count) => go(missingPath(shiftWeek(week, count)))}
            note={turnout && t.signedOf(turnout.expected - people.length, turnout.expected)}
          />
        </div>
        {addresses.length > 0 && (
          <a class="btn" href={mailto(addresses, "bcc")}>
            {t.emailThese(addresses.length)}
          </a>
        )}
      </div>
      {!turnout && <BoardSkeleton session={session} />}
      {turnout && !people.length && (
        <p class="lead">{turnout.expected ? t.everyoneSigned : t.nobodyExpected}</p>
      )}
      <Board title={t.nothingLoggedTitle} weeks={turnout?.missing ?? []} row={row} />
      <Board title={t.loggedNotSigned} weeks={turnout?.unsigned ?? []} row={row} />
    </>
  );
}

function row(person: Person) {
  const { key, name, email, hours } = person;
  return (
    <li key={key} class="person no-tick no-opens">
      <b class="who clip-2">
        <UserText>{name}</UserText>
      </b>
      <p class="meta">
        {email && (
          <a class="clip-2 muted" href={mailto([email], "to")}>
            {email === name ? t.sendEmail : <UserText>{email}</UserText>}
          </a>
        )}
      </p>
      {hours > 0 && (
        <>
          <span class="total">{inHours(hours)}</span>
          <div class="days-line">
            <Days week={person} />
          </div>
        </>
      )}
    </li>
  );
}

/** Return a mail link (RFC 6068). */
function mailto(addresses: string[], field: "to" | "bcc"): string {
  const list = addresses.map(encodeURIComponent).join(",");
  return field === "to" ? `mailto:${list}` : `mailto:?bcc=${list}`;
}
