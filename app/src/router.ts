/** The address: which screen, and what of. */

import { signal } from "@preact/signals";

export const path = signal(location.pathname);

export function go(to: string, { replace = false } = {}): void {
  if (to !== location.pathname) history[replace ? "replaceState" : "pushState"](null, "", to);
  path.value = to;
  scrollTo(0, 0);
}

/** Begin where the screen begins: at its heading. */
export function focusHeading(): void {
  const heading = document.querySelector("h1");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
}

addEventListener("popstate", () => {
  path.value = location.pathname;
});

// Links of our own change the screen without loading the page anew.
document.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
  if (!link || link.origin !== location.origin || link.target || !plain) return;
  event.preventDefault();
  go(link.pathname);
});
