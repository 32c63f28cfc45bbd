import { useSignal } from "@preact/signals";
import { formats } from "../fields/formats";
import { t } from "../language";
import { isStalled } from "../offline/items";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { type Difference, type Signature, differences } from "../offline/signature";
import { trouble } from "../offline/trouble";
import { total, workingHours } from "../offline/week";
import { target } from "../settings";
import { showToast } from "../toast";
import { Icon, Mark } from "./icon";
import { UserText } from "./user-text";

const { dayAndTime, shortDay, inHours } = formats();

const NOT_SIGNED = { changed: t.notSignedChanged, unreached: t.notSignedUnreached, ended: t.notSignedEnded };

/** The signature of the shown week: sign it, list the changes since then, or take the signature back. */
export function SignWeek({ session }: { session: Session }) {
  const isBusy = useSignal(false);
  const signature = session.signature.value;
  const entries = session.entries.value;
  if (signature === undefined) return null; // not known yet
  const changes = signature ? differences(signature, entries) : [];
  const isCurrent = signature !== null && changes.length === 0;
  const obstacle = isCurrent ? undefined : obstacleOf(entries);
  const act = async (request: () => Promise<void>) => {
    if (isBusy.value) return;
    isBusy.value = true;
    await request().finally(() => {
      isBusy.value = false;
    });
    document.getElementById("sign-title")?.focus();
  };
  const sign = async () => {
    const hours = inHours(total(entries));
    const outcome = await session.sign();
    if (outcome === "refused") return; // the server's reason is shown
    showToast(outcome === "signed" ? t.weekSigned(hours) : NOT_SIGNED[outcome]);
  };
  return (
    <section class="card sign" aria-labelledby="sign-title">
      <div>
        <h2 id="sign-title" tabIndex={-1}>
          <Title signature={signature} isCurrent={isCurrent} />
        </h2>
        <p>
          {sentence(signature, isCurrent, entries)} {obstacle}
          {!isCurrent && !obstacle && sentFirst(session)}
        </p>
      </div>
      {isCurrent ? (
        <button
          type="button"
          key="withdraw"
          class="btn"
          aria-busy={isBusy.value}
          onClick={() => void act(() => session.withdraw())}
        >
          {t.takeBack}
        </button>
      ) : (
        <button
          type="button"
          key="sign"
          class={entries.length || signature ? "btn primary" : "btn"}
          aria-busy={isBusy.value}
          disabled={obstacle !== undefined}
          onClick={() => void act(sign)}
        >
          {t.signWeek}
        </button>
      )}
      {changes.length > 0 && (
        <ul>
          {changes.map((change) => (
            <Change key={(change.after ?? change.before)!.id} {...change} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Title({ signature, isCurrent }: { signature: Signature | null; isCurrent: boolean }) {
  if (!signature) return <>{t.doneForWeek}</>;
  if (isCurrent) {
    return (
      <>
        <Icon name="pen" /> {t.signed}
      </>
    );
  }
  return (
    <>
      <Mark state="unusual" /> {t.changedSinceSigned}
    </>
  );
}

/** Return the hours that are or would be signed, in words. */
function sentence(signature: Signature | null, isCurrent: boolean, entries: EntryView[]): string {
  const hours = total(entries);
  if (signature) {
    const at = dayAndTime(Date.parse(signature.at));
    if (isCurrent) return t.signedAt(inHours(signature.hours), at);
    return t.youSigned(inHours(signature.hours), at, inHours(hours));
  }
  if (!entries.length) return t.youSignNothing;
  const goal = workingHours(target.value);
  const compare = hours < goal ? t.under : t.over;
  const difference = hours === goal ? "" : compare(inHours(Math.abs(goal - hours)), inHours(goal));
  return `${t.youSign(entries.length, inHours(hours))} ${difference}`;
}

/** Return why the week on the screen cannot be signed now. */
function obstacleOf(entries: EntryView[]): string | undefined {
  const stalled = entries.filter(({ unsent }) => unsent && isStalled(unsent));
  if (stalled.length) return t.fixFirst(stalled.length);
  return trouble.value?.kind === "offline" ? t.signingNeedsNetwork : undefined;
}

function sentFirst(session: Session): string | undefined {
  const { length } = session.items.value.filter((item) => item.kind !== "decide" && !isStalled(item));
  return length ? t.sentFirst(length) : undefined;
}

/** An entry that was added, changed or deleted since the week was signed. */
function Change({ before, after }: Difference) {
  const { date, project } = (after ?? before)!;
  return (
    <li>
      <b>{shortDay(date)}</b> <UserText>{project}</UserText>: <Values before={before} after={after} />
    </li>
  );
}

function Values({ before, after }: { [name in keyof Difference]-?: Difference[name] | undefined }) {
  if (!before) return <ins>{t.hoursAdded(inHours(after!.hours))}</ins>;
  if (!after) return <del>{t.hoursDeleted(inHours(before.hours))}</del>;
  const changed = [
    [inHours(before.hours), inHours(after.hours)],
    [shortDay(before.date), shortDay(after.date)],
    [before.project, after.project],
    [before.notes ?? "", after.notes ?? ""],
  ].filter(([old, now]) => old !== now);
  return (
    <>
      {changed.map(([old, now]) => (
        <span key={`${old} ${now}`}>
          {old && (
            <del>
              <UserText>{old}</UserText>
            </del>
          )}{" "}
          {now && (
            <ins>
              <UserText>{now}</UserText>
            </ins>
          )}{" "}
        </span>
      ))}
    </>
  );
}
