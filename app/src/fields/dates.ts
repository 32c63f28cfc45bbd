/** Calendar arithmetic on days (`YYYY-MM-DD`) and ISO 8601 weeks (`2026-W47`), independent of time zones. */

/** The default range of dates in the API: a fixed first day, and a number of days after today. */
export const FIRST_DAY = "2000-01-01";
const DAYS_AHEAD = 366;

const DAY = 86_400_000; // ms

/** Return the current day in the device's time zone. */
export function today(now = new Date()): string {
  const part = (number: number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${part(now.getMonth() + 1)}-${part(now.getDate())}`;
}

export function addDays(day: string, count: number): string {
  return new Date(utc(day) + count * DAY).toISOString().slice(0, 10);
}

/** Return whether a text is a day of the calendar. */
export function isDay(text: string): boolean {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(utc(text)) && addDays(text, 0) === text;
}

/** Return the latest day of an entry. */
export function lastDay(now = today()): string {
  return addDays(now, DAYS_AHEAD);
}

/** Return the ISO week of a day. Weeks begin on Monday and belong to the year of their Thursday. */
export function weekOf(day: string): string {
  const thursday = addDays(day, 4 - weekday(day));
  const year = thursday.slice(0, 4);
  const count = Math.floor((utc(thursday) - utc(`${year}-01-01`)) / DAY / 7) + 1;
  return `${year}-W${String(count).padStart(2, "0")}`;
}

/** Return the seven days of a week, from Monday. */
export function daysOf(week: string): [string, string, string, string, string, string, string] {
  const [year = "", number = ""] = week.split("-W");
  const fourth = `${year}-01-04`; // is always in the first week
  const monday = addDays(fourth, 1 - weekday(fourth) + (Number(number) - 1) * 7);
  const day = (count: number) => addDays(monday, count);
  return [monday, day(1), day(2), day(3), day(4), day(5), day(6)];
}

export function shiftWeek(week: string, count: number): string {
  return weekOf(addDays(daysOf(week)[0], 7 * count));
}

function weekday(day: string): number {
  return new Date(utc(day)).getUTCDay() || 7;
}

/** Return the start of a day in UTC, in milliseconds since the epoch. */
export function utc(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
