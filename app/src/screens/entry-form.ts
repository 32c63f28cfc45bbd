/** The state of the entry sheet: the input, its faults, and saving it. */

import { type Signal, signal } from "@preact/signals";
import { FIRST_DAY, isDay, lastDay, today, weekOf } from "../fields/dates";
import { type Errors, NAMES, type Name, changedFields, errorsOf, parse } from "../fields/entry-fields";
import { formats } from "../fields/formats";
import { t } from "../language";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { nameOf } from "../parts/item-text";
import { showUndo } from "../parts/undo";
import { back, go, weekPath } from "../router";
import { hoursBetween, startTimer, timer } from "../timer";
import { showToast } from "../toast";
import {
  type Draft,
  type SheetValues,
  draftKey,
  draftValues,
  initialValues,
  keepDraft,
  lackingHours,
  readDraft,
} from "../offline/drafts";

const { hours: plainHours } = formats();

export class EntryForm {
  readonly values: Signal<SheetValues>;
  readonly errors: Signal<Errors>;
  /** The message about the last save, while the sheet stays open. */
  readonly note = signal("");
  /** Whether the browser's storage accepted the last draft or change. */
  readonly isKept = signal(true);
  /** The draft that the sheet opened with: what was typed, or measured by a timer. */
  readonly draft: Signal<Draft | undefined>;
  /** The hours that are logged on a day without this entry. */
  private readonly logged = signal<ReadonlyMap<string, number>>(new Map());
  private isSaved = false;

  constructor(
    readonly session: Session,
    /** The entry to correct; missing for a new one. */
    readonly entry: EntryView | undefined,
    private readonly date: string | undefined,
    draft: Draft | undefined,
  ) {
    this.draft = signal(draft);
    this.errors = signal(errorsOf(entry?.unsent?.refused?.faults ?? []));
    this.values = signal(draft ? draftValues(draft) : this.freshValues());
    void this.countHours(this.values.value.days);
  }

  change(changes: Partial<SheetValues>): void {
    this.values.value = { ...this.values.value, ...changes };
    this.note.value = "";
    void this.keep(this.values.value);
    // While they are typed, a date and hours are incomplete, so a new error waits until the field is left.
    for (const name of NAMES) {
      const isWaiting = (name === "date" || name === "hours") && !this.errors.value[name];
      if (name in changes && !isWaiting) this.showError(name);
    }
  }

  /** Change a field; hours that a person chose are no longer those that the day lacks. */
  set(name: Name, text: string): void {
    if (name === "date") this.chooseDays([text]);
    else this.change({ [name]: text, ...(name === "hours" && { isPreset: false }) });
  }

  chooseDays(days: string[]): void {
    const [first = ""] = days;
    const { isPreset, hours } = this.values.value;
    this.change({ days, date: first, hours: isPreset ? lackingHours(this.loggedOn(first)) : hours });
    void this.countHours(days);
  }

  /** Return the hours of a day without those of this entry, as far as they are known. */
  loggedOn(day: string): number {
    return this.logged.value.get(day) ?? this.session.hoursOn(day, this.entry?.id);
  }

  showError(name: Name): void {
    const values = this.values.value;
    const error = values[name] ? parse(values, this.entry?.date).errors[name] : undefined;
    const { [name]: _, ...others } = this.errors.value;
    this.errors.value = error ? { ...others, [name]: error } : others;
  }

  /** Put an entry for each chosen day, or the correction, into the outbox; then close or go on. */
  async save(another: boolean): Promise<void> {
    const { days } = this.values.value;
    const parsed = (days.length ? days : [""]).map((date) =>
      parse({ ...this.values.value, date }, this.entry?.date),
    );
    this.errors.value = Object.assign({}, ...parsed.map((one) => one.errors)) as Errors;
    const all = parsed.map((one) => one.fields).filter((fields) => fields !== undefined);
    const [first] = all;
    if (!first || all.length < parsed.length) return void this.focusFault();
    const { entry } = this;
    const { outbox } = this.session;
    const isStored = await this.submit(() =>
      entry ? outbox.correct(entry, changedFields(entry, first)) : outbox.create(...all),
    );
    if (!isStored) return;
    this.isSaved = !another;
    if (another) return this.goOn(t.savedEntry(nameOf(first)));
    showToast(t.savedEntry(nameOf(first)));
    const week = weekOf(first.date);
    if (week === this.session.week.value) back(weekPath(week));
    else go(weekPath(week), { replace: true });
  }

  /** Discard the draft. After a measured time, the draft that was typed before comes back. */
  async discard(): Promise<void> {
    this.values.value = this.freshValues();
    this.errors.value = {};
    await this.keep(undefined);
    await this.takeUp();
  }

  async remove(entry: EntryView): Promise<void> {
    let n: number | undefined;
    const isStored = await this.submit(async () => {
      n = await this.session.outbox.delete(entry);
    });
    if (!isStored) return;
    showUndo(this.session, t.deleted(nameOf(entry)), n === undefined ? [] : [n]);
    this.close();
  }

  /** Put a change into the outbox, unless this is a second press; return whether it is there. */
  private async submit(change: () => Promise<unknown>): Promise<boolean> {
    if (this.isSaved) return false;
    this.isSaved = true;
    try {
      await change();
    } catch {
      this.isKept.value = false; // a full storage, or a closed database
      this.isSaved = false;
      return false;
    }
    // The outbox has the values now; a draft that is saved again would be sent twice.
    await this.keep(undefined);
    return true;
  }

  /** Whether a timer can start: none runs, and the sheet has no time that another one measured. */
  get canStart(): boolean {
    return !this.entry && !timer.value && !this.draft.value?.start;
  }

  startTimer(): void {
    startTimer(this.values.value.project, this.values.value.notes);
    void this.keep(undefined);
    this.close();
  }

  /** Take the time at which the app was last used as the end of the forgotten timer. */
  takeLastUse(): void {
    const { forgotten, ...draft } = this.draft.value!;
    this.draft.value = draft;
    this.set("hours", plainHours(hoursBetween(Number(draft.start), Number(forgotten))));
  }

  close(): void {
    back(weekPath(weekOf(this.entry?.date ?? this.date ?? today())));
  }

  /** Focus the first field with a fault; return whether there is one. */
  focusFault(): boolean {
    const name = NAMES.find((name) => this.errors.value[name]);
    if (name) document.getElementById(name)?.focus();
    return name !== undefined;
  }

  private goOn(note: string): void {
    const { days, date } = this.values.value;
    this.values.value = { ...this.freshValues(), days, date };
    this.note.value = note;
    this.logged.value = new Map(); // the saved entry counts
    void this.countHours(days);
    document.getElementById("project")?.focus();
    void this.takeUp();
  }

  /** Go on with another draft, if there is one. */
  private async takeUp(): Promise<void> {
    const draft = this.entry ? undefined : await readDraft(this.session, undefined);
    if (!draft) return;
    this.draft.value = draft;
    this.values.value = draftValues(draft);
  }

  private freshValues(): SheetValues {
    const date = this.date ?? today();
    return initialValues(this.entry, date, this.loggedOn(date));
  }

  /** Read the hours of days, which may be in any week, and preset those that the first one lacks. */
  private async countHours(days: string[]): Promise<void> {
    for (const day of days.filter((one) => isDay(one) && one >= FIRST_DAY && one <= lastDay())) {
      const hours = await this.session.loggedOn(day, this.entry?.id);
      this.logged.value = new Map([...this.logged.value, [day, hours]]);
      const { isPreset, date } = this.values.value;
      if (isPreset && date === day) this.values.value = { ...this.values.value, hours: lackingHours(hours) };
    }
  }

  private async keep(values: SheetValues | undefined): Promise<void> {
    const draft = this.draft.value;
    const key = draftKey(this.entry, draft);
    if (!values) this.draft.value = undefined;
    try {
      if (values) await keepDraft(this.session, key, values, draft);
      else await this.session.database.delete("drafts", key);
      this.isKept.value = true;
    } catch {
      this.isKept.value = false;
    }
  }
}
