/** Runs requests: says that one runs, and why one failed. */

import { signal } from "@preact/signals";
import { Problem, Unavailable } from "../api/errors";
import { SignedOut } from "../auth/auth";
import { showToast } from "../toast";
import type { Outbox } from "./outbox";
import { trouble, troubleOf } from "./trouble";

export class Loader {
  readonly loading = signal(false);
  private closed = false;

  constructor(
    private readonly outbox: Outbox,
    /** Show the stored data, after each request. */
    private readonly show: () => Promise<void>,
  ) {}

  /** Return the result of a request; nothing if it fails, and the screen keeps the stored data. */
  async run<R>(request: () => Promise<R>): Promise<R | undefined> {
    this.loading.value = true;
    try {
      const result = await request();
      trouble.value = undefined;
      return result;
    } catch (error) {
      if (error instanceof Unavailable) trouble.value = troubleOf(error);
      else if (error instanceof Problem) showToast(error.message);
      else if (!(error instanceof SignedOut || this.closed)) throw error;
      return undefined;
    } finally {
      this.loading.value = false;
      await this.show();
    }
  }

  /** Request a list after sending unsent changes, and again if one was accepted in the meantime. */
  async latest<R>(list: () => Promise<R>): Promise<R> {
    await this.outbox.flush();
    for (;;) {
      const before = this.outbox.accepted;
      const found = await list();
      if (this.outbox.accepted === before) return found;
    }
  }

  /** Ignore the failures of requests that still run. */
  close(): void {
    this.closed = true;
  }
}
