import { useState } from "preact/hooks";
import type { Auth } from "../auth";

/** What this is, and one button. */
export function SignedOut({ auth, failed }: { auth: Auth; failed: string | undefined }) {
  const [problem, setProblem] = useState(failed);
  const signIn = () => auth.signIn().catch(() => setProblem("The sign-in can't be reached. Is there a network?"));
  return (
    <main class="container signed-out">
      <h1>Timesheets</h1>
      <p>Log your hours in a few taps, with or without a signal. Managers approve here.</p>
      {problem && <p role="alert">{problem}</p>}
      <button onClick={() => void signIn()}>Sign in</button>
    </main>
  );
}
