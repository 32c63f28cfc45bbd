import { daysOf, shiftWeek } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import type { EntryView } from "../offline/overlay";
import { WORKING_DAYS, byProject, total } from "../offline/week";
import { Banner } from "./banner";
import { UserText } from "./user-text";

const { range, weekday, hours: plainHours, inHours } = formats();
const MAX_PROJECTS = 6;

interface Props {
  week: string;
  before: EntryView[];
  copy: (withNotes: boolean) => void;
}

/** An empty week on a phone: last week, and the button that copies it. */
export function EmptyWeek({ week, before, copy }: Props) {
  const days = daysOf(shiftWeek(week, -1));
  const hours = total(before);
  return (
    <section class="empty" aria-labelledby="nothing">
      <h2 id="nothing">{t.emptyWeek}</h2>
      <p>{hours ? t.emptyWeekCopy(inHours(hours)) : t.emptyWeekStart}</p>
      {hours > 0 && (
        <>
          <table class="preview">
            <caption class="sr">{t.lastWeek(range(days[0], days[6]))}</caption>
            <thead>
              <tr>
                <th scope="col">
                  <span class="sr">{t.project}</span>
                </th>
                {days.slice(0, WORKING_DAYS).map((day) => (
                  <th key={day} scope="col">
                    {weekday(day)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {[...byProject(before)].slice(0, MAX_PROJECTS).map(([project, entries]) => (
                <tr key={project}>
                  <th scope="row">
                    <UserText>{project}</UserText>
                  </th>
                  {days.slice(0, WORKING_DAYS).map((day) => {
                    const hours = total(entries.filter((entry) => entry.date === day));
                    return <td key={day}>{hours ? plainHours(hours) : ""}</td>;
                  })}
                </tr>
              ))}
            </tbody>
          </table>
          <CopyLastWeek copy={copy} />
        </>
      )}
    </section>
  );
}

/** The button, and whether the notes are copied too. */
function CopyLastWeek({ copy }: { copy: (withNotes: boolean) => void }) {
  return (
    <form
      class="copy"
      onSubmit={(event) => {
        event.preventDefault();
        copy(new FormData(event.currentTarget).has("notes"));
      }}
    >
      <button type="submit" class="btn primary">
        {t.copyLastWeek}
      </button>
      <label class="check">
        <input type="checkbox" name="notes" /> {t.withNotes}
      </label>
    </form>
  );
}

/** An empty week above the grid, which shows last week in grey. */
export function EmptyGrid({ before, copy }: Omit<Props, "week">) {
  const hours = total(before);
  return (
    <Banner title={t.emptyWeek} action={hours > 0 && <CopyLastWeek copy={copy} />}>
      {hours ? t.emptyWeekGrid(inHours(hours)) : t.emptyGridStart}
    </Banner>
  );
}
