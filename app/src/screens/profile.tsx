import { useRef } from "preact/hooks";
import { type Auth, type Person, TIMESHEETS } from "../auth";
import type { Session } from "../state";

const WORDS: Record<string, string> = {
  "read:timesheets": "See your own hours",
  "create:timesheets": "Log and correct your hours",
  "delete:timesheets": "Delete your entries",
  "approve:timesheets": "Approve other people's hours",
};

/** Who is signed in, what they may do, and the way out. */
export function Profile({ session, auth, person }: { session: Session; auth: Auth; person: Person }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const unsent = session.items.value.length;
  const leave = () => auth.signOut(() => session.forget());
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
      <h2>You may</h2>
      <ul>
        {TIMESHEETS.filter((scope) => person.scopes.has(scope)).map((scope) => (
          <li>{WORDS[scope]}</li>
        ))}
      </ul>
      <button onClick={() => (unsent ? dialog.current?.showModal() : void leave())}>Sign out</button>
      <dialog ref={dialog} aria-labelledby="unsent">
        <article>
          <h2 id="unsent">{unsent === 1 ? "One change was not sent yet" : `${unsent} changes were not sent yet`}</h2>
          <p>Signing out removes them from this phone, with everything else of yours.</p>
          <div class="actions">
            <button class="outline" onClick={() => dialog.current?.close()}>
              Stay signed in
            </button>
            <button onClick={() => void leave()}>Sign out and lose them</button>
          </div>
        </article>
      </dialog>
    </>
  );
}
