import { useComputed } from "@preact/signals";
import { t } from "../language";
import type { PersonWeek } from "../offline/board";
import { EntryDetail } from "../parts/entry-detail";
import { nameOf } from "../parts/item-text";
import { PersonRow, rowId } from "../parts/person-row";
import { type Decisions, subjectOf } from "./decisions";

/** A person's pending week: tick it, open it, approve or reject all of it or one of its entries. */
export function PendingRow({ week, decisions }: { week: PersonWeek; decisions: Decisions }) {
  const isTicked = useComputed(() => decisions.ticked.value.has(week.key)).value;
  const isOpen = useComputed(() => decisions.opened.value.has(week.key)).value;
  const subject = subjectOf(week);
  const description = `name-${rowId(week)}`;
  const reject = (
    <button
      type="button"
      class={isOpen ? "btn danger" : "btn quiet wide"}
      aria-describedby={description}
      onClick={() => {
        decisions.rejecting.value = subject;
      }}
    >
      {t.reject}
    </button>
  );
  return (
    <PersonRow
      week={week}
      isOpen={isOpen}
      toggle={() => decisions.toggle(week)}
      tick={
        <label class="tick">
          <input
            type="checkbox"
            aria-label={week.name}
            checked={isTicked}
            onChange={() => decisions.tick([week], !isTicked)}
          />
        </label>
      }
      actions={
        <>
          {!isOpen && reject}
          <button
            type="button"
            class="btn"
            aria-describedby={description}
            onClick={() => void decisions.decide(subject, { approved: true })}
          >
            {t.approveWeek}
          </button>
        </>
      }
    >
      <ul>
        {week.entries.map((entry) => {
          const single = { name: nameOf(entry), person: week.name, entries: [entry] };
          return (
            <EntryDetail
              key={entry.id}
              entry={entry}
              session={decisions.session}
              approve={() => void decisions.decide(single, { approved: true })}
              reject={() => {
                decisions.rejecting.value = single;
              }}
            />
          );
        })}
      </ul>
      <div class="actions end">{reject}</div>
    </PersonRow>
  );
}
