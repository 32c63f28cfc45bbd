import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { today } from "../fields/dates";
import { LIMITS } from "../fields/entry-fields";
import { parseText } from "../fields/text";
import { t } from "../language";
import type { Day } from "../offline/week";
import { Icon } from "../parts/icon";

interface Props {
  days: Day[];
  /** Whether the grid has no cell that Tab reaches. */
  isOnlyStop: boolean;
  /** Return to the cell above. */
  back: () => void;
  add: (project: string) => void;
}

/** The last row of the grid: a button that becomes a field for the name of a project. */
export function AddProject({ days, isOnlyStop, back, add }: Props) {
  const isOpen = useSignal(false);
  const message = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  useLayoutEffect(() => {
    if (isOpen.value) field.current?.focus();
    else if (wasOpen.current) button.current?.focus();
    wasOpen.current = isOpen.value;
  }, [isOpen.value]);
  const submit = (text: string) => {
    const project = parseText(text, { limit: LIMITS.project });
    message.value = "fault" in project && project.fault !== "blank" ? project.message : "";
    if ("fault" in project) return;
    isOpen.value = false;
    add(project.value);
  };
  return (
    <tr>
      <th scope="row">
        {isOpen.value ? (
          <>
            <input
              ref={field}
              class="input"
              aria-label={t.project}
              aria-invalid={message.value ? true : undefined}
              autocomplete="off"
              onKeyDown={(event) => {
                if (event.key === "Enter") submit(event.currentTarget.value);
                else if (event.key !== "Escape") return;
                else isOpen.value = false;
                event.stopPropagation();
              }}
            />
            {message.value && (
              <span class="fault" role="alert">
                {message.value}
              </span>
            )}
          </>
        ) : (
          <button
            ref={button}
            type="button"
            class="btn quiet add"
            tabIndex={isOnlyStop ? 0 : -1}
            onClick={() => {
              isOpen.value = true;
            }}
            onKeyDown={(event) => {
              if (event.key === "ArrowUp") back();
            }}
          >
            <Icon name="plus" /> {t.addProject}
          </button>
        )}
      </th>
      {days.map((day) => (
        <td
          key={day.date}
          class={day.date === today() ? "now" : day.isWeekend ? "off" : undefined}
          aria-readonly
        />
      ))}
      <td class="sum" />
    </tr>
  );
}
