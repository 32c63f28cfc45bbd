import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { LIMITS } from "../fields/entry-fields";
import { parseText } from "../fields/text";

interface Props {
  open: boolean;
  close: () => void;
  reject: (reason: string) => void;
}

/** A dialog that asks for the reason of a rejection. */
export function ReasonDialog({ open, close, reject }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const text = useSignal("");
  const reason = parseText(text.value, { limit: LIMITS.reason, multiline: true });
  const error = "fault" in reason && reason.fault !== "blank" ? reason.message : undefined;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
    text.value = "";
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="reject-title" onClose={close}>
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          if ("value" in reason) reject(reason.value);
        }}
      >
        <h2 id="reject-title">Reject</h2>
        <label for="reason">Reason</label>
        <textarea
          id="reason"
          required
          value={text.value}
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? "reason-error" : undefined}
          onInput={(event) => {
            text.value = event.currentTarget.value;
          }}
        />
        {error && <small id="reason-error">{error}</small>}
        <div class="actions">
          <button type="button" class="outline" onClick={close}>
            Cancel
          </button>
          <button type="submit">Reject</button>
        </div>
      </form>
    </dialog>
  );
}
