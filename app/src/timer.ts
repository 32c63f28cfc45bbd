/** The running timer of the signed-in person. It is in the local storage: it survives a reload and the closed app. */

import { signal } from "@preact/signals";
import { today } from "./fields/dates";
import { readLocal, writeLocal } from "./local";

const NAME = "timesheets: timer of ";
const MINUTE = 60_000; // ms
const HOUR = 60 * MINUTE;
const TOO_LONG = 12 * HOUR;

/** All times are in milliseconds since the epoch. */
export interface Timer {
  project: string;
  notes: string;
  start: number;
  /** The time at which the app was last visible. */
  used: number;
  /** The longest time for which it was not. */
  pause: { start: number; end: number };
}

export interface Measured extends Pick<Timer, "project" | "notes" | "start"> {
  /** The day on which the timer was started. */
  date: string;
  /** Rounded up to a quarter of an hour. */
  hours: number;
  /** Whether the timer ran suspiciously long. */
  isLong: boolean;
  /** The time at which the longest pause began, if there was a long one. */
  lastUse?: number;
}

export const timer = signal<Timer | undefined>();
let person = "";

/** Show the timer of a person. */
export function openTimer(sub: string): void {
  person = sub;
  timer.value = stored();
  noteUse();
}

export function startTimer(project: string, notes: string, now = Date.now()): void {
  store({ project, notes, start: now, used: now, pause: { start: now, end: now } });
}

export function clearTimer(): void {
  store(undefined);
}

/** Note that the app is visible now. */
export function noteUse(now = Date.now()): void {
  const running = stored(); // another tab may have stopped the timer
  if (!running) return;
  const { used, pause } = running;
  const isLonger = now - used > pause.end - pause.start;
  store({ ...running, used: now, pause: isLonger ? { start: used, end: now } : pause });
}

/** Return the time that a timer measured until now. */
export function measure({ project, notes, start, pause }: Timer, now = Date.now()): Measured {
  const isLong = now - start > TOO_LONG;
  const hasPaused = pause.end - pause.start > HOUR;
  return {
    project,
    notes,
    start,
    date: today(new Date(start)),
    hours: hoursBetween(start, now),
    isLong,
    ...(isLong && hasPaused && { lastUse: pause.start }),
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
  const text = readLocal(NAME + person);
  return text ? JSON.parse(text) : undefined;
}

function store(next: Timer | undefined): void {
  timer.value = next;
  writeLocal(NAME + person, next && JSON.stringify(next));
}

// Another tab started or stopped it.
addEventListener("storage", ({ key }) => {
  if (key === NAME + person || key === null) timer.value = stored();
});

setInterval(() => {
  if (document.visibilityState === "visible") noteUse();
}, MINUTE);
