import { useEffect } from "preact/hooks";
import type { Auth } from "../auth/auth";
import { today, weekOf } from "../fields/dates";
import { t } from "../language";
import type { Session } from "../offline/session";
import { Banners } from "../parts/banners";
import { Status } from "../parts/status";
import { useTitle } from "../parts/title";
import type { Tab } from "../router";
import { Decided } from "./decided";
import { Pending } from "./pending";

interface Props {
  session: Session;
  auth: Auth;
  tab: Tab;
}

/** The approvals: pending and decided entries. */
export function Approve({ session, auth, tab }: Props) {
  useTitle(t.approve);
  useEffect(() => {
    session.view = "approvals";
    void session.refreshApprovals();
  }, []);
  const waiting = session.personWeeks.value.filter((week) => week.week < weekOf(today())).length;
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{t.approve}</h1>
        <div class="tools">
          <Status session={session} loadedAt={session.approvalsLoadedAt} withAge />
        </div>
      </header>
      <Banners session={session} auth={auth} />
      <div class="tabs" role="tablist" aria-label={t.approve}>
        <TabLink name="pending" current={tab} count={waiting} />
        <TabLink name="decided" current={tab} />
      </div>
      <section id="panel" role="tabpanel" aria-labelledby={`${tab}-tab`}>
        {tab === "pending" ? <Pending session={session} /> : <Decided session={session} />}
      </section>
    </>
  );
}

/** A tab: it is a link, so that it has an address; the arrow keys move between tabs. */
function TabLink({ name, current, count = 0 }: { name: Tab; current: Tab; count?: number }) {
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
        if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
        document.querySelector<HTMLElement>("[role=tab][aria-selected=false]")?.click();
        requestAnimationFrame(() =>
          document.querySelector<HTMLElement>("[role=tab][aria-selected=true]")?.focus(),
        );
      }}
    >
      {t[name]} {count > 0 && <small aria-hidden="true">{count}</small>}
    </a>
  );
}
