/** Days, hours and ages in the words of the app's language. */

import { locale, t } from "../language";
import { today, utc } from "./dates";

const MINUTE = 60_000; // ms

const made = new Map<string, ReturnType<typeof make>>();

/** @param language a BCP 47 language tag; by default the app's language */
export function formats(language: string = locale) {
  if (!made.has(language)) made.set(language, make(language));
  return made.get(language)!;
}

/** Return a function that makes a value at its first call: all the formats would delay the first screen. */
function lazy<T>(create: () => T): () => T {
  let value: T | undefined;
  return () => (value ??= create());
}

function make(language: string) {
  const day = (options: Intl.DateTimeFormatOptions) => {
    const format = lazy(() => new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" }));
    return (text: string) => format().format(utc(text));
  };
  /** Choose a format with the year for the days of other years. */
  const yearly = (options: Intl.DateTimeFormatOptions) => {
    const [short, long] = [day(options), day({ ...options, year: "numeric" })];
    return (text: string, now = today()) => (text.slice(0, 4) === now.slice(0, 4) ? short(text) : long(text));
  };
  const range = lazy(() => new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }));
  const number = lazy(() => new Intl.NumberFormat(language, { maximumFractionDigits: 2 }));
  const relative = lazy(() => new Intl.RelativeTimeFormat(language, { numeric: "auto" }));
  const time = lazy(() => new Intl.DateTimeFormat(language, { timeStyle: "short" }));
  const minute = { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" } as const;
  const timeOfDay = lazy(() => new Intl.DateTimeFormat(language, { weekday: "short", ...minute }));
  const timeOfYear = lazy(() => new Intl.DateTimeFormat(language, { year: "numeric", ...minute }));
  const hours = (count: number) => number().format(count);
  return {
    /** Format a day as in "Monday 16 November". */
    day: yearly({ weekday: "long", day: "numeric", month: "long" }),
    /** Format a day as in "Mon 16 Nov". */
    shortDay: yearly({ weekday: "short", day: "numeric", month: "short" }),
    weekday: day({ weekday: "short" }),
    longWeekday: day({ weekday: "long" }),
    dayOfMonth: (text: string) => number().format(Number(text.slice(8))),
    date: day({ day: "numeric", month: "short", year: "numeric" }),
    /** Format a day with its weekday and year. */
    fullDate: day({ dateStyle: "full" }),
    /** Format the days of a week as in "16–22 Nov 2026". */
    range: (from: string, to: string) => range().formatRange(utc(from), utc(to)),
    hours,
    /** Format hours with their unit, which stays on the same line. */
    inHours: (count: number) => `${hours(count)}\u00a0h`,
    /** Format a time of the day (ms since the epoch). */
    time: (at: number) => time().format(at),
    /** Format a time (ms since the epoch) with its day, and with the year if it is not this one. */
    dayAndTime: (at: number, now = Date.now()) => {
      const isThisYear = new Date(at).getFullYear() === new Date(now).getFullYear();
      return (isThisYear ? timeOfDay : timeOfYear)().format(at);
    },
    /** Return the age of a time (ms since the epoch) in words. */
    ago(at: number, now = Date.now()): string {
      const minutes = Math.round((at - now) / MINUTE);
      if (minutes > -1) return t.justNow;
      if (minutes > -60) return relative().format(minutes, "minute");
      if (minutes > -48 * 60) return relative().format(Math.round(minutes / 60), "hour");
      return relative().format(Math.round(minutes / 1440), "day");
    },
  };
}
