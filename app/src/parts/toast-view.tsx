import { hideToast, toast } from "../toast";

/** The place of the toast. It is always there: a live region announces only what changes in it. */
export function ToastView() {
  const { text, undo } = toast.value ?? {};
  const takeBack = () => {
    hideToast();
    void undo?.();
  };
  return (
    <div class="toast" role="status">
      {text && (
        <p>
          {text}
          {undo && (
            <button type="button" class="outline" onClick={takeBack}>
              Undo
            </button>
          )}
        </p>
      )}
    </div>
  );
}
