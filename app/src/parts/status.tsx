import type { ReadonlySignal } from "@preact/signals";
import { formats } from "../fields/formats";
import { t } from "../language";
import { type Item, byPress, countsOf, isStalled } from "../offline/items";
import type { Accepted } from "../offline/recent";
import type { Session } from "../offline/session";
import { trouble } from "../offline/trouble";
import { showToast } from "../toast";
import { Icon, Mark } from "./icon";
import { entryOf, kindOf, pastOf, reasonOf, entriesInWords, waitingInWords } from "./item-text";
import { useNow } from "./now";
import { TimerView } from "./timer-view";
import { UserText } from "./user-text";

const { ago, shortDay } = formats();
const TICK = 30_000; // ms

interface Props {
  session: Session;
  loadedAt: ReadonlySignal<number | undefined>;
  /** Show the age of the data where there is nothing else to say. */
  withAge?: boolean;
}

/** The one status of the app, and its menu: the changes that wait, and the time of the last load. */
export function Status({ session, loadedAt, withAge = false }: Props) {
  const items = session.items.value;
  const now = useNow(TICK);
  const age =
    loadedAt.value === undefined
      ? t.notLoaded
      : t.updated(ago(loadedAt.value, Math.max(now, loadedAt.value)));
  return (
    <>
      <TimerView session={session} />
      <button
        type="button"
        class={`status ${tone(items)}`}
        aria-busy={session.loading.value}
        popovertarget="sent"
      >
        <Words items={items} isLoaded={loadedAt.value !== undefined} age={withAge ? age : t.saved} />
      </button>
      <div id="sent" popover="auto" class="menu" role="dialog" aria-labelledby="sent-title">
        <h2 id="sent-title">{waitingInWords(items)}</h2>
        {items.length + session.recent.value.length > 0 && (
          <ul>
            {byPress(items).map((group) => (
              <Waiting key={group[0]!.n} group={group} items={items} session={session} />
            ))}
            {session.recent.value.map((accepted) => (
              <Sent key={accepted.press} accepted={accepted} session={session} now={now} />
            ))}
          </ul>
        )}
        <p class="muted">{age}</p>
        <div class="actions">
          {countsOf(items).unsent > 0 && (
            <button type="button" class="btn" onClick={() => void session.outbox.flush({ now: true })}>
              {t.sendNow}
            </button>
          )}
          <button
            type="button"
            class="btn"
            aria-busy={session.loading.value}
            disabled={session.loading.value}
            onClick={() => void session.refresh()}
          >
            {t.refresh}
          </button>
        </div>
      </div>
    </>
  );
}

function tone(items: Item[]): string {
  if (items.some(isStalled)) return "problem";
  return items.length ? "waiting" : "";
}

function Words({ items, isLoaded, age }: { items: Item[]; isLoaded: boolean; age: string }) {
  if (items.some(isStalled)) {
    return (
      <>
        <Mark state="unusual" /> {t.problem}
      </>
    );
  }
  if (items.length) {
    return (
      <>
        <Mark state="unsent" /> {t.toSend(countsOf(items).unsent)}
      </>
    );
  }
  if (!isLoaded) {
    return (
      <>
        <Mark state="pending" /> {trouble.value ? t.notLoaded : t.loading}
      </>
    );
  }
  return (
    <>
      <Icon name="check" /> {age}
    </>
  );
}

/** The unsent changes of a press, with a button that takes them back as long as the server cannot have them. */
function Waiting({ group, items, session }: { group: Item[]; items: Item[]; session: Session }) {
  const item = group[0]!;
  const undo = () => session.outbox.undo(...group.map(({ n }) => n!));
  return (
    <li>
      <Mark state={isStalled(item) ? "unusual" : "unsent"} />
      <span>
        {kindOf(item)}: <UserText>{entriesInWords(group, items)}</UserText>
        <br />
        <span class="small muted">
          {group.length === 1 && `${shortDay(entryOf(item, items).date)} · `}
          {reasonOf(item, items, trouble.value, session.isEnded.value)}
        </span>
      </span>
      {item.refused && (
        <button type="button" class="btn quiet" onClick={() => void session.outbox.retry(item.n!)}>
          {t.tryAgain}
        </button>
      )}
      {!group.some(({ tried }) => tried) && (
        <button type="button" class="btn quiet" onClick={() => void undo()}>
          {t.undo}
        </button>
      )}
    </li>
  );
}

/** The changes of a press that were sent, with a button that sends the opposite. */
function Sent({ accepted, session, now }: { accepted: Accepted; session: Session; now: number }) {
  const { at, changes } = accepted;
  const items = changes.map(({ item }) => item);
  const undo = async () => {
    if (!(await session.undoSent(accepted))) showToast(t.tooLateToUndo);
  };
  return (
    <li>
      <Mark state="approved" />
      <span>
        {pastOf(items[0]!)}: <UserText>{entriesInWords(items, items)}</UserText>
        <br />
        <span class="small muted">{t.savedAgo(ago(at, Math.max(now, at)))}</span>
      </span>
      <button type="button" class="btn quiet" onClick={() => void undo()}>
        {t.undo}
      </button>
    </li>
  );
}
