/** Days, hours and ages in the words of the device's language. */

import { today, utc } from "./dates";

/** @param language a BCP 47 language tag; by default the browser's language */
export function formats(language?: string) {
  const day = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
    return (text: string) => format.format(utc(text));
  };
  const dayAndMonth = { day: "numeric", month: "short", timeZone: "UTC" } as const;
  const short = new Intl.DateTimeFormat(language, dayAndMonth);
  const long = new Intl.DateTimeFormat(language, { ...dayAndMonth, year: "numeric" });
  const number = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  return {
    day: day({ weekday: "long", day: "numeric", month: "long" }),
    weekday: day({ weekday: "short" }),
    date: day({ day: "numeric", month: "short", year: "numeric" }),
    /** Format a day with its weekday and year. */
    fullDate: day({ dateStyle: "full" }),
    /** Format a range of days, with the year unless both are in this year. */
    range: (from: string, to: string, now = today()) => {
      const isThisYear = [from, to].every((day) => day.slice(0, 4) === now.slice(0, 4));
      return (isThisYear ? short : long).formatRange(utc(from), utc(to));
    },
    hours: (hours: number) => number.format(hours),
    /** Return the age of a time (ms since the epoch) in words. */
    ago(time: number, now = Date.now()): string {
      const minutes = Math.round((time - now) / 60_000);
      if (minutes > -1) return "just now";
      if (minutes > -60) return relative.format(minutes, "minute");
      if (minutes > -48 * 60) return relative.format(Math.round(minutes / 60), "hour");
      return relative.format(Math.round(minutes / 1440), "day");
    },
  };
}
