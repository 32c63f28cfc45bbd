/** A running timer. It is in the local storage, so that it survives a reload and the closed app. */

import { effect, signal } from "@preact/signals";
import { today } from "./fields/dates";

const TIMER = "timesheets: timer";
const USED = "timesheets: used";
const MINUTE = 60_000; // ms
const HOUR = 60 * MINUTE;
const TOO_LONG = 12 * HOUR;

export interface Timer {
  project: string;
  /** The start, in milliseconds since the epoch. */
  start: number;
}

export interface Measured {
  project: string;
  start: number;
  /** The day on which the timer was started. */
  date: string;
  /** Rounded up to a quarter of an hour. */
  hours: number;
  /** The time (ms since the epoch) at which the app was last used, if the timer ran suspiciously long. */
  lastUse?: number;
}

export const timer = signal<Timer | undefined>(stored());
/** The measurement that the form for a new entry takes over. */
export const measured = signal<Measured | undefined>();

effect(() => {
  if (timer.value) localStorage.setItem(TIMER, JSON.stringify(timer.value));
  else for (const name of [TIMER, USED]) localStorage.removeItem(name);
});

// Another tab started or stopped it.
addEventListener("storage", ({ key }) => {
  if (key === TIMER || key === null) timer.value = stored();
});

setInterval(() => {
  if (timer.value && document.visibilityState === "visible") {
    localStorage.setItem(USED, String(Date.now()));
  }
}, MINUTE);

export function startTimer(project: string): void {
  timer.value = { project, start: Date.now() };
}

export function stopTimer(now = Date.now()): void {
  if (!timer.value) return;
  const lastUse = Number(localStorage.getItem(USED));
  measured.value = measure(timer.value, now, lastUse > timer.value.start ? lastUse : undefined);
  timer.value = undefined;
}

export function measure({ project, start }: Timer, now: number, lastUse?: number): Measured {
  const isLong = now - start > TOO_LONG;
  return {
    project,
    start,
    date: today(new Date(start)),
    hours: hoursBetween(start, now),
    ...(isLong && lastUse && { lastUse }),
  };
}

/** Return a duration in hours, rounded up to a quarter. */
export function hoursBetween(start: number, end: number): number {
  return Math.max(1, Math.ceil((end - start) / (HOUR / 4))) / 4;
}

/** Return a running time as hours and minutes, as in "0:42". */
export function clock(start: number, now: number): string {
  const minutes = Math.max(0, Math.floor((now - start) / MINUTE));
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}`;
}

function stored(): Timer | undefined {
  const text = localStorage.getItem(TIMER);
  return text ? JSON.parse(text) : undefined;
}
