import { useState } from "preact/hooks";
import type { Auth } from "../auth/auth";

/** The first screen: the app in one sentence, and the button to sign in. */
export function SignedOut({ auth, error }: { auth: Auth; error: string | undefined }) {
  const [problem, setProblem] = useState(error);
  const signIn = () =>
    auth.signIn().catch(() => {
      setProblem("The sign-in page does not answer. Check the network and try again.");
    });
  return (
    <main class="container signed-out">
      <h1>Timesheets</h1>
      <p>Log your hours in a few taps, online or offline. Managers approve them here.</p>
      {problem && <p role="alert">{problem}</p>}
      <button type="button" onClick={() => void signIn()}>
        Sign in
      </button>
    </main>
  );
}
