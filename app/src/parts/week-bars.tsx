import { formats } from "../fields/formats";

const { hours: inHours, weekday } = formats();
const HEIGHT = 48;
const TARGET = 8; // hours of a full bar, unless a day has more

/** A bar chart of the hours of each day. */
export function WeekBars({ days, hours }: { days: string[]; hours: number[] }) {
  const max = Math.max(TARGET, ...hours);
  const label = days.map((day, index) => `${weekday(day)} ${inHours(hours[index] ?? 0)} h`).join(", ");
  return (
    <svg class="bars" viewBox={`0 0 ${days.length * 40} ${HEIGHT + 16}`} role="img" aria-label={label}>
      {days.map((day, index) => {
        const height = ((hours[index] ?? 0) / max) * HEIGHT;
        return (
          <g key={day} transform={`translate(${index * 40 + 6} 0)`}>
            <rect class="back" width="28" height={HEIGHT} rx="4" />
            <rect y={HEIGHT - height} width="28" height={height} rx="4" />
            <text x="14" y={HEIGHT + 13}>
              {weekday(day)}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
