import { expect, test } from "vitest";
import { type Action, actionOf } from "./keys";

const NONE = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };

function pressed(text: string) {
  const parts = text.split("+");
  const key = parts.pop()!;
  return { ...NONE, key, ctrlKey: parts.includes("Ctrl"), shiftKey: parts.includes("Shift") };
}

test.each<[string, Action | undefined]>([
  ["ArrowUp", { kind: "move", rows: -1, days: 0 }],
  ["ArrowRight", { kind: "move", rows: 0, days: 1 }],
  ["8", { kind: "type", text: "8" }],
  ["٨", { kind: "type", text: "٨" }],
  [",", { kind: "type", text: "," }],
  ["Enter", { kind: "type" }],
  ["F2", { kind: "type" }],
  ["Shift+F2", { kind: "note" }],
  ["Tab", undefined],
  ["Shift+Tab", undefined],
  ["Escape", undefined],
  ["Delete", { kind: "empty" }],
  ["Backspace", { kind: "empty" }],
  ["Home", { kind: "edge", to: "first day" }],
  ["Ctrl+End", { kind: "edge", to: "last cell" }],
  ["PageDown", { kind: "turn", weeks: 1 }],
  ["Ctrl+z", { kind: "undo" }],
  ["Ctrl+Shift+Z", { kind: "redo" }],
  ["Ctrl+8", undefined],
  ["z", undefined],
])("while moving, %s", (key, action) => {
  expect(actionOf(pressed(key), false)).toEqual(action);
});

test.each<[string, Action | undefined]>([
  ["ArrowUp", { kind: "save", rows: -1 }],
  ["ArrowLeft", undefined],
  ["Enter", { kind: "save", rows: 1 }],
  ["Shift+Enter", { kind: "save", rows: -1 }],
  ["Ctrl+Enter", { kind: "fill" }],
  ["Tab", { kind: "save", rows: 0, next: 1 }],
  ["Shift+Tab", { kind: "save", rows: 0, next: -1 }],
  ["Escape", { kind: "restore" }],
  ["Delete", undefined],
  ["Home", undefined],
  ["Ctrl+z", undefined],
])("while typing, %s", (key, action) => {
  expect(actionOf(pressed(key), true)).toEqual(action);
});
