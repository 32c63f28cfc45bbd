import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../language";
import type { CellFault } from "./edits";

interface Props {
  /** The note of the entry. */
  text: string;
  /** The text that could not be saved. */
  fault: CellFault | undefined;
  /** Whether the person opened the field, so that it takes the focus. */
  isOpen: boolean;
  save: (text: string) => void;
  close: () => void;
}

/** The note of an entry. It is saved by Enter and when the field is left; Escape restores the saved note. */
export function NoteField({ text, fault, isOpen, save, close }: Props) {
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    if (isOpen) field.current?.focus(); // before the next key
  }, [isOpen]);
  return (
    <div class="note-field">
      <textarea
        ref={field}
        class="input"
        rows={2}
        aria-label={t.notes}
        aria-invalid={fault ? true : undefined}
        aria-describedby={fault ? "note-fault" : undefined}
        defaultValue={fault?.text ?? text}
        onBlur={(event) => save(event.currentTarget.value)}
        onKeyDown={(event) => {
          const isEnter = event.key === "Enter" && !event.shiftKey && !event.isComposing;
          if (!isEnter && event.key !== "Escape") return;
          event.preventDefault();
          if (event.key === "Escape") event.currentTarget.value = text;
          save(event.currentTarget.value);
          close();
        }}
      />
      {fault && (
        <p class="fault" id="note-fault" role="alert">
          {fault.message}
        </p>
      )}
    </div>
  );
}
