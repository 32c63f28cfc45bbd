/** The state of the board: ticked and opened weeks, and the decisions. */

import { signal } from "@preact/signals";
import type { VNode } from "preact";
import type { Decision } from "../api/entry";
import { today, weekOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { isolated } from "../fields/text";
import { t } from "../language";
import { type PersonWeek, isOrdinary } from "../offline/board";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { total } from "../offline/week";
import { neighbour } from "../parts/focus";
import { weekName } from "../parts/person-row";
import { showUndo } from "../parts/undo";

const { inHours } = formats();

/** The buttons that open a week or an entry. */
const ROWS = ".person .opens, .detail summary";

/** The entries of a decision, and their name in messages. */
interface Subject {
  name: string;
  person: string;
  entries: EntryView[];
  /** The button that was pressed, in the row of the week or entry. */
  pressed?: Element;
}

export class Decisions {
  /** The content of the weeks that this person ticked; empty for those that they unticked. */
  private readonly choices = signal<ReadonlyMap<string, string>>(new Map());
  readonly opened = signal<ReadonlySet<string>>(new Set());
  readonly rejecting = signal<Subject | undefined>(undefined);
  /** The weeks that are approved together after a confirmation. */
  readonly confirming = signal<PersonWeek[] | undefined>(undefined);
  readonly showsUnfinished = signal(false);
  private readonly elements = new WeakMap<PersonWeek, VNode>();

  constructor(readonly session: Session) {}

  /** Return the element of a week, which is made once. */
  element(week: PersonWeek, make: () => VNode): VNode {
    const element = this.elements.get(week) ?? make();
    this.elements.set(week, element);
    return element;
  }

  /**
   * Return whether a week is ticked. Ordinary weeks of the past are, until a person unticks them. A person's tick holds
   * only for the content that they saw.
   */
  isTicked(week: PersonWeek): boolean {
    const choice = this.choices.value.get(week.key);
    if (choice === "" || !week.open.length) return false;
    return choice === contentOf(week) || (isOrdinary(week) && week.week < weekOf(today()));
  }

  tick(weeks: PersonWeek[], isOn: boolean): void {
    const chosen = weeks.map((week) => [week.key, isOn ? contentOf(week) : ""] as const);
    this.choices.value = new Map([...this.choices.value, ...chosen]);
  }

  toggle({ key }: PersonWeek): void {
    const next = new Set(this.opened.value);
    if (!next.delete(key)) next.add(key);
    this.opened.value = next;
  }

  approveWeeks(weeks: PersonWeek[]): void {
    this.confirming.value = undefined;
    const keys = new Set(weeks.map(({ key }) => key));
    this.choices.value = new Map([...this.choices.value].filter(([key]) => !keys.has(key)));
    const name = weeks.length === 1 ? subjectOf(weeks[0]!).name : t.weeks(weeks.length);
    void this.decide({ name, person: "", entries: weeks.flatMap(({ open }) => open) }, { approved: true });
  }

  /** Decide exactly the entries of the subject, as they were loaded, and move the focus to the next row. */
  async decide(subject: Subject, decision: Decision): Promise<void> {
    const focusNeighbour = neighbour(ROWS, subject.pressed);
    const numbers = await this.session.outbox.decide(subject.entries, decision);
    if (!numbers.length) return; // after a double press
    const text = decision.approved ? t.approved(subject.name) : t.rejected(subject.name);
    showUndo(this.session, text, numbers, t.reopenUnderDecided);
    focusNeighbour();
  }
}

/** Return the entries of a week that are not decided yet. */
export function subjectOf({ name, week, open }: PersonWeek): Subject {
  return {
    name: `${isolated(name)}, ${weekName(week)}, ${inHours(total(open))}`,
    person: name,
    entries: open,
  };
}

/** Return the versions of a week's entries, and whether the week is ordinary. */
function contentOf(week: PersonWeek): string {
  return `${isOrdinary(week)} ${week.open.map(({ id, version }) => `${id} ${version}`).join()}`;
}
