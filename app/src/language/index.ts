/** The language of the app: German if the browser prefers it to English, otherwise English. */

import { de } from "./de";
import { en } from "./en";

export type Texts = typeof en;

/** Return the first tag (BCP 47) of a language that the app has; British English if there is none. */
export function chosenLanguage(preferred: readonly string[]): string {
  return preferred.find((tag) => /^(de|en)\b/i.test(tag)) ?? "en-GB";
}

export const locale = chosenLanguage(globalThis.navigator?.languages ?? []);
export const t: Texts = /^de\b/i.test(locale) ? de : en;
