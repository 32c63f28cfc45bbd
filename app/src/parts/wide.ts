import { signal } from "@preact/signals";

/** From this width on there is a rail, a grid and dialogs; widths.css has the same value. */
const query = matchMedia("(width >= 43.75em)");

export const wide = signal(query.matches);

query.addEventListener("change", () => {
  wide.value = query.matches;
});
