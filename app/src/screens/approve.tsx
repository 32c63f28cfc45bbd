import { useEffect } from "preact/hooks";
import type { Auth } from "../auth/auth";
import { shiftWeek, today, weekOf } from "../fields/dates";
import { t } from "../language";
import type { Session } from "../offline/session";
import { Banners } from "../parts/banners";
import { Status } from "../parts/status";
import { useTitle } from "../parts/title";
import { TABS, type Tab, go } from "../router";
import { Decided } from "./decided";
import { Missing } from "./missing";
import { Pending } from "./pending";

const STEPS: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

interface Props {
  session: Session;
  auth: Auth;
  tab: Tab;
  /** The week of the tab Missing, if the address has one. */
  week?: string | undefined;
}

/** The approvals: pending and decided weeks, and those who have not signed. */
export function Approve({ session, auth, tab, week }: Props) {
  const { approvals } = session;
  useTitle(t.approve);
  useEffect(() => {
    session.view = "approvals";
    void approvals.refresh();
  }, []);
  const thisWeek = weekOf(today());
  const turnout = approvals.turnout(shiftWeek(thisWeek, -1));
  const counts: Partial<Record<Tab, number>> = {
    pending: approvals.personWeeks.value.filter((week) => week.week < thisWeek).length,
    missing: turnout ? turnout.missing.length + turnout.unsigned.length : 0,
  };
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{t.approve}</h1>
        <div class="tools">
          <Status session={session} loadedAt={approvals.loadedAt} withAge />
        </div>
      </header>
      <Banners session={session} auth={auth} />
      <div class="tabs" role="tablist" aria-label={t.approve}>
        {TABS.map((name) => (
          <TabLink key={name} name={name} current={tab} count={counts[name] ?? 0} />
        ))}
      </div>
      <section id="panel" role="tabpanel" aria-labelledby={`${tab}-tab`}>
        {tab === "pending" && <Pending session={session} />}
        {tab === "decided" && <Decided session={session} />}
        {tab === "missing" && <Missing session={session} week={week} />}
      </section>
    </>
  );
}

/** A tab: it is a link, so that it has an address; the arrow keys move between tabs. */
function TabLink({ name, current, count }: { name: Tab; current: Tab; count: number }) {
  const isSelected = name === current;
  return (
    <a
      role="tab"
      id={`${name}-tab`}
      href={`/approve/${name}`}
      aria-selected={isSelected}
      aria-controls="panel"
      tabIndex={isSelected ? 0 : -1}
      onKeyDown={(event) => {
        const step = STEPS[event.key];
        const next = step && TABS[TABS.indexOf(name) + step];
        if (!next) return;
        go(`/approve/${next}`, { replace: true });
        requestAnimationFrame(() =>
          document.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus(),
        );
      }}
    >
      {t[name]} {count > 0 && <small aria-hidden="true">{count}</small>}
    </a>
  );
}
