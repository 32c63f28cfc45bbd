import { useRef } from "preact/hooks";
import type { Auth } from "../auth/auth";
import type { Person } from "../auth/person";
import { TIMESHEETS } from "../auth/scopes";
import type { Session } from "../offline/session";

const PERMISSIONS: Record<string, string> = {
  "read:timesheets": "View your entries",
  "create:timesheets": "Log and correct entries",
  "delete:timesheets": "Delete your entries",
  "approve:timesheets": "Approve other people's entries",
};

/** The signed-in person, their permissions, and the button to sign out. */
export function Profile({ session, auth, person }: { session: Session; auth: Auth; person: Person }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const unsent = session.items.value.length;
  const signOut = () => auth.signOut(() => session.erase());
  return (
    <>
      <h1>Profile</h1>
      <div class="person">
        {person.picture && <img src={person.picture} alt="" width="64" height="64" />}
        <p>
          <strong>{person.name}</strong>
          <br />
          {person.email}
        </p>
      </div>
      <h2>You can</h2>
      <ul>
        {TIMESHEETS.filter((scope) => person.scopes.has(scope)).map((scope) => (
          <li key={scope}>{PERMISSIONS[scope]}</li>
        ))}
      </ul>
      <button type="button" onClick={() => (unsent ? dialog.current?.showModal() : void signOut())}>
        Sign out
      </button>
      <dialog ref={dialog} aria-labelledby="unsent">
        <article>
          <h2 id="unsent">{unsent === 1 ? "1 change is not sent" : `${unsent} changes are not sent`}</h2>
          <p>If you sign out now, they are deleted with all your data on this device.</p>
          <div class="actions">
            <button type="button" class="outline" onClick={() => dialog.current?.close()}>
              Stay signed in
            </button>
            <button type="button" onClick={() => void signOut()}>
              Discard and sign out
            </button>
          </div>
        </article>
      </dialog>
    </>
  );
}
