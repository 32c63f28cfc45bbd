/**
 * When to send and load: the network returns, the app becomes visible, or the person signs in again. And a message
 * when the browser could not store what a person did.
 */

import { effect } from "@preact/signals";
import type { Auth } from "../auth/auth";
import { t } from "../language";
import { showToast } from "../toast";
import type { Session } from "./session";
import { isOffline, trouble } from "./trouble";

const MAX_AGE = 3_600_000; // ms of a list on a visible screen

/** Keep a session synchronised until the returned function is called. */
export function keepInSync(session: Session, auth: Auth): () => void {
  const refresh = () => {
    if (isOffline()) trouble.value = { kind: "offline" };
    else if (document.visibilityState === "visible") void session.refresh();
    // Send also the changes that could be undone: the app may be closed and not be opened for days.
    else void session.outbox.flush({ now: true });
  };
  const reportStorage = (event: PromiseRejectionEvent) => {
    if (!(event.reason instanceof DOMException)) return;
    event.preventDefault();
    // The single requests of an aborted transaction fail with this name; the transaction fails with the cause.
    if (event.reason.name !== "AbortError") showToast(t.notStored);
  };
  addEventListener("unhandledrejection", reportStorage);
  const hourly = setInterval(refresh, MAX_AGE);
  addEventListener("online", refresh);
  addEventListener("offline", refresh);
  document.addEventListener("visibilitychange", refresh);
  const stopEnded = auth.ended.subscribe((ended) => {
    if (!ended) void session.outbox.flush();
  });
  const stopTrouble = effect(() => {
    const found = trouble.value;
    if (!found || found.kind === "offline") return undefined;
    const timer = setTimeout(refresh, Math.max(0, found.retryAt - Date.now()));
    return () => clearTimeout(timer);
  });
  return () => {
    removeEventListener("unhandledrejection", reportStorage);
    clearInterval(hourly);
    removeEventListener("online", refresh);
    removeEventListener("offline", refresh);
    document.removeEventListener("visibilitychange", refresh);
    stopEnded();
    stopTrouble();
  };
}
