import { daysOf, lastDay, today, weekOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import type { Session } from "../offline/session";
import { workingHours } from "../offline/week";
import { go, weekPath } from "../router";
import { target } from "../settings";
import { Icon } from "./icon";
import { Status } from "./status";
import { WeekSteps } from "./week-steps";

const { inHours } = formats();

interface Props {
  session: Session;
  week: string;
  turn: (count: number) => void;
  /** The logged hours; missing until they are known. */
  hours: number | undefined;
  isWide: boolean;
  copyLastWeek: () => void;
}

/** The week and its arrows, the total, the status and more. */
export function WeekHead({ session, week, turn, hours, isWide, copyLastWeek }: Props) {
  return (
    <header class="head">
      <div class="steps">
        <WeekSteps week={week} isLast={isLastWeek(week)} turn={turn} isHeading />
        <button type="button" class="btn quiet today" onClick={() => go(weekPath(weekOf(today())))}>
          {t.today}
        </button>
      </div>
      {!isWide && <Total hours={hours} />}
      <div class="tools">
        <Status session={session} loadedAt={session.weekLoadedAt} />
        <button type="button" class="btn square" aria-label={t.more} popovertarget="more">
          <Icon name="more" />
        </button>
      </div>
      <div id="more" popover="auto" class="menu" role="dialog" aria-label={t.more}>
        <ul>
          <li>
            <button
              type="button"
              class="btn quiet"
              popovertarget="more"
              popovertargetaction="hide"
              onClick={copyLastWeek}
            >
              {t.copyLastWeek}
            </button>
          </li>
        </ul>
      </div>
    </header>
  );
}

/** The hours of a week, and the target. */
export function Total({ hours, isTall = false }: { hours: number | undefined; isTall?: boolean }) {
  return (
    <p class="total">
      <strong>{hours === undefined ? <span class="bone wide" /> : inHours(hours)}</strong>
      {isTall ? <br /> : " "}
      {hours !== undefined && t.of(inHours(workingHours(target.value)))}
    </p>
  );
}

/** Return whether the API accepts no entry of a later week. */
export function isLastWeek(week: string): boolean {
  return daysOf(week)[6] >= lastDay();
}
