import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { today, weekOf } from "../fields/dates";
import {
  type Errors,
  NAMES,
  type Name,
  type Values,
  changedFields,
  errorsOf,
  parse,
  valuesOf,
} from "../fields/entry-fields";
import { formats } from "../fields/formats";
import { parseHours, stepHours } from "../fields/hours";
import type { EntryView } from "../offline/overlay";
import type { Session } from "../offline/session";
import { focusHeading, go } from "../router";
import { showToast } from "../toast";

const { fullDate, hours: inHours } = formats();
const TIMEOUT = 5000; // ms to wait for the server before the list shows the entry as unsent

/** The form for a new entry or a correction. Its values are kept as a draft until they are saved. */
export function EntryForm({ session, id }: { session: Session; id?: string }) {
  const draft = id ?? "new";
  const values = useSignal<Values | undefined>(undefined);
  const [entry, setEntry] = useState<EntryView>();
  const [errors, setErrors] = useState<Errors>({});
  const [busy, setBusy] = useState(false);
  const [recent, setRecent] = useState<Awaited<ReturnType<Session["recent"]>>>();

  useEffect(() => {
    void (async () => {
      const [found, kept, suggestions] = await Promise.all([
        id ? session.find(id) : undefined,
        session.database.get("drafts", draft),
        session.recent(),
      ]);
      if (id && !found) return go("/", { replace: true });
      setEntry(found);
      setRecent(suggestions);
      setErrors(errorsOf(found?.unsent?.refused?.faults ?? []));
      values.value = (kept as Values | undefined) ?? valuesOf(found);
    })();
  }, []);

  useEffect(() => {
    if (values.value && !focusFirst(errors)) focusHeading();
  }, [values.value === undefined]);

  if (!values.value) return null;
  const current = values.value;
  const showError = (name: Name, values: Values) => {
    const error = values[name] ? parse(values, entry?.date).errors[name] : undefined;
    setErrors(({ [name]: _, ...others }) => (error ? { ...others, [name]: error } : others));
  };
  const change = (name: Name, text: string) => {
    const next = { ...current, [name]: text };
    values.value = next;
    void session.database.put("drafts", next, draft);
    // While they are typed, a date and hours are incomplete, so a new error waits until the field is left.
    if (errors[name] || name === "project" || name === "notes") showError(name, next);
  };
  const save = async (typed: Values) => {
    const { fields, errors } = parse(typed, entry?.date);
    setErrors(errors);
    if (!fields) return void focusFirst(errors);
    setBusy(true);
    const { outbox } = session;
    const n = await (entry ? outbox.correct(entry, changedFields(entry, fields)) : outbox.create(fields));
    // The outbox has the values now; a draft that is saved again would be sent twice.
    await session.database.delete("drafts", draft);
    const item = await outcome(session, n);
    setBusy(false);
    if (item?.refused) {
      const refused = errorsOf(item.refused.faults);
      showToast(item.refused.detail);
      if (!entry) return go(`/edit/${encodeURIComponent(item.id)}`, { replace: true });
      setErrors(refused);
      return void focusFirst(refused);
    }
    session.week.value = weekOf(fields.date);
    showToast(item ? "Saved on this device. It is sent when the network is back." : "Saved");
    go("/");
  };
  const step = (quarters: 1 | -1) => {
    const hours = parseHours(current.hours);
    change("hours", inHours(stepHours("value" in hours ? hours.value : undefined, quarters)));
  };
  const field = (name: Name) => ({
    id: name,
    value: current[name],
    onInput: (event: Event) => change(name, (event.currentTarget as HTMLInputElement).value),
    onBlur: ({ relatedTarget: next }: FocusEvent) => {
      // A message that appears while Save is pressed would move Save away from the pointer. Save shows all errors.
      if (next && !(next instanceof HTMLButtonElement && next.type === "submit")) showError(name, current);
    },
    "aria-invalid": errors[name] ? true : undefined,
    "aria-describedby": errors[name] ? `${name}-error` : undefined,
  });
  const error = (name: Name) => errors[name] && <small id={`${name}-error`}>{errors[name]}</small>;

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save(current);
      }}
    >
      <h1>{entry ? "Edit" : "New"}</h1>
      {entry?.status === "rejected" && (
        <p class="reason">Rejected{entry.reason && `: ${entry.reason}`}. Saving resubmits it.</p>
      )}
      {!entry && recent?.last && (
        <button
          type="button"
          class="outline"
          disabled={busy}
          onClick={() => void save({ ...valuesOf(recent.last), date: today() })}
        >
          Repeat {recent.last.project}, {inHours(recent.last.hours)} h
        </button>
      )}
      <label for="project">Project</label>
      <input {...field("project")} list="projects" autocomplete="off" autocapitalize="sentences" />
      {error("project")}
      <datalist id="projects">
        {recent?.projects.map((project) => (
          <option key={project} value={project} />
        ))}
      </datalist>
      <label for="date">Date</label>
      <input {...field("date")} type="date" />
      {error("date") ?? (current.date && <small>{fullDate(current.date)}</small>)}
      <label for="hours">Hours</label>
      <div class="stepper">
        <button type="button" class="outline" aria-label="Subtract 15 minutes" onClick={() => step(-1)}>
          −
        </button>
        <input {...field("hours")} inputMode="decimal" autocomplete="off" />
        <button type="button" class="outline" aria-label="Add 15 minutes" onClick={() => step(1)}>
          +
        </button>
      </div>
      {error("hours")}
      <label for="notes">Notes</label>
      <textarea {...field("notes")} rows={3} />
      {error("notes")}
      <button type="submit" disabled={busy} aria-busy={busy}>
        Save
      </button>
    </form>
  );
}

/** Wait for the outcome of an item. Returns nothing if the server accepted it, otherwise the item. */
async function outcome(session: Session, n: number) {
  const timeout = new Promise((resolve) => setTimeout(resolve, TIMEOUT));
  await Promise.race([session.outbox.sending, timeout]);
  return session.database.get("outbox", n);
}

/** Focus the first field with an error; return whether there is one. */
function focusFirst(errors: Errors): boolean {
  const name = NAMES.find((name) => errors[name]);
  if (name) document.getElementById(name)?.focus();
  return name !== undefined;
}
