/** A short message that disappears after some seconds, unless a person is at it. */

import { signal } from "@preact/signals";

interface Toast {
  text: string;
  undo?: () => Promise<void>;
}

export const toast = signal<Toast | undefined>();

const DURATION = 10_000; // ms

let timer: ReturnType<typeof setTimeout> | undefined;

export function showToast(text: string, undo?: () => Promise<void>): void {
  toast.value = { text, ...(undo && { undo }) };
  releaseToast();
}

/** Keep the toast while it has the focus or the pointer. */
export function holdToast(): void {
  clearTimeout(timer);
}

export function releaseToast(): void {
  clearTimeout(timer);
  timer = setTimeout(hideToast, DURATION);
}

export function hideToast(): void {
  clearTimeout(timer);
  toast.value = undefined;
}
