/** Rules for text: invisible characters, Unicode normalisation, blanks and length, as in the API. */

import { t } from "../language";
import {
  BLANK,
  HAN,
  INVISIBLE,
  JOINS_NEXT,
  JOINS_PREVIOUS,
  KHMER_SHIFTER,
  MARK,
  MONGOLIAN_LETTER,
  SYMBOL,
  VARIANT_LETTER,
  VIRAMA,
} from "./characters";

/** Zero-width characters that never change how a text looks. */
const MEANINGLESS = /[\u00ad\u200b\u2060\ufeff]/g;
/** Variation selectors (Unicode Standard, 23.4); the group matches those after a character with variants. */
const SELECTOR = pattern(
  `((?<=[${SYMBOL}])[\\ufe00-\\ufe0f]|(?<=[0-9#*])\\ufe0f(?=\\u20e3)`,
  `|(?<=[${HAN}${VARIANT_LETTER}])[\\ufe00-\\ufe0d]|(?<=[${HAN}])[\\u{e0100}-\\u{e01ef}]`,
  `|(?<=[${MONGOLIAN_LETTER}])[\\u180b-\\u180f])|[\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}\\u180b-\\u180f]`,
);
const JOINERS = /([\u200c\u200d])[\u200c\u200d]*/g;
const AFTER = `(?<=[${JOINS_NEXT}][${MARK}]{0,2})`;
const BEFORE = `(?=[${MARK}]*[${JOINS_NEXT}${JOINS_PREVIOUS}])`;
/**
 * Joiners; the group matches those that change how a text looks (RFC 5892, appendices A.1 and A.2, and
 * UTS #51 for emoji): next to a virama, between emoji, and where they break or make a joint of letters.
 */
const JOINER = pattern(
  `((?<=[${VIRAMA}])[\\u200c\\u200d]|[\\u200c\\u200d](?=[${VIRAMA}${KHMER_SHIFTER}])`,
  `|(?<=[${SYMBOL}\\ufe0f])\\u200d(?=[${SYMBOL}])|${AFTER}\\u200c${BEFORE}`,
  `|${AFTER}\\u200d(?!${BEFORE})|(?<!${AFTER})\\u200d${BEFORE})|[\\u200c\\u200d]`,
);
const ENDS = pattern(`^[${BLANK}]+|[${BLANK}]+$`);
/** The flags of England, Scotland and Wales: the only emoji with tag characters (UTS #51). */
const FLAG = pattern(
  "\\u{1f3f4}(?:\\u{e0067}\\u{e0062}\\u{e0065}\\u{e006e}\\u{e0067}",
  "|\\u{e0067}\\u{e0062}\\u{e0073}\\u{e0063}\\u{e0074}",
  "|\\u{e0067}\\u{e0062}\\u{e0077}\\u{e006c}\\u{e0073})\\u{e007f}",
);

const REFUSED = {
  control: /(?![\t\n\r])\p{Cc}/u,
  bidi: /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u,
  invisible: new RegExp(`[${INVISIBLE}]`, "u"),
  surrogate: /[\ud800-\udfff]/u,
  line: /[\n\r\u2028\u2029]/u,
  tab: /\t/u,
  damage: /\ufffd/u,
};
type Refused = keyof typeof REFUSED;
export type TextFault = "blank" | "length" | Refused;
export type TextResult = { value: string } | { fault: TextFault; message: string };

interface Options {
  /** The maximum number of characters (code points). */
  limit: number;
  /** Allow line breaks, tabs and U+FFFD. */
  multiline?: boolean;
}

/** Return text in NFC, without zero-width characters that mean nothing and without blanks at its ends. */
export function clean(text: string): string {
  const cleaned = cleanOnce(text);
  if (cleanOnce(cleaned) === cleaned) return cleaned;
  // Marks that a removed character kept apart changed places, so that a joiner lost its meaning, and perhaps each
  // one after it. No language has such text: remove all joiners rather than one in each pass.
  return cleanOnce(text.replace(JOINERS, ""));
}

function cleanOnce(text: string): string {
  return text
    .replace(MEANINGLESS, "")
    .normalize("NFC")
    .replace(SELECTOR, "$1")
    .replace(JOINERS, "$1")
    .replace(JOINER, "$1")
    .normalize("NFC")
    .replace(ENDS, "");
}

/** Clean a text and check it. */
export function parseText(text: string, { limit, multiline = false }: Options): TextResult {
  const value = clean(text);
  const length = [...value].length;
  if (!value) return { fault: "blank", message: t.faults.blank };
  if (length > limit) {
    return { fault: "length", message: t.faults.length(limit, length) };
  }
  const withoutFlags = value.replace(FLAG, "");
  for (const [kind, characters] of Object.entries(REFUSED) as [Refused, RegExp][]) {
    const [found] = characters.exec(withoutFlags) ?? [];
    if (!found || (multiline && ["line", "tab", "damage"].includes(kind))) continue;
    const code = found.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0");
    return { fault: kind, message: t.faults.remove(t.faults.characters[kind], code) };
  }
  return { value };
}

function pattern(...parts: string[]): RegExp {
  return new RegExp(parts.join(""), "gu");
}

/**
 * Isolate right-to-left text from the sentence around it, where no element can do so (Unicode Standard Annex 9, 2.4.2).
 * Hebrew and Arabic letters, and the scripts between them, are the right-to-left ones in use.
 */
export function isolated(text: string): string {
  return /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/.test(text) ? `\u2068${text}\u2069` : text;
}
