import { type ReadonlySignal, signal } from "@preact/signals";
import { formats } from "../fields/formats";

const { ago } = formats();

const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 30_000);

interface Props {
  loadedAt: ReadonlySignal<number | undefined>;
  loading: boolean;
  refresh: () => void;
}

/** The age of the shown data, and a button to load it again. */
export function Freshness({ loadedAt, loading, refresh }: Props) {
  const time = loadedAt.value;
  return (
    <p class="freshness">
      <small>
        {time === undefined ? "Not loaded yet" : `Updated ${ago(time, Math.max(now.value, time))}`}
      </small>
      <button type="button" class="outline" aria-busy={loading} disabled={loading} onClick={refresh}>
        Refresh
      </button>
    </p>
  );
}
