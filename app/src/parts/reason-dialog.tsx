import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

interface Props {
  open: boolean;
  close: () => void;
  reject: (reason: string) => void;
}

/** A dialog that asks for the reason of a rejection. */
export function ReasonDialog({ open, close, reject }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const reason = useSignal("");
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
    reason.value = "";
  }, [open]);
  return (
    <dialog ref={dialog} aria-labelledby="reject-title" onClose={close}>
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.value.trim()) reject(reason.value.trim());
        }}
      >
        <h2 id="reject-title">Reject</h2>
        <label for="reason">Reason</label>
        <textarea
          id="reason"
          required
          maxLength={1000}
          value={reason.value}
          onInput={(event) => {
            reason.value = event.currentTarget.value;
          }}
        />
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
