import type { Auth } from "../auth/auth";
import { t } from "../language";

interface Props {
  auth: Auth;
  /** More classes of the button. */
  style?: string;
}

/** The button that opens the sign-in page; it is busy until that page is found. */
export function SignInButton({ auth, style = "" }: Props) {
  const isBusy = auth.starting.value;
  return (
    <button
      type="button"
      class={`btn ${style}`}
      aria-busy={isBusy}
      onClick={() => {
        if (!isBusy) void auth.signIn();
      }}
    >
      {t.signIn}
    </button>
  );
}
