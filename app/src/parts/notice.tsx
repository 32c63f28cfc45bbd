import type { ComponentChildren } from "preact";

/** A message about the whole screen. */
export function Notice({ children }: { children: ComponentChildren }) {
  return (
    <div class="notice" role="status">
      {children}
    </div>
  );
}
