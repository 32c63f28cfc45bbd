/** The app's frame: it opens the session of the signed-in person and shows the screen of the address. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Auth } from "./auth/auth";
import type { Person } from "./auth/person";
import { APPROVE } from "./auth/scopes";
import type { Config } from "./config";
import { day, followDays } from "./day";
import { daysOf, weekOf } from "./fields/dates";
import { t } from "./language";
import type { EntryView } from "./offline/overlay";
import { Session } from "./offline/session";
import { keepInSync } from "./offline/sync";
import { trouble } from "./offline/trouble";
import { Navigation } from "./parts/navigation";
import { ToastView } from "./parts/toast-view";
import { type Route, focusHeading, go, route, weekPath } from "./router";
import { Approve } from "./screens/approve";
import { Conflict } from "./screens/conflict";
import { type Draft, readDraft } from "./offline/drafts";
import { EntrySheet } from "./screens/entry-sheet";
import { NotFound } from "./screens/not-found";
import { Profile } from "./screens/profile";
import { SignIn } from "./screens/sign-in";
import { StorageError } from "./screens/storage-error";
import { Week } from "./screens/week";
import { openTimer } from "./timer";

interface Props {
  auth: Auth;
  config: Config;
}

export function App({ auth, config }: Props) {
  const person = auth.person.value;
  const { session, storageError } = useSession(auth, config);
  if (!person) return <SignIn auth={auth} />;
  if (storageError !== undefined) return <StorageError reason={storageError} />;
  if (!session || session.sub !== person.sub) return <Splash />;
  return <Frame session={session} auth={auth} person={person} />;
}

/** The page as index.html has it, until the stored data is read. */
function Splash() {
  return (
    <svg class="splash" aria-hidden="true">
      <use href="#i-brand" />
    </svg>
  );
}

function Frame({ session, auth, person }: { session: Session; auth: Auth; person: Person }) {
  const current = route.value;
  const thisWeek = weekOf(day.value);
  useFocus();
  useEffect(() => {
    if (current.screen === "home") go(weekPath(thisWeek), { replace: true });
  }, [current.screen]);
  useEffect(() => followDays(), []);
  const sheet = useSheet(session, current);
  const waiting = session.approvals.personWeeks.value.filter((week) => week.week < thisWeek).length;
  const isWide = current.screen === "week" || current.screen === "new" || current.screen === "approve";
  return (
    <>
      <a class="skip" href="#main">
        {t.skip}
      </a>
      <Navigation person={person} route={current} day={dayToLog(session, current)} waiting={waiting} />
      <main id="main" class={isWide || sheet.entry ? "page" : "page narrow"} tabIndex={-1}>
        <Screen session={session} auth={auth} person={person} route={current} sheet={sheet} />
      </main>
      {sheet.isReady && !sheet.entry?.unsent?.theirs && (
        <EntrySheet
          key={current.screen === "edit" ? current.id : "new"}
          session={session}
          {...(sheet.entry && { entry: sheet.entry })}
          date={current.screen === "new" ? current.date : undefined}
          draft={sheet.draft}
          projects={sheet.projects}
        />
      )}
      <ToastView />
    </>
  );
}

interface ScreenProps {
  session: Session;
  auth: Auth;
  person: Person;
  route: Route;
  sheet: SheetState;
}

function Screen({ session, auth, person, route, sheet }: ScreenProps) {
  const { entry } = sheet;
  if (route.screen === "unknown") return <NotFound title={t.noPage}>{t.noPageText(route.path)}</NotFound>;
  if (route.screen === "edit" && entry === null)
    return <NotFound title={t.noEntry}>{t.noEntryText}</NotFound>;
  if (route.screen === "edit" && sheet.of && !entry) {
    return <NotFound title={t.notLoaded}>{t.entryNotLoaded}</NotFound>;
  }
  if (route.screen === "edit" && entry?.unsent?.theirs) return <Conflict session={session} entry={entry} />;
  if (route.screen === "approve" && person.scopes.has(APPROVE)) {
    return <Approve session={session} auth={auth} tab={route.tab} week={route.week} />;
  }
  if (route.screen === "profile") return <Profile session={session} auth={auth} person={person} />;
  return <Week session={session} auth={auth} week={weekOfRoute(route, session, entry)} />;
}

/** Return the week that is shown, also below a sheet. */
function weekOfRoute(route: Route, session: Session, entry: EntryView | null | undefined): string {
  if (route.screen === "week") return route.week;
  if (route.screen === "new" && route.date) return weekOf(route.date);
  if (route.screen === "edit" && entry) return weekOf(entry.date);
  return session.week.value;
}

/** Return the day for which "New" logs: today, or the first day without hours of another week on the screen. */
function dayToLog(session: Session, { screen }: Route): string {
  const week = session.week.value;
  const isShown = screen !== "approve" && screen !== "profile";
  if (!isShown || week === weekOf(day.value)) return day.value;
  const days = daysOf(week);
  return days.find((one) => session.hoursOn(one) === 0) ?? days[0];
}

/** Open a session when a person signs in, and close it when they sign out. */
function useSession(auth: Auth, config: Config) {
  const sub = auth.person.value?.sub;
  const [session, setSession] = useState<Session>();
  const [storageError, setStorageError] = useState<string>();
  useEffect(() => {
    if (!sub) return setSession(undefined);
    openTimer(sub);
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

interface SheetState {
  /** The entry's id, or `new`. */
  of?: string;
  isReady: boolean;
  /** The entry; null if there is none. Missing for a new one, and if the server cannot be asked. */
  entry?: EntryView | null | undefined;
  draft?: Draft | undefined;
  projects: string[];
}

const NO_SHEET: SheetState = { isReady: false, projects: [] };

/** Load the data of the sheet of an address, before it opens. */
function useSheet(session: Session, current: Route): SheetState {
  const id = current.screen === "edit" ? current.id : undefined;
  const of = id ?? (current.screen === "new" ? "new" : undefined);
  const [state, setState] = useState(NO_SHEET);
  const isReachable = trouble.value === undefined;
  useEffect(() => {
    if (!of) return setState(NO_SHEET);
    let isCurrent = true;
    void Promise.all([
      id === undefined ? undefined : session.load(id),
      readDraft(session, id),
      session.recentProjects(),
    ]).then(([entry, draft, projects]) => {
      if (isCurrent) setState({ of, isReady: id === undefined || !!entry, entry, draft, projects });
    });
    return () => {
      isCurrent = false;
    };
  }, [of, isReachable]);
  return state.of === of ? state : NO_SHEET;
}

/** Focus the heading after navigation. A sheet sets the focus itself, and returns it when it closes. */
function useFocus(): void {
  const before = useRef(route.value);
  useEffect(() => {
    const [from, to] = [before.current.screen, route.value.screen];
    before.current = route.value;
    if (to === "new" || to === "edit") return;
    if (from === "approve" && to === "approve") return; // the focus stays on the tab
    const isReturn = to === "week" && ["home", "week", "new", "edit"].includes(from);
    if (!isReturn || document.activeElement === document.body) focusHeading();
  }, [route.value]);
}
