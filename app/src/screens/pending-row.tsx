import { useComputed } from "@preact/signals";
import { daysOf, today } from "../fields/dates";
import { formats } from "../fields/formats";
import { sum } from "../fields/hours";
import { t } from "../language";
import type { PersonWeek } from "../offline/board";
import { EntryDetail } from "../parts/entry-detail";
import { nameOf } from "../parts/item-text";
import { PersonRow, rowId } from "../parts/person-row";
import { type Decisions, subjectOf } from "./decisions";

const { longWeekday, shortDay, inHours } = formats();

/** A person's pending week: tick it, open it, approve or reject all of it or one of its entries. */
export function PendingRow({ week, decisions }: { week: PersonWeek; decisions: Decisions }) {
  const isTicked = useComputed(() => decisions.isTicked(week)).value;
  const isOpen = useComputed(() => decisions.opened.value.has(week.key)).value;
  const subject = subjectOf(week);
  const isDecidable = week.open.length > 0;
  const description = `name-${rowId(week)}`;
  const reject = (
    <button
      type="button"
      class={isOpen ? "btn danger" : "btn quiet wide"}
      aria-describedby={description}
      onClick={({ currentTarget: pressed }) => {
        decisions.rejecting.value = { ...subject, pressed };
      }}
    >
      {t.reject}
    </button>
  );
  return (
    <PersonRow
      week={week}
      note={week.row?.submitted && t.signedOn(shortDay(today(new Date(week.row.submitted.at))))}
      flags={flagsOf(week)}
      oddDay={week.odd?.day}
      isOpen={isOpen}
      toggle={() => decisions.toggle(week)}
      tick={
        <label class="tick">
          <input
            type="checkbox"
            aria-label={week.name}
            checked={isTicked}
            disabled={!isDecidable}
            onChange={() => decisions.tick([week], !isTicked)}
          />
        </label>
      }
      actions={
        isDecidable && (
          <>
            {!isOpen && reject}
            <button
              type="button"
              class="btn"
              aria-describedby={description}
              onClick={({ currentTarget: pressed }) =>
                void decisions.decide({ ...subject, pressed }, { approved: true })
              }
            >
              {t.approveWeek}
            </button>
          </>
        )
      }
    >
      <ul>
        {week.entries.map((entry) => {
          const versions = week.row?.submitted?.versions;
          const single = { name: nameOf(entry), person: week.name, entries: [entry] };
          return (
            <EntryDetail
              key={entry.id}
              entry={entry}
              session={decisions.session}
              flag={versions && !Object.hasOwn(versions, entry.id) ? t.addedAfterSigning : undefined}
              approve={(pressed) => void decisions.decide({ ...single, pressed }, { approved: true })}
              reject={(pressed) => {
                decisions.rejecting.value = { ...single, pressed };
              }}
            />
          );
        })}
      </ul>
      {isDecidable && <div class="actions end">{reject}</div>}
    </PersonRow>
  );
}

/** Return why a week deserves a look. */
function flagsOf({ odd, signing, stalled, row, week }: PersonWeek): string[] {
  const day = odd && t.overDay(inHours(odd.hours), longWeekday(daysOf(week)[odd.day as 0]));
  const signature = signing !== "signed" && t.signing[signing](added(row));
  const decision = stalled && (stalled.theirs ? t.changedMeanwhile : t.decisionRefused);
  return [day, signature, decision].filter((flag) => typeof flag === "string");
}

/** Return the hours that were added after signing, in words: none if they are as many or fewer. */
function added(row: PersonWeek["row"]): string {
  const hours = row?.submitted ? sum([row.total_hours, -row.submitted.total_hours]) : 0;
  return hours > 0 ? inHours(hours) : "";
}
