import { useSignal } from "@preact/signals";
import { LIMITS } from "../fields/entry-fields";
import { parseText } from "../fields/text";
import { t } from "../language";
import { Fault } from "./fields";
import { Sheet } from "./sheet";

interface Props {
  /** The person or entry that is rejected. */
  name: string;
  person: string;
  /** The entries and hours in words. */
  summary: string;
  close: () => void;
  reject: (reason: string) => void;
}

/** A dialog that asks for the reason of a rejection. */
export function ReasonDialog({ name, person, summary, close, reject }: Props) {
  const text = useSignal("");
  const reason = parseText(text.value, { limit: LIMITS.reason, multiline: true });
  const isSubmitted = useSignal(false);
  const isWrong = "fault" in reason && (reason.fault !== "blank" || isSubmitted.value);
  const error = isWrong ? reason.message : undefined;
  return (
    <Sheet title={t.rejectTitle(name)} close={close}>
      <form
        class="body"
        id="rejection"
        onSubmit={(event) => {
          event.preventDefault();
          isSubmitted.value = true;
          if ("value" in reason) reject(reason.value);
        }}
      >
        <div class="field">
          <label for="reason">{t.reason}</label>
          <textarea
            id="reason"
            class="input"
            rows={3}
            required
            autofocus
            placeholder={t.reasonHint(person)}
            value={text.value}
            aria-invalid={error ? true : undefined}
            aria-describedby={error ? "reason-error" : undefined}
            onInput={(event) => {
              text.value = event.currentTarget.value;
            }}
          />
          {error && <Fault id="reason-error">{error}</Fault>}
        </div>
        <p class="hint">{summary}</p>
      </form>
      <footer>
        <button type="button" class="btn" onClick={close}>
          {t.cancel}
        </button>
        <button type="submit" class="btn danger primary" form="rejection">
          {t.reject}
        </button>
      </footer>
    </Sheet>
  );
}
