import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Decision } from "../api";
import { formats, sum } from "../dates";
import type { Shown } from "../outbox";
import { Conflict } from "../parts/entry";
import { Freshness } from "../parts/freshness";
import { type Session, tell } from "../state";

const { hours: inHours, date: inDate } = formats();

/** What others wait for, by person: decide about one, or several at once; for some seconds it can be undone. */
export function Approve({ session }: { session: Session }) {
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  const rejecting = useSignal<Shown[]>([]);
  const entries = session.approvals.value;
  const selected = entries.filter((entry) => chosen.value.has(entry.id));
  useEffect(() => void session.refreshApprovals(), []);

  const decide = async (which: Shown[], decision: Decision) => {
    chosen.value = new Set();
    const numbers = await Promise.all(which.map((entry) => session.outbox.decided(entry, decision)));
    const what = which.length === 1 ? which[0]!.project : `${which.length} entries`;
    tell(`${decision.approved ? "Approved" : "Rejected"}: ${what}`, async () => {
      const inTime = await Promise.all(numbers.map((n) => session.outbox.undo(n)));
      if (inTime.includes(false)) tell("Too late: it was sent already");
    });
  };
  const choose = (ids: string[], on: boolean) => {
    const next = new Set(chosen.value);
    for (const id of ids) on ? next.add(id) : next.delete(id);
    chosen.value = next;
  };

  return (
    <>
      <h1>Approve</h1>
      <Freshness seen={session.approvalsSeen} loading={session.loading.value} refresh={() => void session.refreshApprovals()} />
      {entries.length === 0 && <p>Nobody waits for a decision.</p>}
      {[...byPerson(entries)].map(([owner, theirs]) => (
        <section key={owner}>
          <h2>
            <label>
              <input
                type="checkbox"
                checked={theirs.every((entry) => chosen.value.has(entry.id))}
                onChange={(event) => choose(theirs.map((entry) => entry.id), event.currentTarget.checked)}
              />
              {owner} <small>{inHours(sum(theirs.map((entry) => entry.hours)))} h</small>
            </label>
          </h2>
          <ul class="entries">
            {theirs.map((entry) => (
              <li class="entry" key={entry.id}>
                <label class="what">
                  <input
                    type="checkbox"
                    checked={chosen.value.has(entry.id)}
                    onChange={(event) => choose([entry.id], event.currentTarget.checked)}
                  />
                  <span id={`of-${entry.id}`}>
                    <strong>{entry.project}</strong> {inDate(entry.date)}
                  </span>
                  <span>{inHours(entry.hours)} h</span>
                </label>
                {entry.notes && <p>{entry.notes}</p>}
                <Outcome entry={entry} session={session} />
                {!entry.waiting && (
                  <div class="actions">
                    <button aria-describedby={`of-${entry.id}`} onClick={() => void decide([entry], { approved: true })}>
                      Approve
                    </button>
                    <button class="outline" aria-describedby={`of-${entry.id}`} onClick={() => (rejecting.value = [entry])}>
                      Reject
                    </button>
                  </div>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
      {selected.length > 0 && (
        <div class="chosen" role="group" aria-label="Selected entries">
          <button onClick={() => void decide(selected, { approved: true })}>Approve {selected.length} selected</button>
          <button class="outline" onClick={() => (rejecting.value = selected)}>
            Reject {selected.length} selected
          </button>
        </div>
      )}
      <ReasonDialog
        open={rejecting.value.length > 0}
        close={() => (rejecting.value = [])}
        reject={(reason) => {
          void decide(rejecting.value, { approved: false, reason });
          rejecting.value = [];
        }}
      />
    </>
  );
}

function byPerson(entries: Shown[]): Map<string, Shown[]> {
  const groups = new Map<string, Shown[]>();
  for (const entry of entries) {
    const owner = entry.user_email ?? entry.user_id;
    const theirs = groups.get(owner) ?? [];
    theirs.push(entry);
    groups.set(owner, theirs);
  }
  return groups;
}

/** A decision that the server did not take. */
function Outcome({ entry, session }: { entry: Shown; session: Session }) {
  const { waiting } = entry;
  if (waiting?.refused) {
    return (
      <div class="problem">
        <p>Not accepted: {waiting.refused.detail}</p>
        <button
          class="outline"
          onClick={() => void session.outbox.dropped(waiting.n!).then(() => session.refreshApprovals())}
        >
          Discard
        </button>
      </div>
    );
  }
  if (!waiting || !("theirs" in waiting) || !waiting.theirs) return null;
  return <Conflict item={waiting} theirs={waiting.theirs} session={session} />;
}

function ReasonDialog({ open, close, reject }: { open: boolean; close: () => void; reject: (reason: string) => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const reason = useSignal("");
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
    reason.value = "";
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="why" onClose={close}>
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.value.trim()) reject(reason.value.trim());
        }}
      >
        <h2 id="why">Reject</h2>
        <label for="reason">Reason</label>
        <textarea
          id="reason"
          required
          maxLength={1000}
          value={reason.value}
          onInput={(event) => (reason.value = event.currentTarget.value)}
        />
        <div class="actions">
          <button type="button" class="outline" onClick={close}>
            Cancel
          </button>
          <button type="submit">Reject</button>
        </div>
      </form>
    </dialog>
  );
}
