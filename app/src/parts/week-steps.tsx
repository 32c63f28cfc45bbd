import { daysOf } from "../fields/dates";
import { formats } from "../fields/formats";
import { t } from "../language";
import { Icon } from "./icon";

const { range } = formats();

interface Props {
  week: string;
  /** Whether no later week can be shown. */
  isLast: boolean;
  turn: (count: number) => void;
  /** Whether the week is the page's heading. */
  isHeading?: boolean;
  note?: string | undefined;
}

/** A week and its arrows. */
export function WeekSteps({ week, isLast, turn, isHeading = false, note }: Props) {
  const days = daysOf(week);
  const Heading = isHeading ? "h1" : "h2";
  const number = t.week(String(Number(week.slice(-2))));
  return (
    <>
      <button type="button" class="btn square" aria-label={t.previousWeek} onClick={() => turn(-1)}>
        <Icon name="left" />
      </button>
      <Heading tabIndex={-1}>
        {range(days[0], days[6])} <small>{note ? `${number}, ${note}` : number}</small>
      </Heading>
      <button
        type="button"
        class="btn square"
        aria-label={t.nextWeek}
        disabled={isLast}
        onClick={() => turn(1)}
      >
        <Icon name="right" />
      </button>
    </>
  );
}
