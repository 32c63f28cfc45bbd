import { formats } from "../dates";

const { hours: inHours, weekday } = formats();
const HEIGHT = 48;

/** A bar for each day of a week, a full one for eight hours or the longest day. */
export function WeekBars({ days, hours }: { days: string[]; hours: number[] }) {
  const full = Math.max(8, ...hours);
  const words = days.map((day, index) => `${weekday(day)} ${inHours(hours[index] ?? 0)} h`).join(", ");
  return (
    <svg class="bars" viewBox={`0 0 ${days.length * 40} ${HEIGHT + 16}`} role="img" aria-label={words}>
      {days.map((day, index) => {
        const height = ((hours[index] ?? 0) / full) * HEIGHT;
        return (
          <g transform={`translate(${index * 40 + 6} 0)`}>
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
