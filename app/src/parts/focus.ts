/** Where the focus goes when the element that has it disappears. */

import { focusHeading } from "../router";

/**
 * Return a function that moves the focus from a row to the next one, to the previous one, or to the heading.
 *
 * @param selector the elements of a list, one in each row, that take the focus
 * @param pressed an element of the row; Safari does not focus a button that is tapped
 */
export function neighbour(selector: string, pressed: Element | null = document.activeElement): () => void {
  const rows = [...document.querySelectorAll<HTMLElement>(selector)];
  const isAround = (row: Element) => row.closest("li")?.contains(pressed) ?? false;
  // The innermost row: an entry is inside its week. A week can disappear with its last entry, and takes all along.
  const index = pressed ? rows.findLastIndex(isAround) : -1;
  const item = rows[index]?.closest("li");
  if (!item) return focusHeading;
  const others = [...rows.slice(index + 1), ...rows.slice(0, index).reverse()];
  const stay = others.filter((row) => !isAround(row) && !item.contains(row));
  return () => {
    const next = stay.find((row) => row.isConnected);
    if (!next) return focusHeading();
    // The screen must not move away from the row that was pressed.
    next.focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };
}
