import type { Entry } from "../api/entry";
import { formats } from "../fields/formats";
import type { Item } from "../offline/items";
import type { Session } from "../offline/session";

const { hours: inHours, date: inDate } = formats();

/** The server's reason for refusing a change. It stays until the change is corrected or discarded. */
export function Refusal({ item, discard }: { item: Item; discard: () => Promise<void> }) {
  const { detail = "", faults = [] } = item.refused ?? {};
  const reasons = faults.map((fault) => `${fault.pointer.slice(1)} ${fault.detail}`);
  return (
    <div class="problem">
      <p>Not accepted: {reasons.length ? reasons.join("; ") : detail}</p>
      <button type="button" class="outline" onClick={() => void discard()}>
        Discard
      </button>
    </div>
  );
}

/** Another person changed the same entry: both changes, and a button for each. */
export function Conflict({ item, theirs, session }: { item: Item; theirs: Entry; session: Session }) {
  return (
    <div class="problem">
      <p>Changed elsewhere:</p>
      <ul>
        {differences(item.base, theirs).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <p>Your change: {inWords(item)}.</p>
      <div class="actions">
        <button type="button" onClick={() => void session.outbox.overwrite(item.n!)}>
          Keep mine
        </button>
        <button type="button" class="outline" onClick={() => void session.outbox.discard(item.n!)}>
          Take theirs
        </button>
      </div>
    </div>
  );
}

function differences(base: Entry | undefined, theirs: Entry): string[] {
  const names = ["date", "project", "hours", "notes", "status"] as const;
  const changed = names.filter((name) => base?.[name] !== theirs[name]);
  return changed.map((name) => `${name}: ${formatted(base?.[name])} → ${formatted(theirs[name])}`);
}

function inWords(item: Item): string {
  if (item.kind === "delete") return "delete it";
  if (item.kind === "decide") return item.decision.approved ? "approve it" : "reject it";
  return Object.entries(item.fields)
    .map(([name, value]: [string, string | number | null]) => `${name} ${formatted(value)}`)
    .join(", ");
}

function formatted(value: string | number | null | undefined): string {
  if (value === undefined || value === null || value === "") return "nothing";
  if (typeof value === "number") return `${inHours(value)} h`;
  return /^\d{4}-\d\d-\d\d$/.test(value) ? inDate(value) : value;
}
