import { useEffect } from "preact/hooks";
import type { Entry } from "../api/entry";
import { weekOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { isolated } from "../fields/text";
import { t } from "../language";
import type { Item } from "../offline/items";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { Icon, Mark } from "../parts/icon";
import { useTitle } from "../parts/title";
import { UserText } from "../parts/user-text";
import { back, focusHeading, weekPath } from "../router";

const { date: inDate, shortDay, inHours } = formats();
const FIELDS = ["hours", "project", "date", "notes"] as const;
type Shown = Partial<Pick<Entry, (typeof FIELDS)[number]>>;

/** Another device changed the entry while this device's change waited: both versions, and a button for each. */
export function Conflict({ session, entry }: { session: Session; entry: EntryView }) {
  useTitle(t.changedElsewhere);
  useEffect(focusHeading, []);
  const item = entry.unsent!;
  const theirs = item.theirs!;
  const isLocked = theirs.status === "approved";
  const close = () => back(weekPath(weekOf(theirs.date)));
  const keep = async () => {
    await session.outbox.discard(item.n!);
    close();
  };
  const overwrite = async () => {
    await session.outbox.overwrite(item.n!);
    close();
  };
  const names = FIELDS.filter((name) => shown(entry, name) || shown(theirs, name));
  const differing =
    item.kind === "delete" ? [] : names.filter((name) => shown(entry, name) !== shown(theirs, name));
  const [first = "hours"] = differing;
  return (
    <>
      <header class="head">
        <div class="steps">
          <button type="button" class="btn square" aria-label={t.backToWeek} onClick={close}>
            <Icon name="left" />
          </button>
          <h1 tabIndex={-1}>
            {t.changedElsewhere}{" "}
            <small>
              <UserText>{theirs.project}</UserText>, {shortDay(theirs.date)}
            </small>
          </h1>
        </div>
      </header>
      <p class="lead">{isLocked ? t.lockedMeanwhile : t.whichIsRight}</p>
      <div class="versus">
        <section class="card version" aria-labelledby="mine">
          <h2 id="mine">
            {t.yours} <small>{t.yoursNote}</small>
          </h2>
          {item.kind === "delete" ? (
            <p>{t.change.delete}</p>
          ) : (
            <Values entry={entry} names={names} differing={differing} />
          )}
          {!isLocked && (
            <button type="button" class="btn block" onClick={() => void overwrite()}>
              {item.kind === "delete" ? t.deleteIt : t.useMine(isolated(shown(entry, first)) || t.nothing)}
            </button>
          )}
        </section>
        <section class="card version" aria-labelledby="theirs">
          <h2 id="theirs">
            {isLocked && <Mark state="approved" />} {isLocked ? t.status.approved : t.saved}{" "}
            <small>{t.savedNote}</small>
          </h2>
          <Values entry={theirs} names={names} differing={differing} />
          <button type="button" class={`btn block ${isLocked ? "primary" : ""}`} onClick={() => void keep()}>
            {keepText(item, isolated(shown(theirs, first)))}
          </button>
        </section>
      </div>
    </>
  );
}

function keepText(item: Item, value: string): string {
  return item.kind === "delete" ? t.keepIt : t.keepTheirs(value || t.nothing);
}

interface ValuesProps {
  entry: Shown;
  names: readonly (typeof FIELDS)[number][];
  differing: readonly string[];
}

function Values({ entry, names, differing }: ValuesProps) {
  return (
    <dl>
      {names.map((name) => (
        <div key={name} class={differing.includes(name) ? "differs" : ""}>
          <dt>{t[name]}</dt>
          <dd>
            <UserText>{shown(entry, name) || "–"}</UserText>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function shown(entry: Shown, name: (typeof FIELDS)[number]): string {
  const value = entry[name];
  if (typeof value === "number") return inHours(value);
  if (!value) return "";
  return name === "date" ? inDate(value) : value;
}
