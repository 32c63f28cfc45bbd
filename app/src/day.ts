/** Today, and the change to the next week while the app is open. */

import { effect, signal } from "@preact/signals";
import { today, weekOf } from "./fields/dates";
import { go, route, weekPath } from "./router";

const MINUTE = 60_000; // ms

/** Today, which changes while the app is open. */
export const day = signal(today());

/** Go on to the new week when one begins while this week is shown; below a sheet, once the sheet is closed. */
export function followDays(): () => void {
  /** The week that ended and may still be on the screen. */
  let ended: string | undefined;
  const leave = () => {
    const shown = route.value;
    if (!ended || shown.screen === "new" || shown.screen === "edit") return;
    const isShown = shown.screen === "week" && shown.week === ended;
    ended = undefined;
    if (isShown) go(weekPath(weekOf(day.peek())), { replace: true });
  };
  const check = () => {
    const before = weekOf(day.value);
    day.value = today();
    if (weekOf(day.value) === before) return;
    ended = before;
    leave();
  };
  const stop = effect(leave);
  const timer = setInterval(check, MINUTE);
  document.addEventListener("visibilitychange", check);
  return () => {
    stop();
    clearInterval(timer);
    document.removeEventListener("visibilitychange", check);
  };
}
