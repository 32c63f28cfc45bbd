import type { Person } from "../auth/person";
import { APPROVE } from "../auth/scopes";
import { path } from "../router";

const LINKS = [
  ["/", "Timesheets", "M4 6h16M4 12h16M4 18h10"],
  ["/new", "New", "M12 5v14M5 12h14"],
  ["/approve", "Approve", "M5 13l4 4L19 7"],
  ["/profile", "Profile", "M12 12a4 4 0 100-8 4 4 0 000 8zM4 20c1-4 4-6 8-6s7 2 8 6"],
] as const;

export function Navigation({ person }: { person: Person }) {
  const links = LINKS.filter(([to]) => to !== "/approve" || person.scopes.has(APPROVE));
  return (
    <nav class="bar" aria-label="Main">
      {links.map(([to, name, icon]) => (
        <a key={to} href={to} aria-current={path.value === to ? "page" : undefined}>
          <svg viewBox="0 0 24 24" aria-hidden="true">
            <path d={icon} />
          </svg>
          {name}
        </a>
      ))}
    </nav>
  );
}
