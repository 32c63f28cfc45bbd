import { formats } from "../fields/formats";
import { t } from "../language";
import { Banner } from "../parts/banner";
import type { Draft } from "./drafts";

const { dayAndTime, shortDay, time } = formats();

/** The age of a draft and the day that it is for, with a button to discard it. */
export function DraftBanner({ draft, discard }: { draft: Draft; discard: () => void }) {
  const { at, date } = draft;
  return (
    <Banner
      tone="waiting"
      icon="pen"
      title={t.draftFrom(dayAndTime(Number(at ?? Date.now())))}
      slim
      action={
        <button type="button" class="btn" onClick={discard}>
          {t.discard}
        </button>
      }
    >
      {date && /^\d{4}-\d\d-\d\d$/.test(date) && t.draftFor(shortDay(date))}
    </Banner>
  );
}

/** The timer ran suspiciously long: offer the time at which the app was last used as its end. */
export function ForgottenTimer({ lastUse, take }: { lastUse: number; take: () => void }) {
  return (
    <Banner
      tone="waiting"
      mark="unusual"
      title={t.forgotToStop}
      slim
      action={
        <button type="button" class="btn" onClick={take}>
          {t.stoppedThen}
        </button>
      }
    >
      {t.lastUse(time(lastUse))}
    </Banner>
  );
}
