/** The fields of the entry sheet. Each is a label, the field, chips for quick choice, and its fault. */

import type { ComponentChildren } from "preact";
import { daysOf, isDay, weekOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { parseHours } from "../fields/hours";
import { t } from "../language";
import { Mark } from "./icon";
import { UserText } from "./user-text";

const { day: dayInWords, weekday, dayOfMonth, hours: plainHours } = formats();
const QUICK_HOURS = [0.5, 1, 2, 4, 8] as const;

interface InputProps {
  id: string;
  value: string;
  onInput: (event: Event) => void;
  onBlur: (event: FocusEvent) => void;
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
}

interface FieldProps {
  /** The properties of the input element, with its id. */
  input: InputProps;
  value: string;
  set: (text: string) => void;
  fault: ComponentChildren;
}

export function Fault({ id, children }: { id: string; children: string }) {
  return (
    <p class="fault" id={id}>
      <Mark state="rejected" /> {children}
    </p>
  );
}

export function Warning({ children }: { children: string }) {
  return (
    <p class="warn" role="status">
      <Mark state="unusual" /> {children}
    </p>
  );
}

export function ProjectField({ input, value, set, fault, projects }: FieldProps & { projects: string[] }) {
  return (
    <div class="field">
      <label for="project">{t.project}</label>
      {projects.length > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset cannot be a flex container everywhere
        <div class="chips" role="group" aria-label={t.recentProjects}>
          {projects.map((project) => (
            <label key={project} class="chip">
              <input type="radio" name="recent" checked={value === project} onChange={() => set(project)} />
              <span class="clip">
                <UserText>{project}</UserText>
              </span>
            </label>
          ))}
        </div>
      )}
      <input
        {...input}
        class="input"
        autocomplete="off"
        autocapitalize="sentences"
        placeholder={projects.length ? t.anotherProject : undefined}
      />
      {fault}
    </div>
  );
}

export function HoursField({ input, value, set, fault, timer }: FieldProps & { timer: ComponentChildren }) {
  const parsed = parseHours(value);
  return (
    <div class="field">
      <div class="label-row">
        <label for="hours">{t.hours}</label>
        {timer}
      </div>
      <div class="pair">
        <input {...input} class="input" inputMode="text" autocomplete="off" />
        {/* biome-ignore lint/a11y/useSemanticElements: see above */}
        <div class="chips" role="group" aria-label={t.quickHours}>
          {QUICK_HOURS.map((hours) => (
            <label key={hours} class="chip">
              <input
                type="radio"
                name="quick-hours"
                aria-label={t.hoursNames[hours]}
                checked={"value" in parsed && parsed.value === hours}
                onChange={() => set(plainHours(hours))}
              />
              <span class="clip">{hours === 0.5 ? "½" : plainHours(hours)}</span>
            </label>
          ))}
        </div>
      </div>
      {fault || (
        <p class="hint" id="hours-hint">
          {t.hoursHint}
        </p>
      )}
    </div>
  );
}

interface DaysProps extends Omit<FieldProps, "value" | "set"> {
  /** The days for which the entry is logged; the first one is in the field. */
  days: string[];
  choose: (days: string[]) => void;
  /** Whether only one day can be chosen: an entry that exists moves. */
  isSingle: boolean;
  /** The week whose days are offered while the field is empty. */
  week: string;
}

export function DaysField({ input, days, choose, isSingle, week, fault }: DaysProps) {
  const [first = ""] = days;
  const toggle = (day: string) => {
    if (isSingle) choose([day]);
    else choose(days.includes(day) ? days.filter((other) => other !== day) : [...days, day].sort());
  };
  return (
    <div class="field">
      <div class="label-row">
        <label for="date">{t.date}</label>
        <input {...input} class="input date" type="date" />
      </div>
      {/* biome-ignore lint/a11y/useSemanticElements: see above */}
      <div class="chips week-chips" role="group" aria-label={t.daysOfWeek}>
        {daysOf(isDay(first) ? weekOf(first) : week).map((day) => (
          <label key={day} class="chip">
            <input
              type={isSingle ? "radio" : "checkbox"}
              name="day"
              aria-label={dayInWords(day)}
              checked={days.includes(day)}
              onChange={() => toggle(day)}
            />
            <span class="clip">
              {weekday(day)}
              <small>{dayOfMonth(day)}</small>
            </span>
          </label>
        ))}
      </div>
      {fault}
    </div>
  );
}
