import { expect, test } from "vitest";
import { de } from "./de";
import { en } from "./en";
import { chosenLanguage } from "./index";

test.each([
  [["de-AT", "en"], "de-AT"],
  [["fr", "de", "en"], "de"],
  [["en-US", "de"], "en-US"],
  [["ar-EG"], "en-GB"],
  [[], "en-GB"],
])("browsers that prefer %j get %s", (preferred, expected) => {
  expect(chosenLanguage(preferred)).toBe(expected);
});

test("no text is empty, and German texts are not the English ones", () => {
  const compare = (english: object, german: object, path: string): void => {
    for (const [name, text] of Object.entries(english)) {
      const other = (german as Record<string, unknown>)[name];
      if (typeof text === "object") compare(text as object, other as object, `${path}.${name}`);
      else if (typeof text === "string") {
        expect(other, `${path}.${name}`).toBeTruthy();
        if (!SAME.has(name)) expect(other, `${path}.${name}`).not.toBe(text);
      }
    }
  };
  compare(en, de, "app");
});

test("weeks are named as usual in each language", () => {
  expect([en.weekName("07"), en.weekNameOf("07", "2025")]).toEqual(["W07", "2025-W07"]);
  expect([de.weekName("07"), de.weekNameOf("07", "2025")]).toEqual(["KW\u00a07", "KW\u00a07/2025"]);
});

/** Words that are equal in both languages. */
const SAME = new Set(["company", "problem", "system"]);
