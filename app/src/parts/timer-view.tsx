import { t } from "../language";
import type { Session } from "../offline/session";
import { once } from "../once";
import { go, newPath } from "../router";
import { keepMeasured } from "../offline/drafts";
import { type Timer, clearTimer, clock, measure, noteUse, timer } from "../timer";
import { useNow } from "./now";
import { UserText } from "./user-text";

const TICK = 10_000; // ms

/** The running timer and the button that stops it: it opens the form with the measured hours. */
export function TimerView({ session }: { session: Session }) {
  return timer.value ? <Running session={session} running={timer.value} /> : null;
}

function Running({ session, running }: { session: Session; running: Timer }) {
  const now = useNow(TICK);
  return (
    <span class="timer">
      <UserText>{running.project || t.timer}</UserText>
      <b>{clock(running.start, now)}</b>
      <button type="button" class="btn" onClick={() => void stop(session)}>
        {t.stop}
      </button>
    </span>
  );
}

/** Stop the timer once its hours are kept as a draft, and open that. */
const stop = once(async (session: Session) => {
  noteUse();
  if (!timer.value) return;
  const measured = measure(timer.value);
  await keepMeasured(session, measured);
  clearTimer();
  go(newPath(measured.date));
});
