/** A short message that disappears after some seconds. */

import { signal } from "@preact/signals";

export interface Toast {
  text: string;
  undo?: () => Promise<void>;
}

export const toast = signal<Toast | undefined>();

const DURATION = 5_000; // ms

let timer: ReturnType<typeof setTimeout> | undefined;

export function showToast(text: string, undo?: () => Promise<void>): void {
  clearTimeout(timer);
  toast.value = { text, ...(undo && { undo }) };
  timer = setTimeout(hideToast, DURATION);
}

export function hideToast(): void {
  toast.value = undefined;
}
