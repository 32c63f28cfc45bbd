import type { Entry, Fields } from "../api";
import { formats } from "../dates";
import type { Item, Shown } from "../outbox";
import { go } from "../router";
import { type Session, needsPerson, tell } from "../state";

const { hours: inHours, date: inDate } = formats();
const STATES = { pending: "Pending", approved: "Approved", rejected: "Rejected" } as const;

/** One of one's own entries: what it is, what became of it, what can be done. */
export function EntryRow({ entry, session }: { entry: Shown; session: Session }) {
  const { waiting } = entry;
  const remove = async () => {
    const n = await session.outbox.deleted(entry);
    tell("Deleted", n ? async () => void (await session.outbox.undo(n)) : undefined);
  };
  return (
    <li class="entry">
      <div class="what">
        <strong id={named(entry)}>{entry.project}</strong>
        <span>{inHours(entry.hours)} h</span>
      </div>
      {entry.notes && <p>{entry.notes}</p>}
      <p>
        <small class={`state ${entry.status}`}>{STATES[entry.status]}</small>
        {waiting && !needsPerson(waiting) && <small class="state">Waits to be sent</small>}
      </p>
      {entry.reason && <p class="reason">{entry.reason}</p>}
      {waiting?.refused && <RefusedNote item={waiting} session={session} />}
      {waiting && "theirs" in waiting && waiting.theirs && <Conflict item={waiting} theirs={waiting.theirs} session={session} />}
      {entry.status !== "approved" && !(waiting && "theirs" in waiting && waiting.theirs) && (
        <div class="actions">
          <button class="outline" onClick={() => go(`/edit/${encodeURIComponent(entry.id)}`)} aria-describedby={named(entry)}>
            Edit
          </button>
          <button class="outline" onClick={() => void remove()} aria-describedby={named(entry)}>
            Delete
          </button>
        </div>
      )}
    </li>
  );
}

function named(entry: Entry): string {
  return `what-${entry.id.replace(/\W/g, "-")}`; // ids of elements hold no spaces
}

/** What the server said against it; it stays until it is mended or discarded. */
function RefusedNote({ item, session }: { item: Item; session: Session }) {
  const { detail = "", faults = [] } = item.refused ?? {};
  return (
    <div class="problem">
      <p>Not accepted: {faults.length ? faults.map((fault) => `${fault.pointer.slice(1)} ${fault.detail}`).join("; ") : detail}</p>
      <button class="outline" onClick={() => void session.outbox.dropped(item.n!)}>
        Discard
      </button>
    </div>
  );
}

/** Someone else changed it meanwhile: what differs, and whose word holds. */
export function Conflict({ item, theirs, session }: { item: Item; theirs: Entry; session: Session }) {
  const base = "base" in item ? item.base : undefined;
  return (
    <div class="problem">
      <p>It was changed elsewhere meanwhile:</p>
      <ul>
        {differences(base, theirs).map((line) => (
          <li>{line}</li>
        ))}
      </ul>
      <p>{whatIsMeant(item)}</p>
      <div class="actions">
        <button onClick={() => void session.outbox.insisted(item.n!)}>Keep mine</button>
        <button class="outline" onClick={() => void session.outbox.dropped(item.n!)}>
          Take theirs
        </button>
      </div>
    </div>
  );
}

function differences(base: Entry | undefined, theirs: Entry): string[] {
  const names = ["date", "project", "hours", "notes", "status"] as const;
  const changed = names.filter((name) => base?.[name] !== theirs[name]);
  return changed.map((name) => `${name}: ${inWords(base?.[name])} → ${inWords(theirs[name])}`);
}

function inWords(value: string | number | undefined): string {
  if (value === undefined || value === "") return "nothing";
  if (typeof value === "number") return `${inHours(value)} h`;
  return /^\d{4}-\d\d-\d\d$/.test(value) ? inDate(value) : value;
}

function whatIsMeant(item: Item): string {
  if (item.kind === "delete") return "You wanted to delete it.";
  if (item.kind === "decide") return item.decision.approved ? "You wanted to approve it." : "You wanted to reject it.";
  const fields = Object.entries(item.fields) as [keyof Fields, string | number | null][];
  return `You wanted: ${fields.map(([name, value]) => `${name} ${inWords(value ?? undefined)}`).join(", ")}.`;
}
