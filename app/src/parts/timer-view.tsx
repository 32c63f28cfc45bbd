import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../language";
import { go, newPath } from "../router";
import { clock, measured, stopTimer, timer } from "../timer";
import { UserText } from "./user-text";

const TICK = 10_000; // ms

const now = signal(Date.now());

/** The running timer and the button that stops it: it opens the form with the measured hours. */
export function TimerView() {
  const running = timer.value;
  useEffect(() => {
    now.value = Date.now();
    const tick = setInterval(() => {
      now.value = Date.now();
    }, TICK);
    return () => clearInterval(tick);
  }, [running]);
  if (!running) return null;
  const stop = () => {
    stopTimer();
    go(newPath(measured.value!.date));
  };
  return (
    <span class="timer">
      <UserText>{running.project || t.timer}</UserText>
      <b>{clock(running.start, now.value)}</b>
      <button type="button" class="btn" onClick={stop}>
        {t.stop}
      </button>
    </span>
  );
}
