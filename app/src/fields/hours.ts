/** Hours of an entry: more than 0 and at most 24, with at most two decimals. */

import { t } from "../language";
import { clean } from "./text";

/** The most hours of an entry, and of a day without a warning. */
export const MAX_HOURS = 24;
const MESSAGES = {
  form: t.faults.hoursForm,
  range: t.faults.hoursRange,
  decimals: t.faults.hoursDecimals,
};

export type HoursResult = { value: number } | { fault: keyof typeof MESSAGES; message: string };

/** Read hours as people type them, with the digits of any script: `7.5`, `7,5 h`, `7:30`, `7h30`, `90m`. */
export function parseHours(text: string): HoursResult {
  const typed = clean(text)
    .normalize("NFKC")
    .replace(/\p{Nd}/gu, digitValue);
  const clock = /^(\d+)(?::([0-5]\d)| ?h ?([0-5]?\d)?)$/i.exec(typed);
  if (clock) return withinRange(Number(clock[1]) + Number(clock[2] ?? clock[3] ?? 0) / 60);
  const minutes = /^(\d+) ?m(?:in)?$/i.exec(typed);
  if (minutes) return withinRange(Number(minutes[1]) / 60);
  const decimal = /^([+-]?)(?=[\d.,٫]*\d)(\d*)[.,٫]?(\d*) ?h?$/i.exec(typed);
  if (!decimal) return fault("form");
  const [, sign, whole, fraction = ""] = decimal;
  if (fraction.replace(/0+$/, "").length > 2) return fault("decimals");
  return withinRange(Number(`${sign}0${whole}.${fraction}`));
}

/** Add hours exactly, in hundredths: 0.1 + 0.2 is 0.3. */
export function sum(hours: number[]): number {
  return hours.reduce((total, one) => total + Math.round(one * 100), 0) / 100;
}

function withinRange(hours: number): HoursResult {
  const value = Math.round(hours * 100) / 100;
  return value > 0 && value <= MAX_HOURS ? { value } : fault("range");
}

function fault(kind: keyof typeof MESSAGES): HoursResult {
  return { fault: kind, message: MESSAGES[kind] };
}

/** Return a decimal digit of any script as 0 to 9. The digits of a script are ten successive code points. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0)!;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}
