import { useLayoutEffect, useState } from "preact/hooks";
import { isDay } from "../fields/dates";
import { type Name, isFarAway } from "../fields/entry-fields";
import { formats } from "../fields/formats";
import { MAX_HOURS, parseHours } from "../fields/hours";
import { t } from "../language";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { Banner } from "../parts/banner";
import { DaysField, Fault, HoursField, ProjectField, Warning } from "../parts/fields";
import { HistoryDetails } from "../parts/history";
import { faultsInWords, nameOf } from "../parts/item-text";
import { Sheet } from "../parts/sheet";
import { useTitle } from "../parts/title";
import { UserText } from "../parts/user-text";
import { DraftBanner, ForgottenTimer } from "./draft-banner";
import type { Draft } from "../offline/drafts";
import { EntryForm } from "./entry-form";

const { shortDay, inHours } = formats();

interface Props {
  session: Session;
  /** The entry to correct; missing for a new one. */
  entry?: EntryView;
  /** The day of a new entry. */
  date?: string | undefined;
  draft: Draft | undefined;
  projects: string[];
}

/** The form for a new entry or a correction. It keeps the input as a draft until that is saved or discarded. */
export function EntrySheet({ session, entry, date, draft, projects }: Props) {
  const [form] = useState(() => new EntryForm(session, entry, date, draft));
  useTitle(title(entry));
  useLayoutEffect(() => {
    if (!form.focusFault()) document.getElementById(entry ? "hours" : "project")?.focus();
  }, []);
  if (entry?.status === "approved") return <ApprovedSheet entry={entry} form={form} />;
  return (
    <Sheet title={title(entry)} close={() => form.close()} isScreen>
      <form
        class="body"
        id="entry"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void form.save(event.submitter?.getAttribute("value") === "another");
        }}
      >
        <SheetBanners form={form} />
        <SheetFields form={form} projects={projects} />
        {entry && entry.version > 0 && <HistoryDetails session={session} id={entry.id} of="timesheets" />}
      </form>
      <footer>
        {entry ? (
          <button type="button" class="btn danger" onClick={() => void form.remove(entry)}>
            {t.delete}
          </button>
        ) : (
          <button type="submit" class="btn" form="entry" value="another">
            {t.saveAndNew}
          </button>
        )}
        <button type="submit" class="btn primary" form="entry">
          {t.save}
        </button>
        <p class="hint" role="status">
          {form.note.value || hint(entry, form.values.value.days.length)}
        </p>
      </footer>
    </Sheet>
  );
}

/** Facts about the entry that a person needs before they change it. */
function SheetBanners({ form }: { form: EntryForm }) {
  const { entry } = form;
  const draft = form.draft.value;
  return (
    <>
      {draft?.forgotten !== undefined && (
        <ForgottenTimer lastUse={Number(draft.forgotten)} take={() => form.takeLastUse()} />
      )}
      {draft && <DraftBanner draft={draft} discard={() => void form.discard()} />}
      {entry?.status === "rejected" && (
        <Banner tone="rejected" mark="rejected" title={t.rejectedBecause} slim>
          {entry.reason && (
            <q>
              <UserText>{entry.reason}</UserText>
            </q>
          )}
        </Banner>
      )}
      {entry?.unsent?.refused && (
        <Banner tone="rejected" mark="rejected" title={t.refused} slim>
          {faultsInWords(entry.unsent.refused)}
        </Banner>
      )}
      {!form.isKept.value && (
        <p class="fault" role="alert">
          {t.notKept}
        </p>
      )}
    </>
  );
}

function SheetFields({ form, projects }: { form: EntryForm; projects: string[] }) {
  const { session, entry } = form;
  const { days, hours } = form.values.value;
  const notes = fieldProps(form, "notes");
  const timer = form.canStart && (
    <button type="button" class="btn quiet" onClick={() => form.startTimer()}>
      {t.startTimer}
    </button>
  );
  return (
    <>
      <ProjectField {...fieldProps(form, "project")} projects={projects} />
      <HoursField {...fieldProps(form, "hours")} timer={timer} />
      <DaysField
        {...fieldProps(form, "date")}
        days={days}
        choose={(chosen) => form.chooseDays(chosen)}
        isSingle={entry !== undefined}
        week={session.week.value}
      />
      {warnings(form, days, hours).map((text) => (
        <Warning key={text}>{text}</Warning>
      ))}
      <div class="field">
        <label for="notes">{t.notes}</label>
        <textarea {...(notes.input as object)} class="input" rows={2} />
        {notes.fault}
      </div>
    </>
  );
}

/** Return the properties of a field: its value, its events, and its fault. */
function fieldProps(form: EntryForm, name: Name) {
  const value = form.values.value[name];
  const error = form.errors.value[name];
  return {
    value,
    set: (text: string) => form.set(name, text),
    fault: error && <Fault id={`${name}-error`}>{error}</Fault>,
    input: {
      id: name,
      value,
      onInput: (event: Event) => form.set(name, (event.currentTarget as HTMLInputElement).value),
      onBlur: ({ relatedTarget: next }: FocusEvent) => {
        // A message that appears while Save is pressed would move Save away from the pointer. Save shows all errors.
        if (next && !(next instanceof HTMLButtonElement && next.type === "submit")) form.showError(name);
      },
      "aria-invalid": error ? (true as const) : undefined,
      "aria-describedby": error ? `${name}-error` : name === "hours" ? "hours-hint" : undefined,
    },
  };
}

/** An approved entry: it is locked. */
function ApprovedSheet({ entry, form }: { entry: EntryView; form: EntryForm }) {
  return (
    <Sheet title={t.approvedEntry} close={() => form.close()} isScreen>
      <div class="body">
        <p>
          <b>
            <UserText>{nameOf(entry)}</UserText>
          </b>
          , {shortDay(entry.date)}
        </p>
        {entry.notes && (
          <p class="as-typed">
            <UserText>{entry.notes}</UserText>
          </p>
        )}
        <p class="muted">{t.approvedEntryText}</p>
        <HistoryDetails session={form.session} id={entry.id} of="timesheets" />
      </div>
    </Sheet>
  );
}

function title(entry: EntryView | undefined): string {
  if (!entry) return t.newEntry;
  if (entry.status === "approved") return t.approvedEntry;
  return entry.status === "rejected" || entry.unsent?.refused ? t.fixEntry : t.editEntry;
}

function hint(entry: EntryView | undefined, days: number): string {
  if (entry) return entry.status === "rejected" ? t.savingResubmits : "";
  return days > 1 ? t.adds(days) : "";
}

/** Return warnings about unusual values, which the API accepts. */
function warnings(form: EntryForm, days: string[], text: string): string[] {
  const parsed = parseHours(text);
  const hours = "value" in parsed ? parsed.value : 0;
  return days.flatMap((day) => {
    if (!isDay(day)) return [];
    const logged = form.loggedOn(day) + hours;
    const heavy = logged > MAX_HOURS ? [t.wouldHave(shortDay(day), inHours(logged))] : [];
    return isFarAway(day) ? [t.farYear(day.slice(0, 4)), ...heavy] : heavy;
  });
}
