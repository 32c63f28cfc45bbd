/** Where the focus goes when the element that has it disappears. */

import { focusHeading } from "../router";

/**
 * Return a function that moves the focus from a row to the next one, to the previous one, or to the heading.
 *
 * @param selector the elements of a list, one in each row, that take the focus
 */
export function neighbour(selector: string): () => void {
  const rows = [...document.querySelectorAll<HTMLElement>(selector)];
  const index = rows.findIndex((row) => row.closest("li")?.contains(document.activeElement) ?? false);
  if (index < 0) return focusHeading;
  return () => {
    const next = [...rows.slice(index + 1), ...rows.slice(0, index).reverse()].find((row) => row.isConnected);
    if (next) next.focus();
    else focusHeading();
  };
}
