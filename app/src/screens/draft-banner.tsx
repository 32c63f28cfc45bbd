import { isDay } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import { Banner } from "../parts/banner";
import type { Draft } from "../offline/drafts";

const { dayAndTime, shortDay } = formats();

/** The age of a draft and the day that it is for, or the start of its timer; with a button to discard it. */
export function DraftBanner({ draft, discard }: { draft: Draft; discard: () => void }) {
  const { at, date, start } = draft;
  return (
    <Banner
      tone="waiting"
      icon="pen"
      title={
        start ? t.timerFrom(dayAndTime(Number(start))) : t.draftFrom(dayAndTime(Number(at ?? Date.now())))
      }
      slim
      action={
        <button type="button" class="btn" onClick={discard}>
          {t.discard}
        </button>
      }
    >
      {date && isDay(date) && t.draftFor(shortDay(date))}
    </Banner>
  );
}

/**
 * The timer ran suspiciously long: offer the time at which the app was last used as its end.
 *
 * @param lastUse in milliseconds since the epoch, or 0 if it is not known
 */
export function ForgottenTimer({ lastUse, take }: { lastUse: number; take: () => void }) {
  return (
    <Banner
      tone="waiting"
      mark="unusual"
      title={t.forgotToStop}
      slim
      action={
        lastUse > 0 && (
          <button type="button" class="btn" onClick={take}>
            {t.useThatTime}
          </button>
        )
      }
    >
      {lastUse > 0 && t.lastUse(dayAndTime(lastUse))}
    </Banner>
  );
}
