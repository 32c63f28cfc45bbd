import type { ComponentChildren } from "preact";
import { formats } from "../fields/formats";
import { t } from "../language";
import type { PersonWeek, WeekRow } from "../offline/board";
import type { Session } from "../offline/session";
import { trouble } from "../offline/trouble";
import { total } from "../offline/week";
import { useGrowth } from "./growth";
import { BoardHead } from "./person-row";

const { inHours } = formats();
const STEP = 40; // rows

interface Props<Row> {
  title: string;
  explanation?: string;
  /** A button beside the title. */
  action?: ComponentChildren;
  weeks: Row[];
  row: (week: Row) => ComponentChildren;
  /** Whether only the title is shown. */
  isClosed?: boolean;
}

/** A group of people's weeks. Long groups are shown in steps. */
export function Board<Row extends WeekRow>(props: Props<Row>) {
  const { title, explanation, action, weeks, row, isClosed = false } = props;
  const { shown, end } = useGrowth(weeks.length, STEP);
  const [first] = weeks;
  if (!first) return null;
  return (
    <section>
      <div class="group">
        <h2>
          {title} <small>{weeks.length}</small>
          {explanation && <small class="line">{explanation}</small>}
        </h2>
        {action}
      </div>
      {!isClosed && (
        <>
          <ul class="card board">
            {first.hours > 0 && <BoardHead week={first.week} />}
            {weeks.slice(0, shown).map(row)}
          </ul>
          {end}
        </>
      )}
    </section>
  );
}

/** A board before it is loaded; in words if nothing loads it at the moment. */
export function BoardSkeleton({ session }: { session: Session }) {
  if (!session.loading.value && trouble.value) return <p class="lead">{t.notLoadedYet}</p>;
  return (
    <ul class="card board" aria-hidden="true">
      {[1, 2, 3].map((row) => (
        <li key={row}>
          <div class="person no-tick">
            <span class="who">
              <span class="bone wide" />
            </span>
            <span class="total">
              <span class="bone narrow" />
            </span>
          </div>
        </li>
      ))}
    </ul>
  );
}

/** The bar of the ticked weeks: it shows how many weeks and hours its button approves. */
export function BulkBar({ weeks, approve }: { weeks: PersonWeek[]; approve: () => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields; this is a button
    <div class="bulk" role="group" aria-label={t.tickedWeeks}>
      <p>
        <b>{t.ticked(weeks.length)}</b>
        <br />
        <span class="small muted">{summaryOf(weeks)}</span>
      </p>
      <button type="button" class="btn primary" onClick={approve}>
        {t.approveWeeks(weeks.length)}
      </button>
    </div>
  );
}

/** Return the number of entries that can be decided and their hours, as in "5 entries, 40 h". */
function summaryOf(weeks: PersonWeek[]): string {
  const entries = weeks.flatMap(({ open }) => open);
  return `${t.entries(entries.length)}, ${inHours(total(entries))}`;
}
