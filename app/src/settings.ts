/** Settings of this device: they are in the local storage, so that they hold before anything is loaded. */

import { effect, signal } from "@preact/signals";
import { readLocal, writeLocal } from "./local";

export type Look = "system" | "light" | "dark";

const LOOK = "timesheets: appearance";
const TARGET = "timesheets: hours a day";
const DEFAULT_TARGET = 8;

export const look = signal<Look>((readLocal(LOOK) as Look | undefined) ?? "system");
/** The hours of an ordinary working day. */
export const target = signal(Number(readLocal(TARGET)) || DEFAULT_TARGET);

effect(() => {
  document.documentElement.style.colorScheme = look.value === "system" ? "" : look.value;
  writeLocal(LOOK, look.value === "system" ? undefined : look.value);
});

effect(() => writeLocal(TARGET, target.value === DEFAULT_TARGET ? undefined : String(target.value)));

/** Return to the defaults and remove the settings from the device. */
export function resetSettings(): void {
  look.value = "system";
  target.value = DEFAULT_TARGET;
}
