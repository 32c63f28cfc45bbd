import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../language";
import { Icon } from "./icon";

interface Props {
  title: string;
  /** Called by Escape, by a press beside the sheet and by the button Close. */
  close: () => void;
  /** Whether the sheet is a screen of its own, so that its title is the page's heading. */
  isScreen?: boolean;
  children: ComponentChildren;
}

/** A sheet from the bottom of a phone, or a dialog in the middle of a wide screen. Closing returns the focus. */
export function Sheet({ title, close, isScreen = false, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  /** Whether the last press began beside the sheet. */
  const pressed = useRef(false);
  const Heading = isScreen ? "h1" : "h2";
  useLayoutEffect(() => {
    const element = dialog.current!;
    element.showModal();
    return () => element.close();
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape is the key
    <dialog
      ref={dialog}
      class="sheet"
      aria-labelledby="sheet-title"
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
      onPointerDown={({ target, currentTarget }) => {
        pressed.current = target === currentTarget;
      }}
      onClick={({ target, currentTarget }) => {
        // A selection of text can end beside the sheet: only a press that began there closes it.
        if (pressed.current && target === currentTarget) close();
      }}
    >
      <header>
        <Heading id="sheet-title" tabIndex={-1}>
          {title}
        </Heading>
        <button type="button" class="btn square" aria-label={t.close} onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {children}
    </dialog>
  );
}
