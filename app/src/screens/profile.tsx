import { useSignal } from "@preact/signals";
import type { Auth } from "../auth/auth";
import type { Person } from "../auth/person";
import { TIMESHEETS } from "../auth/scopes";
import { formats } from "../fields/formats";
import { parseHours } from "../fields/hours";
import { t } from "../language";
import { countsOf } from "../offline/items";
import type { Session } from "../offline/session";
import { Banners } from "../parts/banners";
import { Icon } from "../parts/icon";
import { entryOf, nameOf } from "../parts/item-text";
import { Sheet } from "../parts/sheet";
import { Status } from "../parts/status";
import { useTitle } from "../parts/title";
import { UserText } from "../parts/user-text";
import { go } from "../router";
import { type Look, look, resetSettings, target } from "../settings";
import { clearTimer } from "../timer";

const { hours: plainHours, dayAndTime, shortDay } = formats();
const LOOKS: Look[] = ["system", "light", "dark"];
const MAX_LISTED = 5;

interface Props {
  session: Session;
  auth: Auth;
  person: Person;
}

/** The signed-in person, the settings of this device, and the button to sign out. */
export function Profile({ session, auth, person }: Props) {
  useTitle(t.profile);
  const isAsking = useSignal(false);
  const unsent = session.items.value;
  const { stalled, unsent: toSend } = countsOf(unsent);
  const count = stalled + toSend;
  const isLeaving = useSignal(false);
  const signOut = async () => {
    isLeaving.value = true;
    await auth.signOut(async () => {
      await session.erase();
      resetSettings();
      clearTimer();
    });
    go("/", { replace: true });
  };
  const loadedAt = session.weekLoadedAt.value;
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{t.profile}</h1>
        <div class="tools">
          <Status session={session} loadedAt={session.weekLoadedAt} withAge />
        </div>
      </header>
      <Banners session={session} auth={auth} />
      <ul class="card facts" aria-label={t.you}>
        <li>
          <span class="with-icon">
            <span class="initials" aria-hidden="true">
              {initials(person.name)}
            </span>
            <span class="clip">
              <b class="clip line">
                <UserText>{person.name}</UserText>
              </b>
              <span class="small muted clip line">
                <UserText>{person.email}</UserText>
              </span>
            </span>
          </span>
        </li>
      </ul>
      <div class="group">
        <h2>{t.thisDevice}</h2>
      </div>
      <ul class="card facts">
        <TargetHours />
        <li>
          <span id="look">{t.appearance}</span>
          <span class="segments" role="radiogroup" aria-labelledby="look">
            {LOOKS.map((name) => (
              <label key={name} class="chip">
                <input
                  type="radio"
                  name="look"
                  checked={look.value === name}
                  onChange={() => {
                    look.value = name;
                  }}
                />
                <span class="clip">{t.looks[name]}</span>
              </label>
            ))}
          </span>
        </li>
        <li>
          <span>{t.notSentYet}</span>
          <span class="muted">{count ? t.entries(count) : t.none}</span>
        </li>
        <li>
          <span>{t.updatedAt}</span>
          <span class="muted">{loadedAt === undefined ? t.notLoaded : dayAndTime(loadedAt)}</span>
        </li>
      </ul>
      <div class="group">
        <h2>{t.youMay}</h2>
      </div>
      <ul class="card facts">
        {TIMESHEETS.map((scope) => {
          const isAllowed = person.scopes.has(scope);
          return (
            <li key={scope} class={isAllowed ? "" : "muted"}>
              <span class="with-icon">
                <Icon name={isAllowed ? "check" : "close"} /> {t.permissions[scope]}
                <span class="sr">: {isAllowed ? t.allowed : t.notAllowed}</span>
              </span>
            </li>
          );
        })}
      </ul>
      <div class="group">
        <button
          type="button"
          class="btn"
          aria-busy={isLeaving.value}
          disabled={isLeaving.value}
          onClick={() => {
            if (unsent.length) isAsking.value = true;
            else void signOut();
          }}
        >
          {t.signOut}
        </button>
      </div>
      <p class="lead small">{t.signOutText}</p>
      {isAsking.value && (
        <Sheet
          title={t.unsentTitle(count)}
          close={() => {
            isAsking.value = false;
          }}
        >
          <div class="body">
            <ul>
              {unsent.slice(0, MAX_LISTED).map((item) => (
                <li key={item.n}>
                  <UserText>{nameOf(entryOf(item, unsent))}</UserText>, {shortDay(entryOf(item, unsent).date)}
                </li>
              ))}
            </ul>
            <p>{t.unsentText(count)}</p>
          </div>
          <footer>
            <button type="button" class="btn danger" onClick={() => void signOut()}>
              {t.discardAndSignOut(count)}
            </button>
            <button
              type="button"
              class="btn primary"
              onClick={() => {
                isAsking.value = false;
              }}
            >
              {t.staySignedIn}
            </button>
          </footer>
        </Sheet>
      )}
    </>
  );
}

/** The hours of an ordinary day: the target line, and the hours that a new entry proposes. */
function TargetHours() {
  const text = useSignal(plainHours(target.value));
  const parsed = parseHours(text.value);
  return (
    <li>
      <label for="target">{t.hoursADay}</label>
      <input
        class="input short"
        id="target"
        inputMode="decimal"
        value={text.value}
        aria-invalid={"fault" in parsed ? true : undefined}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          const typed = parseHours(text.value);
          if ("value" in typed) target.value = typed.value;
        }}
      />
    </li>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return [words[0], words.length > 1 ? words.at(-1) : undefined]
    .map((word) => (word ? [...word][0] : ""))
    .join("")
    .toUpperCase();
}
