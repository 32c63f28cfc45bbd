/** Why nothing is loaded or sent at the moment. */

import { signal } from "@preact/signals";
import type { Unavailable } from "../api/errors";

const DELAY = 30_000; // ms until the next attempt

export type Trouble =
  | { kind: "offline" }
  /** `retryAfter` is in milliseconds. */
  | { kind: "server"; status: number; request: string; retryAfter: number }
  | { kind: "unreachable"; retryAfter: number };

export const trouble = signal<Trouble | undefined>(navigator.onLine ? undefined : { kind: "offline" });

/** Tell a device without a network from a server that fails, and from one that does not answer. */
export function troubleOf({ status, request, retryAfter = DELAY }: Unavailable): Trouble {
  if (status !== undefined) return { kind: "server", status, request, retryAfter };
  return navigator.onLine ? { kind: "unreachable", retryAfter } : { kind: "offline" };
}
