/** The frame: who is signed in decides what there is; the address decides which screen. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Auth, Person } from "./auth";
import type { Config } from "./config";
import { Notice } from "./parts/notice";
import { Waiting } from "./parts/waiting";
import { focusHeading, path } from "./router";
import { Approve } from "./screens/approve";
import { EntryForm } from "./screens/form";
import { Profile } from "./screens/profile";
import { SignedOut } from "./screens/signed-out";
import { Timesheets } from "./screens/timesheets";
import { Session, message, online } from "./state";

const APPROVE = "approve:timesheets";

interface Props {
  auth: Auth;
  config: Config;
  failed: string | undefined;
}

export function App({ auth, config, failed }: Props) {
  const person = auth.person.value;
  const [session, setSession] = useState<Session>();
  const [broken, setBroken] = useState<string>();
  useEffect(() => {
    if (!person) return setSession(undefined);
    let current = true;
    let mine: Session | undefined;
    void Session.begin(person.sub, auth, config).then(
      (begun) => {
        mine = begun;
        if (current) setSession(begun);
        else begun.close();
      },
      (error: unknown) => setBroken(error instanceof Error ? error.message : String(error)),
    );
    return () => {
      current = false;
      mine?.close();
    };
  }, [person?.sub]);
  useEffect(() => (session ? keepSending(session, auth) : undefined), [session]);
  useFocus();
  if (!person) return <SignedOut auth={auth} failed={failed} />;
  if (broken !== undefined) return <NoDatabase reason={broken} />;
  if (!session || session.sub !== person.sub) return null;
  return (
    <>
      <main class="container">
        {auth.ended.value && (
          <Notice>
            Your sign-in has ended. All that you typed is kept.
            <button onClick={() => void auth.signIn()}>Sign in</button>
          </Notice>
        )}
        {!online.value && <Notice>Offline. What you save is kept here, and sent when the network is back.</Notice>}
        <Waiting session={session} />
        <Screen session={session} auth={auth} person={person} />
      </main>
      <div class="messages" role="status">
        {message.value && (
          <p>
            {message.value.text}
            {message.value.undo && <Undo undo={message.value.undo} />}
          </p>
        )}
      </div>
      <Navigation person={person} />
    </>
  );
}

/** Without a place to keep hours, taking them would be a promise that can't be kept. */
function NoDatabase({ reason }: { reason: string }) {
  return (
    <main class="container">
      <h1>Nothing can be kept on this phone</h1>
      <p role="alert">Timesheets needs the browser's storage, and it is blocked or full: {reason}</p>
      <p>A private window, or a setting against site data, may be the cause.</p>
      <button onClick={() => location.reload()}>Try again</button>
    </main>
  );
}

/** Who goes to another screen hears, or sees, where they are; the form sees to itself when it is there. */
function useFocus(): void {
  const before = useRef(path.value);
  useEffect(() => {
    if (before.current !== path.value) focusHeading();
    before.current = path.value;
  }, [path.value]);
}

function Screen({ session, auth, person }: { session: Session; auth: Auth; person: Person }) {
  const [, screen, of] = path.value.split("/");
  switch (screen) {
    case "new":
      return <EntryForm key="new" session={session} />;
    case "edit":
      return <EntryForm key={of} session={session} id={decodeURIComponent(of ?? "")} />;
    case "approve":
      return person.scopes.has(APPROVE) ? <Approve session={session} /> : <Timesheets session={session} />;
    case "profile":
      return <Profile session={session} auth={auth} person={person} />;
    default:
      return <Timesheets session={session} />;
  }
}

function Navigation({ person }: { person: Person }) {
  const screens = [
    ["/", "Timesheets", "M4 6h16M4 12h16M4 18h10"],
    ["/new", "New", "M12 5v14M5 12h14"],
    ["/approve", "Approve", "M5 13l4 4L19 7"],
    ["/profile", "Profile", "M12 12a4 4 0 100-8 4 4 0 000 8zM4 20c1-4 4-6 8-6s7 2 8 6"],
  ] as const;
  return (
    <nav class="bar" aria-label="Main">
      {screens
        .filter(([to]) => to !== "/approve" || person.scopes.has(APPROVE))
        .map(([to, name, icon]) => (
          <a href={to} aria-current={path.value === to ? "page" : undefined}>
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d={icon} />
            </svg>
            {name}
          </a>
        ))}
    </nav>
  );
}

function Undo({ undo }: { undo: () => Promise<void> }) {
  return (
    <button
      class="outline"
      onClick={() => {
        message.value = undefined;
        void undo();
      }}
    >
      Undo
    </button>
  );
}

/** Send what waits, and ask for news, whenever that may work: with the network, looked at, after a sign-in. */
function keepSending(session: Session, auth: Auth): () => void {
  const send = () => {
    online.value = navigator.onLine;
    if (navigator.onLine && document.visibilityState === "visible") void session.refresh();
  };
  addEventListener("online", send);
  addEventListener("offline", send);
  document.addEventListener("visibilitychange", send);
  const stop = auth.ended.subscribe((ended) => !ended && void session.outbox.flush());
  return () => {
    removeEventListener("online", send);
    removeEventListener("offline", send);
    document.removeEventListener("visibilitychange", send);
    stop();
  };
}
