/** Why nothing is loaded, sent or stored at the moment. */

import { signal } from "@preact/signals";
import { Unavailable } from "../api/errors";

const DELAY = 30_000; // ms until the next attempt

interface Retry {
  /** The time of the next attempt, in milliseconds since the epoch. */
  retryAt: number;
}

export type Trouble =
  | { kind: "offline" }
  | ({ kind: "server"; status: number; request: string } & Retry)
  | ({ kind: "unreachable" | "foreign" | "storage" } & Retry);

export const trouble = signal<Trouble | undefined>(withoutFailure());

/** Return whether the device has no network. Nothing is sent then: an attempt would end the time for Undo. */
export function isOffline(): boolean {
  return globalThis.navigator?.onLine === false;
}

/**
 * Show why a request failed, if the network, the server or the browser's storage is the cause; return whether it is.
 *
 * The lists and the outbox are retried at different times: the next one is shown.
 */
export function report(error: unknown, now = Date.now()): boolean {
  const found = troubleOf(error, now);
  if (!found) return false;
  const before = trouble.peek();
  if ("retryAt" in found && before && "retryAt" in before && before.retryAt > now) {
    found.retryAt = Math.min(found.retryAt, before.retryAt);
  }
  trouble.value = found;
  return true;
}

/** Remove the failure from the screen after a response, which can come after the device lost the network. */
export function reportSuccess(): void {
  trouble.value = withoutFailure();
}

function withoutFailure(): Trouble | undefined {
  return isOffline() ? { kind: "offline" } : undefined;
}

function troubleOf(error: unknown, now: number): Trouble | undefined {
  if (error instanceof DOMException) return { kind: "storage", retryAt: now + DELAY };
  if (!(error instanceof Unavailable)) return undefined;
  if (isOffline()) return { kind: "offline" };
  const { status, request, isForeign, retryAfter = DELAY } = error;
  const retryAt = now + retryAfter;
  if (isForeign) return { kind: "foreign", retryAt };
  return status === undefined
    ? { kind: "unreachable", retryAt }
    : { kind: "server", status, request, retryAt };
}
