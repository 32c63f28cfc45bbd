/**
 * Classes of characters, as ranges of the Unicode Standard (version 16), for regular expressions with the
 * flag `u`.
 *
 * They equal those of the API (timesheets/model/text.py); tests/cases/text.json tests both.
 */

/** Property White_Space, and U+2800, which is blank but not white space. */
export const BLANK = [
  String.raw`\t\n\v\f\r\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u2800`,
].join("");

/** Symbols and emoji, which have variants. */
export const SYMBOL = [
  String.raw`\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u27ff\u2900-\u2bff\u3030\u303d\u3297`,
  String.raw`\u3299\u{1f000}-\u{1fbff}`,
].join("");

/** Ideographs, which have variants. */
export const HAN = [
  String.raw`\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff`,
  String.raw`\u{20000}-\u{3ffff}`,
].join("");

/** Other characters with variants: Myanmar, Phags-pa, CJK punctuation, full-width forms and more. */
export const VARIANT_LETTER = [
  String.raw`\u1000-\u109f\u3001\u3002\ua840-\ua87f\ua9e0-\ua9ff\uaa60-\uaa7f\uff01-\uff1f`,
  String.raw`\u{10ac0}-\u{10aff}\u{13000}-\u{143ff}`,
].join("");

/** Mongolian letters, which have variants of their own. */
export const MONGOLIAN_LETTER = String.raw`\u1807\u1810-\u1819\u1820-\u18aa`;

/** Canonical combining class 9. */
export const VIRAMA = [
  String.raw`\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba`,
  String.raw`\u0f84\u1039\u103a\u1714\u1715\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f`,
  String.raw`\ua806\ua82c\ua8c4\ua953\ua9c0\uaaf6\uabed\u{10a3f}\u{11046}\u{11070}\u{1107f}`,
  String.raw`\u{110b9}\u{11133}\u{11134}\u{111c0}\u{11235}\u{112ea}\u{1134d}\u{11442}\u{114c2}`,
  String.raw`\u{115bf}\u{1163f}\u{116b6}\u{1172b}\u{11839}\u{1193d}\u{1193e}\u{119e0}\u{11a34}`,
  String.raw`\u{11a47}\u{11a99}\u{11c3f}\u{11d44}\u{11d45}\u{11d97}\u{11f41}\u{11f42}`,
].join("");

/** Khmer register shifters. */
export const KHMER_SHIFTER = String.raw`\u17c9\u17ca`;

/** Joining_Type D, L and C: letters that join the next one. */
export const JOINS_NEXT = [
  String.raw`\u0620\u0626\u0628\u062a-\u062e\u0633-\u0647\u0649\u064a\u066e\u066f\u0678-\u0687`,
  String.raw`\u069a-\u06bf\u06c1\u06c2\u06cc\u06ce\u06d0\u06d1\u06fa-\u06fc\u06ff\u0712-\u0714`,
  String.raw`\u071a-\u071d\u071f-\u0727\u0729\u072b\u072d\u072e\u074e-\u0758\u075c-\u076a\u076d-\u0770`,
  String.raw`\u0772\u0775-\u0777\u077a-\u077f\u07ca-\u07ea\u07fa\u0841-\u0845\u0848\u084a-\u0853`,
  String.raw`\u0855\u0860\u0862-\u0865\u0868\u0883-\u0886\u0889-\u088d\u088f\u08a0-\u08a9\u08af`,
  String.raw`\u08b0\u08b3-\u08b8\u08ba-\u08c8\u1807\u180a\u1820-\u1878\u1887-\u18a8\u18aa\ua840-\ua872`,
  String.raw`\u{1e900}-\u{1e943}`,
].join("");

/** Joining_Type R: letters that join only the previous one. */
export const JOINS_PREVIOUS = [
  String.raw`\u0622-\u0625\u0627\u0629\u062f-\u0632\u0648\u0671-\u0673\u0675-\u0677\u0688-\u0699`,
  String.raw`\u06c0\u06c3-\u06cb\u06cd\u06cf\u06d2\u06d3\u06d5\u06ee\u06ef\u0710\u0715-\u0719`,
  String.raw`\u071e\u0728\u072a\u072c\u072f\u074d\u0759-\u075b\u076b\u076c\u0771\u0773\u0774`,
  String.raw`\u0778\u0779\u0840\u0846\u0847\u0849\u0854\u0856-\u0858\u0867\u0869\u086a\u0870-\u0882`,
  String.raw`\u088e\u08aa-\u08ac\u08ae\u08b1\u08b2\u08b9`,
].join("");

/** Joining_Type T: marks between two letters do not keep them from joining. */
export const MARK = [
  String.raw`\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed`,
  String.raw`\u0711\u0730-\u074a\u07eb-\u07f3\u0859-\u085b\u0897-\u089f\u08ca-\u08e1\u08e3-\u08ff`,
  String.raw`\u180b-\u180d\u180f\u{1e944}-\u{1e94a}`,
].join("");

/** Property Default_Ignorable_Code_Point without joiners and selectors; annotation marks; noncharacters. */
export const INVISIBLE = [
  String.raw`\u034f\u115f\u1160\u17b4\u17b5\u2061-\u2065\u206a-\u206f\u3164\ufdd0-\ufdef\uffa0`,
  String.raw`\ufff0-\ufffb\ufffe\uffff\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e00ff}`,
  String.raw`\u{e01f0}-\u{e0fff}`,
].join("");
