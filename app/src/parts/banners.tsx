/** The banners of every screen: the reason why nothing is loaded or sent, and the entries to fix. */

import type { Auth } from "../auth/auth";
import { newBuild } from "../build";
import { formats } from "../fields/formats";
import { t } from "../language";
import { isStalled } from "../offline/items";
import { type EntryView, overlay } from "../offline/overlay";
import type { Session } from "../offline/session";
import { type Trouble, trouble } from "../offline/trouble";
import { editPath } from "../router";
import { Banner } from "./banner";
import { faultsInWords } from "./item-text";
import { useNow } from "./now";
import { SignInButton } from "./sign-in-button";
import { UserText } from "./user-text";

const { shortDay, inHours } = formats();
const SECOND = 1000; // ms

export function Banners({ session, auth }: { session: Session; auth: Auth }) {
  return (
    <>
      {auth.ended.value && (
        <Banner tone="waiting" icon="person" title={t.signInEnded} action={<SignInButton auth={auth} />}>
          {auth.fault.value ?? t.signInEndedText}
        </Banner>
      )}
      {trouble.value && <TroubleBanner trouble={trouble.value} session={session} />}
      {newBuild.value && (
        <Banner
          title={t.newBuild}
          action={
            <button type="button" class="btn" onClick={() => location.reload()}>
              {t.reload}
            </button>
          }
        />
      )}
    </>
  );
}

function TroubleBanner({ trouble, session }: { trouble: Trouble; session: Session }) {
  if (trouble.kind === "offline") {
    return (
      <Banner tone="waiting" icon="cloud-off" title={t.noNetwork}>
        {t.noNetworkText}
      </Banner>
    );
  }
  return (
    <Banner
      tone="waiting"
      mark="unusual"
      title={TITLES[trouble.kind]}
      action={
        <button type="button" class="btn" onClick={() => void session.refresh()}>
          {t.tryNow}
        </button>
      }
    >
      {trouble.kind === "storage" ? t.storageProblemText : t.entriesSafe}{" "}
      {trouble.kind === "foreign" && `${t.foreignAnswerText} `}
      <NextTry at={trouble.retryAt} isTrying={session.loading.value} />
      {trouble.kind === "server" && (
        <span class="muted"> {t.errorNumber(trouble.status, trouble.request.slice(0, 8))}</span>
      )}
    </Banner>
  );
}

const TITLES = {
  server: t.serverProblem,
  unreachable: t.noAnswer,
  foreign: t.foreignAnswer,
  storage: t.storageProblem,
};

/** The seconds until the next attempt. A timer is not announced at each change. */
function NextTry({ at, isTrying }: { at: number; isTrying: boolean }) {
  const now = useNow(SECOND);
  const seconds = Math.ceil((at - now) / SECOND);
  return <span role="timer">{isTrying ? t.trying : t.nextTry(Math.max(1, seconds))}</span>;
}

/** The entries of any week that were rejected, refused or changed elsewhere, with a button to the first one. */
export function NeedsFixing({ session }: { session: Session }) {
  const changed = overlay([], session.items.value);
  const stalled = changed.filter(({ unsent }) => unsent && isStalled(unsent) && unsent.kind !== "decide");
  const entries = [...stalled, ...session.rejected.value];
  const [first] = entries;
  if (!first) return null;
  return (
    <Banner
      tone="rejected"
      mark="rejected"
      title={t.needFixing(entries.length)}
      action={
        <a class="btn" href={editPath(first.id)}>
          {t.fix}
        </a>
      }
    >
      <UserText>{first.project}</UserText>, {inHours(first.hours)}, {shortDay(first.date)}:{" "}
      <Fault entry={first} />
    </Banner>
  );
}

function Fault({ entry }: { entry: EntryView }) {
  const { unsent, reason } = entry;
  if (unsent?.theirs) return <>{t.changedElsewhere}</>;
  if (unsent?.refused) return <>{faultsInWords(unsent.refused)}</>;
  if (!reason) return <span>{t.rejectedBecause}</span>;
  return (
    <q>
      <UserText>{reason}</UserText>
    </q>
  );
}
