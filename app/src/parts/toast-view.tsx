import { useEffect } from "preact/hooks";
import { t } from "../language";
import { hideToast, holdToast, releaseToast, toast } from "../toast";
import { Icon } from "./icon";

const EDITABLE = "input:not([type=checkbox], [type=radio]), textarea";

/**
 * The place of the toast. It is always there: a live region announces only what changes in it.
 *
 * F6 moves the focus to its button, and Ctrl+Z presses it.
 */
export function ToastView() {
  const { text, undo } = toast.value ?? {};
  const takeBack = () => {
    hideToast();
    void undo?.();
  };
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!toast.value) return;
      const typing = event.target instanceof Element && event.target.matches(EDITABLE);
      const isUndo = event.key === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !typing;
      if (isUndo && toast.value.undo) takeBack();
      else if (event.key === "F6") document.querySelector<HTMLElement>(".toast button")?.focus();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  });
  return (
    <div
      role="status"
      class={text ? "toast" : ""}
      onMouseEnter={holdToast}
      onMouseLeave={releaseToast}
      onFocusIn={holdToast}
      onFocusOut={releaseToast}
    >
      {text && (
        <>
          <p>{text}</p>
          {undo && (
            <button type="button" class="btn" onClick={takeBack}>
              {t.undo}
            </button>
          )}
          <button type="button" class="btn square" aria-label={t.dismiss} onClick={hideToast}>
            <Icon name="close" />
          </button>
        </>
      )}
    </div>
  );
}
