import { useEffect, useState } from "preact/hooks";

/** Return the time (ms since the epoch), and render again after each interval (ms). */
export function useNow(interval: number): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const tick = setInterval(() => setNow(Date.now()), interval);
    return () => clearInterval(tick);
  }, [interval]);
  return now;
}
