/** Icons and state marks; their shapes are in index.html. */

export type State = "pending" | "approved" | "rejected" | "unsent" | "unusual";

type Name = "brand" | "week" | "plus" | "approve" | "person" | "left" | "right" | "close" | "check" | "more";

export function Icon({ name }: { name: Name | "pen" | "cloud-off" }) {
  return (
    <svg class="icon" aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}

/** The mark of a state: its shape says it, and its colour repeats it. */
export function Mark({ state }: { state: State }) {
  return (
    <svg class={`mark ${state}`} aria-hidden="true">
      <use href={`#i-${state}`} />
    </svg>
  );
}
