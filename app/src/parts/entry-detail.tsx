import { useState } from "preact/hooks";
import { formats } from "../fields/formats";
import { t } from "../language";
import { isStalled } from "../offline/items";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { labelOf } from "./entry-state";
import { History } from "./history";
import { Mark } from "./icon";
import { faultsInWords } from "./item-text";
import { UserText } from "./user-text";

const { shortDay, inHours } = formats();

interface Props {
  entry: EntryView;
  session: Session;
  /** Why the entry deserves a look. */
  flag?: string | undefined;
  /** Called with the pressed button. Missing for a decided entry. */
  approve?: (pressed: Element) => void;
  reject?: (pressed: Element) => void;
}

/** An entry of a person's week with its history: approve or reject it alone. */
export function EntryDetail({ entry, session, flag, approve, reject }: Props) {
  const [isOpen, setOpen] = useState(false);
  const label = labelOf(entry);
  return (
    <li>
      <details onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary id={label}>
          <span class="small muted">{shortDay(entry.date)}</span>
          <Mark state={entry.unsent ? "unusual" : entry.status} />
          <span class="clip">
            <span class={entry.notes ? "clip line" : "clip-2"}>
              <UserText>{entry.project}</UserText>
            </span>
            {entry.notes && (
              <span class="small muted line note">
                <UserText>{entry.notes}</UserText>
              </span>
            )}
            {flag && (
              <span class="flag">
                <Mark state="unusual" />
                {flag}
              </span>
            )}
          </span>
          <b>{inHours(entry.hours)}</b>
        </summary>
        <div>
          {isOpen && <History session={session} id={entry.id} of="approvals" />}
          {!entry.unsent && approve && reject && (
            <div class="actions">
              <button
                type="button"
                class="btn danger"
                aria-describedby={label}
                onClick={(event) => reject(event.currentTarget)}
              >
                {t.reject}
              </button>
              <button
                type="button"
                class="btn"
                aria-describedby={label}
                onClick={(event) => approve(event.currentTarget)}
              >
                {t.approve}
              </button>
            </div>
          )}
        </div>
      </details>
      {entry.unsent && isStalled(entry.unsent) && <StalledDecision entry={entry} session={session} />}
    </li>
  );
}

/** A decision that was refused, or about an entry that changed: give it up, or decide the entry as it is now. */
function StalledDecision({ entry, session }: { entry: EntryView; session: Session }) {
  const item = entry.unsent!;
  const discard = async () => {
    await session.outbox.discard(item.n!);
    await session.approvals.refresh();
  };
  return (
    <div class="stalled">
      <p class="fault">
        <Mark state="rejected" />
        {item.theirs ? t.changedMeanwhile : t.decisionRefused}
        {item.refused && `: ${faultsInWords(item.refused)}`}
      </p>
      {item.theirs && (
        <p>
          <UserText>{item.theirs.project}</UserText>, {inHours(item.theirs.hours)},{" "}
          {shortDay(item.theirs.date)}
          {item.theirs.notes && (
            <span class="line muted note">
              <UserText>{item.theirs.notes}</UserText>
            </span>
          )}
        </p>
      )}
      <div class="actions">
        {item.refused && (
          <button type="button" class="btn" onClick={() => void session.outbox.retry(item.n!)}>
            {t.tryAgain}
          </button>
        )}
        <button type="button" class="btn" onClick={() => void discard()}>
          {t.decideAgain}
        </button>
      </div>
    </div>
  );
}
