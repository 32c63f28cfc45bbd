/** Hours of an entry: more than 0 and at most 24, with at most two decimals. */

const MAX = 24;

/** Read hours as people type them: `7.5`, `7,5`, `7:30`. Returns nothing if they are not valid. */
export function parseHours(text: string): number | undefined {
  const clock = /^(\d{1,2}):([0-5]\d)$/.exec(text.trim());
  if (clock) return validHours((Number(clock[1]) * 60 + Number(clock[2])) / 60);
  const plain = /^\d{1,2}(?:[.,]\d{1,2})?$|^[.,]\d{1,2}$/.exec(text.trim());
  return plain ? validHours(Number(plain[0].replace(",", "."))) : undefined;
}

/** Return the next or the previous quarter of an hour. */
export function stepHours(hours: number | undefined, step: 1 | -1): number {
  const quarters = (hours ?? 0) * 4;
  const next = step > 0 ? Math.floor(quarters + 1) : Math.ceil(quarters - 1);
  return Math.min(MAX * 4, Math.max(1, next)) / 4;
}

/** Add hours exactly, in hundredths: 0.1 + 0.2 is 0.3. */
export function sum(hours: number[]): number {
  return hours.reduce((total, one) => total + Math.round(one * 100), 0) / 100;
}

function validHours(hours: number): number | undefined {
  const rounded = Math.round(hours * 100) / 100;
  return rounded > 0 && rounded <= MAX ? rounded : undefined;
}
