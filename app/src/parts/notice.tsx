import type { ComponentChildren } from "preact";

/** Something that holds for the whole screen. */
export function Notice({ children }: { children: ComponentChildren }) {
  return (
    <div class="notice" role="status">
      {children}
    </div>
  );
}
