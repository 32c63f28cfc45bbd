/** The app's frame: it opens the session of the signed-in person and shows the screen of the address. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Auth } from "./auth/auth";
import type { Person } from "./auth/person";
import { APPROVE } from "./auth/scopes";
import type { Config } from "./config";
import { Session, online } from "./offline/session";
import { keepInSync } from "./offline/sync";
import { Navigation } from "./parts/navigation";
import { Notice } from "./parts/notice";
import { ToastView } from "./parts/toast-view";
import { Unsent } from "./parts/unsent";
import { focusHeading, path } from "./router";
import { Approve } from "./screens/approve";
import { EntryForm } from "./screens/entry-form";
import { Profile } from "./screens/profile";
import { SignedOut } from "./screens/signed-out";
import { StorageError } from "./screens/storage-error";
import { Timesheets } from "./screens/timesheets";

interface Props {
  auth: Auth;
  config: Config;
  signInError: string | undefined;
}

export function App({ auth, config, signInError }: Props) {
  const person = auth.person.value;
  const { session, storageError } = useSession(auth, config);
  useFocus();
  if (!person) return <SignedOut auth={auth} error={signInError} />;
  if (storageError !== undefined) return <StorageError reason={storageError} />;
  if (!session || session.sub !== person.sub) return null;
  return (
    <>
      <main class="container">
        {auth.ended.value && (
          <Notice>
            Your sign-in has ended. All that you typed is kept.
            <button type="button" onClick={() => void auth.signIn()}>
              Sign in
            </button>
          </Notice>
        )}
        {!online.value && (
          <Notice>Offline. What you save is kept on this device and sent when the network is back.</Notice>
        )}
        <Unsent session={session} />
        <Screen session={session} auth={auth} person={person} />
      </main>
      <ToastView />
      <Navigation person={person} />
    </>
  );
}

/** Open a session when a person signs in, and close it when they sign out. */
function useSession(auth: Auth, config: Config) {
  const sub = auth.person.value?.sub;
  const [session, setSession] = useState<Session>();
  const [storageError, setStorageError] = useState<string>();
  useEffect(() => {
    if (!sub) return setSession(undefined);
    let current = true;
    let opened: Session | undefined;
    void Session.open(sub, auth, config).then(
      (session) => {
        opened = session;
        if (current) setSession(session);
        else session.close();
      },
      (error: unknown) => setStorageError(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
      opened?.close();
    };
  }, [sub]);
  useEffect(() => (session ? keepInSync(session, auth) : undefined), [session]);
  return { session, storageError };
}

/** Focus the heading after navigation. The form sets the focus itself, once it is loaded. */
function useFocus(): void {
  const before = useRef(path.value);
  useEffect(() => {
    if (before.current !== path.value) focusHeading();
    before.current = path.value;
  }, [path.value]);
}

function Screen({ session, auth, person }: { session: Session; auth: Auth; person: Person }) {
  const [, screen, id] = path.value.split("/");
  switch (screen) {
    case "new":
      return <EntryForm key="new" session={session} />;
    case "edit":
      return <EntryForm key={id} session={session} id={decodeURIComponent(id ?? "")} />;
    case "approve":
      return person.scopes.has(APPROVE) ? <Approve session={session} /> : <Timesheets session={session} />;
    case "profile":
      return <Profile session={session} auth={auth} person={person} />;
    default:
      return <Timesheets session={session} />;
  }
}
