import type { ReadonlySignal } from "@preact/signals";
import { signal } from "@preact/signals";
import { formats } from "../dates";

const { ago } = formats();

const now = signal(Date.now());
setInterval(() => (now.value = Date.now()), 30_000);

/** How old what is shown is, and the way to newer. */
export function Freshness({ seen, loading, refresh }: { seen: ReadonlySignal<number | undefined>; loading: boolean; refresh: () => void }) {
  return (
    <p class="freshness">
      <small>{seen.value === undefined ? "Not seen yet" : `As of ${ago(seen.value, Math.max(now.value, seen.value))}`}</small>
      <button class="outline" aria-busy={loading} disabled={loading} onClick={refresh}>
        Refresh
      </button>
    </p>
  );
}
