import { useEffect } from "preact/hooks";
import { today, weekOf } from "../fields/dates";
import { t } from "../language";
import { useTitle } from "../parts/title";
import { focusHeading, weekPath } from "../router";

/** An address without a screen, or without an entry. */
export function NotFound({ title, children }: { title: string; children: string }) {
  useTitle(title);
  useEffect(focusHeading, []);
  return (
    <>
      <header class="head">
        <h1 tabIndex={-1}>{title}</h1>
      </header>
      <p class="lead">{children}</p>
      <a class="btn primary" href={weekPath(weekOf(today()))}>
        {t.toWeek}
      </a>
    </>
  );
}
