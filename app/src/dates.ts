/** Days as `YYYY-MM-DD`, weeks as ISO 8601 has them (`2026-W47`), hours of two decimals. No time zones: a day is a day. */

const DAY = 86_400_000;

/** The day it is here and now. */
export function today(now = new Date()): string {
  const part = (number: number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${part(now.getMonth() + 1)}-${part(now.getDate())}`;
}

export function addDays(day: string, count: number): string {
  return new Date(at(day) + count * DAY).toISOString().slice(0, 10);
}

/** The ISO week that a day is in: weeks begin on Monday, and belong to the year that has their Thursday. */
export function weekOf(day: string): string {
  const thursday = addDays(day, 4 - weekday(day));
  const year = thursday.slice(0, 4);
  const count = Math.floor((at(thursday) - at(`${year}-01-01`)) / DAY / 7) + 1;
  return `${year}-W${String(count).padStart(2, "0")}`;
}

/** The seven days of a week, from Monday. */
export function daysOf(week: string): [string, string, string, string, string, string, string] {
  const [year = "", number = ""] = week.split("-W");
  const fourth = `${year}-01-04`; // always in the first week
  const monday = addDays(fourth, 1 - weekday(fourth) + (Number(number) - 1) * 7);
  const day = (count: number) => addDays(monday, count);
  return [monday, day(1), day(2), day(3), day(4), day(5), day(6)];
}

export function shiftWeek(week: string, count: number): string {
  return weekOf(addDays(daysOf(week)[0], 7 * count));
}

/**
 * Hours as people type them: `7.5`, `7,5`, `7:30`; nothing for what is no number over 0 and up to 24, of two
 * decimals.
 */
export function parseHours(text: string): number | undefined {
  const clock = /^(\d{1,2}):([0-5]\d)$/.exec(text.trim());
  if (clock) return within((Number(clock[1]) * 60 + Number(clock[2])) / 60);
  const plain = /^\d{1,2}(?:[.,]\d{1,2})?$|^[.,]\d{1,2}$/.exec(text.trim());
  return plain ? within(Number(plain[0].replace(",", "."))) : undefined;
}

/** A quarter of an hour more or less, on the quarters. */
export function stepHours(hours: number | undefined, quarters: 1 | -1): number {
  const now = (hours ?? 0) * 4;
  const next = quarters > 0 ? Math.floor(now + 1) : Math.ceil(now - 1);
  return Math.min(96, Math.max(1, next)) / 4;
}

/** The phone's own way with days and numbers. */
export function formats(language: string | undefined = undefined) {
  const day = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
    return (text: string) => format.format(at(text));
  };
  const short = new Intl.DateTimeFormat(language, { day: "numeric", month: "short", timeZone: "UTC" });
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const plain = new Intl.NumberFormat(language, { maximumFractionDigits: 2, numberingSystem: "latn" });
  const ago = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return {
    day: day({ weekday: "long", day: "numeric", month: "long" }),
    weekday: day({ weekday: "short" }),
    date: day({ day: "numeric", month: "short", year: "numeric" }),
    range: (from: string, to: string) => short.formatRange(at(from), at(to)),
    hours: (hours: number) => number.format(hours),
    /** Hours for a field: in digits that parseHours() reads, whatever the phone's own are. */
    typed: (hours: number) => plain.format(hours),
    /** How long ago a moment (ms) was. */
    ago(moment: number, now = Date.now()): string {
      const minutes = Math.round((moment - now) / 60_000);
      if (minutes > -60) return ago.format(minutes, "minute");
      return minutes > -48 * 60 ? ago.format(Math.round(minutes / 60), "hour") : ago.format(Math.round(minutes / 1440), "day");
    },
  };
}

/** Hundredths are added as whole numbers: of 0.1 and 0.2 the sum is 0.3. */
export function sum(hours: number[]): number {
  return hours.reduce((total, one) => total + Math.round(one * 100), 0) / 100;
}

function within(hours: number): number | undefined {
  const rounded = Math.round(hours * 100) / 100;
  return rounded > 0 && rounded <= 24 ? rounded : undefined;
}

function weekday(day: string): number {
  return new Date(at(day)).getUTCDay() || 7;
}

function at(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}
