import { useSignal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { Fields } from "../api";
import { formats, parseHours, stepHours, today, weekOf } from "../dates";
import type { Shown } from "../outbox";
import { focusHeading, go } from "../router";
import { type Session, tell } from "../state";

const { hours: inHours, typed: asDigits } = formats();
const PATIENCE = 5000; // ms for the server's word, before the list is shown with the entry still on its way

type Typed = Record<"project" | "date" | "hours" | "notes", string>;
type Faults = Partial<Record<keyof Typed, string>>;

/** Log an entry, or correct one; what is typed is kept until it is saved, whatever happens. */
export function EntryForm({ session, id }: { session: Session; id?: string }) {
  const draft = id ?? "new";
  const typed = useSignal<Typed | undefined>(undefined);
  const [entry, setEntry] = useState<Shown>();
  const [faults, setFaults] = useState<Faults>({});
  const [busy, setBusy] = useState(false);
  const [recent, setRecent] = useState<Awaited<ReturnType<Session["recent"]>>>();

  useEffect(() => {
    void (async () => {
      const [found, kept, known] = await Promise.all([
        id ? session.find(id) : undefined,
        session.database.get("drafts", draft),
        session.recent(),
      ]);
      if (id && !found) return go("/", { replace: true });
      setEntry(found);
      setRecent(known);
      setFaults(faultsOf(found));
      typed.value = (kept as Typed | undefined) ?? asTyped(found);
    })();
  }, []);

  useEffect(() => {
    if (typed.value && !focusFirst(faults)) focusHeading();
  }, [typed.value === undefined]);

  if (!typed.value) return null;
  const now = typed.value;
  const type = (changes: Partial<Typed>) => {
    typed.value = { ...now, ...changes };
    void session.database.put("drafts", { ...now, ...changes }, draft);
  };
  const save = async (what: Typed) => {
    const read = asFields(what);
    setFaults(read.faults);
    if (!read.fields) return void focusFirst(read.faults);
    setBusy(true);
    const n = entry ? await session.outbox.corrected(entry, changed(entry, read.fields)) : await session.outbox.logged(read.fields);
    // The outbox keeps it from here on: typed a second time, it would be sent a second time.
    await session.database.delete("drafts", draft);
    const item = await outcome(session, n);
    setBusy(false);
    if (item?.refused) {
      // It waits under an address of its own now, as typed, for its faults to be mended.
      const told = Object.fromEntries(item.refused.faults.map((fault) => [fault.pointer.slice(1), fault.detail]));
      tell(item.refused.detail);
      if (!entry) return go(`/edit/${encodeURIComponent(item.id)}`, { replace: true });
      setFaults(told);
      return void focusFirst(told);
    }
    session.week.value = weekOf(read.fields.date);
    tell(item ? "Saved on this phone. It is sent as soon as there is a network." : "Saved");
    go("/");
  };
  const hours = parseHours(now.hours);
  const step = (quarters: 1 | -1) => type({ hours: asDigits(stepHours(hours, quarters)) });
  const field = (name: keyof Typed) => ({
    id: name,
    value: now[name],
    onInput: (event: Event) => type({ [name]: (event.currentTarget as HTMLInputElement).value }),
    "aria-invalid": faults[name] ? true : undefined,
    "aria-describedby": faults[name] ? `${name}-fault` : undefined,
  });
  const fault = (name: keyof Typed) => faults[name] && <small id={`${name}-fault`}>{faults[name]}</small>;

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save(now);
      }}
    >
      <h1>{entry ? "Edit" : "New"}</h1>
      {entry?.status === "rejected" && (
        <p class="reason">
          Rejected{entry.reason && `: ${entry.reason}`}. Saved again, it goes back for approval.
        </p>
      )}
      {!entry && recent?.last && (
        <button
          type="button"
          class="outline"
          disabled={busy}
          onClick={() => void save({ ...asTyped(recent.last), date: today() })}
        >
          Repeat {recent.last.project}, {inHours(recent.last.hours)} h
        </button>
      )}
      <label for="project">Project</label>
      <input {...field("project")} list="projects" maxLength={100} autocomplete="off" autocapitalize="sentences" />
      {fault("project")}
      <datalist id="projects">
        {recent?.projects.map((project) => (
          <option value={project} />
        ))}
      </datalist>
      <label for="date">Date</label>
      <input {...field("date")} type="date" />
      {fault("date")}
      <label for="hours">Hours</label>
      <div class="stepper">
        <button type="button" class="outline" aria-label="A quarter of an hour less" onClick={() => step(-1)}>
          −
        </button>
        <input {...field("hours")} inputMode="decimal" autocomplete="off" />
        <button type="button" class="outline" aria-label="A quarter of an hour more" onClick={() => step(1)}>
          +
        </button>
      </div>
      {fault("hours")}
      <label for="notes">Notes</label>
      <textarea {...field("notes")} rows={3} maxLength={1000} />
      {fault("notes")}
      <button type="submit" disabled={busy} aria-busy={busy}>
        Save
      </button>
    </form>
  );
}

/** Wait for the server's word: the item as it is then, or nothing if the server took it. */
async function outcome(session: Session, n: number) {
  const patience = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  await Promise.race([session.outbox.sending, patience]);
  return session.database.get("outbox", n);
}

function asTyped(entry: Pick<Shown, "project" | "date" | "hours" | "notes"> | undefined): Typed {
  if (!entry) return { project: "", date: today(), hours: "", notes: "" };
  return { project: entry.project, date: entry.date, hours: asDigits(entry.hours), notes: entry.notes ?? "" };
}

/** Read what was typed by the API's own rules, so that they are told without a network, too. */
function asFields(typed: Typed): { fields?: Fields; faults: Faults } {
  const [project, notes] = [typed.project.trim(), typed.notes.trim()];
  const hours = parseHours(typed.hours);
  const faults: Faults = {};
  if (!project) faults.project = "Which project?";
  if (!/^\d{4}-\d\d-\d\d$/.test(typed.date)) faults.date = "Which day?";
  if (hours === undefined) faults.hours = "More than 0 and at most 24, such as 7.5 or 7:30";
  if (hours === undefined || Object.keys(faults).length) return { faults };
  return { fields: { project, date: typed.date, hours, notes: notes || null }, faults };
}

/** What differs, so that it leaves alone what someone else changes meanwhile; all of it where nothing does. */
function changed(entry: Shown, fields: Fields): Partial<Fields> {
  const differs = (name: keyof Fields) => (entry[name] ?? null) !== fields[name];
  const changes = Object.entries(fields).filter(([name]) => differs(name as keyof Fields));
  return changes.length ? Object.fromEntries(changes) : fields;
}

function faultsOf(entry: Shown | undefined): Faults {
  const faults = entry?.waiting?.refused?.faults ?? [];
  return Object.fromEntries(faults.map((fault) => [fault.pointer.slice(1), fault.detail]));
}

function focusFirst(faults: Faults): boolean {
  const first = (["project", "date", "hours", "notes"] as const).find((name) => faults[name]);
  if (first) document.getElementById(first)?.focus();
  return first !== undefined;
}
