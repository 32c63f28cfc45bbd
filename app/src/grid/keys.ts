/** The keys of the grid, while its focus moves and while a person types into a cell. */

export type Action =
  | { kind: "move"; rows: number; days: number }
  | { kind: "edge"; to: "first day" | "last day" | "first cell" | "last cell" }
  /** Type into the cell: over its value, or after it if there is no text. */
  | { kind: "type"; text?: string }
  /** Save, then move; `next` moves in reading order and goes on typing. */
  | { kind: "save"; rows: number; next?: 1 | -1 }
  | { kind: "fill" }
  | { kind: "restore" }
  | { kind: "empty" }
  | { kind: "turn"; weeks: number }
  | { kind: "undo" }
  | { kind: "redo" }
  | { kind: "note" };

type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

const ARROWS: Record<string, [rows: number, days: number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/** Return the meaning of a key; nothing if the browser has its own. */
export function actionOf(key: Key, isTyping: boolean): Action | undefined {
  if (key.altKey) return undefined;
  return isTyping ? typingAction(key) : movingAction(key);
}

function typingAction({ key, ctrlKey, metaKey, shiftKey }: Key): Action | undefined {
  switch (key) {
    case "Enter":
      return ctrlKey || metaKey ? { kind: "fill" } : { kind: "save", rows: shiftKey ? -1 : 1 };
    case "ArrowUp":
      return { kind: "save", rows: -1 };
    case "ArrowDown":
      return { kind: "save", rows: 1 };
    case "Tab":
      return { kind: "save", rows: 0, next: shiftKey ? -1 : 1 };
    case "Escape":
      return { kind: "restore" };
    default:
      return undefined;
  }
}

function movingAction({ key, ctrlKey, metaKey, shiftKey }: Key): Action | undefined {
  const control = ctrlKey || metaKey;
  const arrow = ARROWS[key];
  if (arrow && !control) return { kind: "move", rows: arrow[0], days: arrow[1] };
  if (/^[\p{Nd}.,]$/u.test(key) && !control) return { kind: "type", text: key };
  switch (key) {
    case "Enter":
      return { kind: "type" };
    case "F2":
      return shiftKey ? { kind: "note" } : { kind: "type" };
    case "Delete":
    case "Backspace":
      return { kind: "empty" };
    case "Home":
      return { kind: "edge", to: control ? "first cell" : "first day" };
    case "End":
      return { kind: "edge", to: control ? "last cell" : "last day" };
    case "PageUp":
      return { kind: "turn", weeks: -1 };
    case "PageDown":
      return { kind: "turn", weeks: 1 };
    case "z":
    case "Z":
      return control ? { kind: shiftKey ? "redo" : "undo" } : undefined;
    default:
      return undefined;
  }
}
