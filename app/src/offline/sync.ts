/** When to send and load: the network returns, the app becomes visible, or the person signs in again. */

import type { Auth } from "../auth/auth";
import { type Session, online } from "./session";

/** Keep a session synchronised until the returned function is called. */
export function keepInSync(session: Session, auth: Auth): () => void {
  const refresh = () => {
    online.value = navigator.onLine;
    if (navigator.onLine && document.visibilityState === "visible") void session.refresh();
  };
  addEventListener("online", refresh);
  addEventListener("offline", refresh);
  document.addEventListener("visibilitychange", refresh);
  const stop = auth.ended.subscribe((ended) => {
    if (!ended) void session.outbox.flush();
  });
  return () => {
    removeEventListener("online", refresh);
    removeEventListener("offline", refresh);
    document.removeEventListener("visibilitychange", refresh);
    stop();
  };
}
