import { useState } from "preact/hooks";
import type { Auth } from "../auth/auth";
import { addDays, daysOf, today, weekOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import { Icon, Mark } from "../parts/icon";
import { useTitle } from "../parts/title";

const { weekday, hours: plainHours } = formats();
/** Hours of the week that the picture shows. */
const SHOWN = [8, 7.5, 8.75, 8, 8];

/** The first screen: the app in one sentence, and the button to sign in. */
export function SignIn({ auth, error }: { auth: Auth; error: string | undefined }) {
  const [problem, setProblem] = useState(error);
  const [isBusy, setBusy] = useState(false);
  const monday = daysOf(weekOf(today()))[0];
  useTitle(t.signIn);
  const signIn = async () => {
    setBusy(true);
    try {
      await auth.signIn();
    } catch {
      setProblem(t.signInUnreachable);
      setBusy(false);
    }
  };
  return (
    <main id="main" class="welcome">
      <div class="show" aria-hidden="true">
        <p class="with-icon">
          <Icon name="brand" /> <b>{t.app}</b>
        </p>
        <ol>
          {SHOWN.map((hours, index) => (
            <li key={String(index)} style={{ "--h": hours }}>
              <b>{plainHours(hours)}</b>
              <span>{weekday(addDays(monday, index))}</span>
            </li>
          ))}
        </ol>
      </div>
      <div class="pitch">
        <h1 tabIndex={-1}>{t.pitch}</h1>
        <p class="lead">{t.pitchText}</p>
        {problem && (
          <p class="fault" role="alert">
            <Mark state="unusual" /> {problem}
          </p>
        )}
        <button type="button" class="btn primary big" aria-busy={isBusy} onClick={() => void signIn()}>
          {t.signIn}
        </button>
        <p class="small muted">{t.withAccount}</p>
      </div>
    </main>
  );
}
