import type { Auth } from "../auth/auth";
import { addDays, daysOf, today, weekOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import { Icon, Mark } from "../parts/icon";
import { SignInButton } from "../parts/sign-in-button";
import { useTitle } from "../parts/title";

const { weekday, hours: plainHours } = formats();
/** Hours of the week that the picture shows. */
const SHOWN = [8, 7.5, 8.75, 8, 8];

/** The first screen: the app in one sentence, and the button to sign in. */
export function SignIn({ auth }: { auth: Auth }) {
  const monday = daysOf(weekOf(today()))[0];
  useTitle(t.signIn);
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
        {auth.fault.value && (
          <p class="fault" role="alert">
            <Mark state="unusual" /> {auth.fault.value}
          </p>
        )}
        <SignInButton auth={auth} style="primary big" />
        <p class="small muted">{t.withAccount}</p>
      </div>
    </main>
  );
}
