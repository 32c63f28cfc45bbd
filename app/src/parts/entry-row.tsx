import type { Entry } from "../api/entry";
import { formats } from "../fields/formats";
import { isStalled } from "../offline/items";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { go } from "../router";
import { showToast } from "../toast";
import { Conflict, Refusal } from "./stalled";

const { hours: inHours } = formats();
const STATUS = { pending: "Pending", approved: "Approved", rejected: "Rejected" } as const;

/** One of the person's own entries, with its status and actions. */
export function EntryRow({ entry, session }: { entry: EntryView; session: Session }) {
  const { unsent } = entry;
  const remove = async () => {
    const n = await session.outbox.delete(entry);
    showToast("Deleted", n === undefined ? undefined : async () => void (await session.outbox.undo(n)));
  };
  return (
    <li class="entry">
      <div class="what">
        <strong id={labelId(entry)}>{entry.project}</strong>
        <span>{inHours(entry.hours)} h</span>
      </div>
      {entry.notes && <p>{entry.notes}</p>}
      <p>
        <small class={`state ${entry.status}`}>{STATUS[entry.status]}</small>
        {unsent && !isStalled(unsent) && <small class="state">Not sent yet</small>}
      </p>
      {entry.reason && <p class="reason">{entry.reason}</p>}
      {unsent?.refused && <Refusal item={unsent} discard={() => session.outbox.discard(unsent.n!)} />}
      {unsent?.theirs && <Conflict item={unsent} theirs={unsent.theirs} session={session} />}
      {entry.status !== "approved" && !unsent?.theirs && (
        <div class="actions">
          <button
            type="button"
            class="outline"
            onClick={() => go(`/edit/${encodeURIComponent(entry.id)}`)}
            aria-describedby={labelId(entry)}
          >
            Edit
          </button>
          <button
            type="button"
            class="outline"
            onClick={() => void remove()}
            aria-describedby={labelId(entry)}
          >
            Delete
          </button>
        </div>
      )}
    </li>
  );
}

function labelId(entry: Entry): string {
  return `entry-${entry.id.replace(/\W/g, "-")}`; // an element's id has no spaces
}
