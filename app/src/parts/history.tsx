import { useEffect, useState } from "preact/hooks";
import type { Change } from "../api/entry";
import { formats } from "../fields/formats";
import { isolated } from "../fields/text";
import { t } from "../language";
import type { Session } from "../offline/session";
import { UserText } from "./user-text";

const { dayAndTime, shortDay, inHours } = formats();

interface Props {
  session: Session;
  id: string;
  /** The list that the entry belongs to: the person's own, or other people's. */
  of: "timesheets" | "approvals";
}

/** The history of an entry, loaded when a person opens it. */
export function HistoryDetails(props: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary class="btn quiet">{t.history}</summary>
      {isOpen && <History {...props} />}
    </details>
  );
}

/** Every change of an entry, oldest first. */
export function History({ session, id, of }: Props) {
  const [changes, setChanges] = useState<Change[] | null>();
  useEffect(() => void session.history(id, of).then((found) => setChanges(found ?? null)), []);
  if (!changes) return <p class="small muted">{changes === null ? t.noHistory : t.loading}</p>;
  return (
    <ol class="history" aria-label={t.history}>
      {changes.map((change, index) => (
        <li key={change.version}>
          {t.changes[change.change]}
          <Difference before={changes[index - 1]} change={change} />{" "}
          <time dateTime={change.at}>{dayAndTime(Date.parse(change.at))}</time>
        </li>
      ))}
    </ol>
  );
}

/** The fields that a change changed: the hours first, as they matter most. */
function Difference({ before, change }: { before: Change | undefined; change: Change }) {
  const [old, now] = [before?.entry, change.entry];
  if (change.change === "rejected" && now.reason) {
    return (
      <>
        {": "}
        <q>
          <UserText>{now.reason}</UserText>
        </q>
      </>
    );
  }
  if (!old && now.hours !== undefined) return <>, {inHours(now.hours)}</>;
  const parts: string[] = [];
  if (old?.hours !== undefined && now.hours !== undefined && old.hours !== now.hours) {
    parts.push(t.fromTo(inHours(old.hours), inHours(now.hours)));
  }
  if (old?.date && now.date && old.date !== now.date)
    parts.push(t.fromTo(shortDay(old.date), shortDay(now.date)));
  if (old?.project && now.project && old.project !== now.project)
    parts.push(t.fromTo(isolated(old.project), isolated(now.project)));
  if (old && (old.notes ?? "") !== (now.notes ?? "")) parts.push(t.notes);
  return parts.length ? <>: {parts.join(", ")}</> : null;
}
