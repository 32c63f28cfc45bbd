/** A guard against a second press before the screen shows the first one's result. */

/** Return an action that does nothing while it still runs. */
export function once<A extends unknown[]>(action: (...args: A) => Promise<void>) {
  let isRunning = false;
  return async (...args: A): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    try {
      await action(...args);
    } finally {
      isRunning = false;
    }
  };
}
