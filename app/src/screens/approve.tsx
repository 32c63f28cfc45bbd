import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Decision } from "../api/entry";
import { formats } from "../fields/formats";
import { sum } from "../fields/hours";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { Freshness } from "../parts/freshness";
import { ReasonDialog } from "../parts/reason-dialog";
import { Conflict, Refusal } from "../parts/stalled";
import { showToast } from "../toast";

const { hours: inHours, date: inDate } = formats();

/** Other people's pending entries by person: decide one, or select several and decide them together. */
export function Approve({ session }: { session: Session }) {
  const selection = useSignal<ReadonlySet<string>>(new Set());
  const rejecting = useSignal<EntryView[]>([]);
  const entries = session.approvals.value;
  const selected = entries.filter((entry) => selection.value.has(entry.id));
  useEffect(() => void session.refreshApprovals(), []);

  const decide = async (chosen: EntryView[], decision: Decision) => {
    selection.value = new Set();
    const items = await Promise.all(chosen.map((entry) => session.outbox.decide(entry, decision)));
    const subject = chosen.length === 1 ? chosen[0]!.project : `${chosen.length} entries`;
    showToast(`${decision.approved ? "Approved" : "Rejected"}: ${subject}`, async () => {
      const undone = await Promise.all(items.map((n) => session.outbox.undo(n)));
      if (undone.includes(false)) showToast("Already sent; it cannot be undone");
    });
  };
  const select = (chosen: EntryView[], on: boolean) => {
    const ids = new Set(chosen.map((entry) => entry.id));
    const others = new Set([...selection.value].filter((id) => !ids.has(id)));
    selection.value = on ? new Set([...others, ...ids]) : others;
  };

  return (
    <>
      <h1>Approve</h1>
      <Freshness
        loadedAt={session.approvalsLoadedAt}
        loading={session.loading.value}
        refresh={() => void session.refreshApprovals()}
      />
      {entries.length === 0 && <p>Nothing to approve.</p>}
      {[...byPerson(entries)].map(([userId, ofPerson]) => (
        <section key={userId}>
          <h2>
            <label>
              <input
                type="checkbox"
                checked={ofPerson.every((entry) => selection.value.has(entry.id))}
                onChange={(event) => select(ofPerson, event.currentTarget.checked)}
              />
              {ofPerson.find((entry) => entry.user_email)?.user_email ?? userId}{" "}
              <small>{inHours(sum(ofPerson.map((entry) => entry.hours)))} h</small>
            </label>
          </h2>
          <ul class="entries">
            {ofPerson.map((entry) => (
              <li class="entry" key={entry.id}>
                <label class="what">
                  <input
                    type="checkbox"
                    checked={selection.value.has(entry.id)}
                    onChange={(event) => select([entry], event.currentTarget.checked)}
                  />
                  <span id={`entry-${entry.id}`}>
                    <strong>{entry.project}</strong> {inDate(entry.date)}
                  </span>
                  <span>{inHours(entry.hours)} h</span>
                </label>
                {entry.notes && <p>{entry.notes}</p>}
                <Stalled entry={entry} session={session} />
                {!entry.unsent && (
                  <div class="actions">
                    <button
                      type="button"
                      aria-describedby={`entry-${entry.id}`}
                      onClick={() => void decide([entry], { approved: true })}
                    >
                      Approve
                    </button>
                    <button
                      type="button"
                      class="outline"
                      aria-describedby={`entry-${entry.id}`}
                      onClick={() => {
                        rejecting.value = [entry];
                      }}
                    >
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
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for fields; these are buttons
        <div class="selection" role="group" aria-label="Selected entries">
          <button type="button" onClick={() => void decide(selected, { approved: true })}>
            Approve {selected.length} selected
          </button>
          <button
            type="button"
            class="outline"
            onClick={() => {
              rejecting.value = selected;
            }}
          >
            Reject {selected.length} selected
          </button>
        </div>
      )}
      <ReasonDialog
        open={rejecting.value.length > 0}
        close={() => {
          rejecting.value = [];
        }}
        reject={(reason) => {
          void decide(rejecting.value, { approved: false, reason });
          rejecting.value = [];
        }}
      />
    </>
  );
}

/** Group by `user_id`: people can share an address, and an imported entry has none. */
function byPerson(entries: EntryView[]): Map<string, EntryView[]> {
  const groups = new Map<string, EntryView[]>();
  for (const entry of entries) groups.set(entry.user_id, [...(groups.get(entry.user_id) ?? []), entry]);
  return groups;
}

/** A decision that was refused or is in conflict. */
function Stalled({ entry, session }: { entry: EntryView; session: Session }) {
  const { unsent } = entry;
  if (unsent?.theirs) return <Conflict item={unsent} theirs={unsent.theirs} session={session} />;
  if (!unsent?.refused) return null;
  const discard = async () => {
    await session.outbox.discard(unsent.n!);
    await session.refreshApprovals();
  };
  return <Refusal item={unsent} discard={discard} />;
}
