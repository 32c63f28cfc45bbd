import type { Person } from "../auth/person";
import { APPROVE } from "../auth/scopes";
import { today, weekOf } from "../fields/dates";
import { t } from "../language";
import { type Route, newPath, weekPath } from "../router";
import { Icon } from "./icon";

interface Props {
  person: Person;
  route: Route;
  /** The day for which "New" logs. */
  day: string;
  /** The number of weeks that wait for this person's decision. */
  waiting: number;
}

/** The bar below the screen, and the rail beside a wide one. */
export function Navigation({ person, route, day, waiting }: Props) {
  const current = (...screens: Route["screen"][]) => (screens.includes(route.screen) ? "page" : undefined);
  return (
    <nav class="nav" aria-label={t.main}>
      <span class="brand">
        <Icon name="brand" />
        <span>{t.company}</span>
      </span>
      <a href={weekPath(weekOf(today()))} aria-current={current("home", "week", "edit")}>
        <Icon name="week" />
        <span>{t.timesheets}</span>
      </a>
      <a href={newPath(day)} class="new" aria-current={current("new")}>
        <Icon name="plus" />
        <span>{t.new}</span>
      </a>
      {person.scopes.has(APPROVE) && (
        <>
          <a
            href="/approve/pending"
            aria-current={current("approve")}
            aria-describedby={waiting ? "waiting" : undefined}
          >
            <Icon name="approve" />
            <span>{t.approve}</span>
            {waiting > 0 && (
              <span class="badge" aria-hidden="true">
                {waiting}
              </span>
            )}
          </a>
          <span id="waiting" hidden>
            {t.weeksWait(waiting)}
          </span>
        </>
      )}
      <a href="/profile" class="push" aria-current={current("profile")}>
        <Icon name="person" />
        <span>{t.profile}</span>
      </a>
    </nav>
  );
}
