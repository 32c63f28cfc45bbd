/** Runs requests: says that one runs, and why one failed. */

import { computed, signal } from "@preact/signals";
import { Problem } from "../api/errors";
import { SignedOut } from "../auth/auth";
import { showToast } from "../toast";
import { type Database, acceptedCount } from "./database";
import type { Outbox } from "./outbox";
import { report, reportSuccess } from "./trouble";

export class Loader {
  readonly loading = computed(() => this.running.value > 0);
  private readonly running = signal(0);
  private closed = false;

  constructor(
    private readonly database: Database,
    private readonly outbox: Outbox,
    /** Show the stored data, after each request. */
    private readonly show: () => Promise<void>,
  ) {}

  /** Return the result of a request; nothing if it fails, and the screen keeps the stored data. */
  async run<R>(request: () => Promise<R>): Promise<R | undefined> {
    this.running.value += 1;
    try {
      const result = await request();
      reportSuccess();
      return result;
    } catch (error) {
      if (this.closed || error instanceof SignedOut || report(error)) return undefined;
      if (!(error instanceof Problem)) throw error;
      showToast(error.message);
      return undefined;
    } finally {
      this.running.value -= 1;
      await this.show();
    }
  }

  /**
   * Send unsent changes, then request something and store it; again as long as a change is accepted in the meantime.
   *
   * @param store stores the answer unless a change was accepted since the request, and returns whether it is stored
   */
  async latest<R>(
    request: () => Promise<R>,
    store: (answer: R, since: number) => Promise<boolean>,
  ): Promise<R> {
    await this.outbox.flush();
    for (;;) {
      const since = await acceptedCount(this.database);
      const answer = await request();
      if (await store(answer, since)) return answer;
    }
  }

  /** Ignore the failures of requests that still run. */
  close(): void {
    this.closed = true;
  }
}
