import { expect, test } from "vitest";
import type { Session } from "../offline/session";
import { byDay } from "../offline/week";
import { rowsOf } from "./cells";
import { GridState } from "./state";

const DAYS = byDay(["2026-11-16", "2026-11-17"], []);

function grid(hasNextWeek = true): GridState {
  const state = new GridState({} as Session, DAYS, () => hasNextWeek);
  state.rows = rowsOf(DAYS, DAYS, ["Harbour", "StoreZero"]);
  return state;
}

/** Press a key in a cell. */
function press(state: GridState, key: string): void {
  const target = { closest: (selector: string) => (selector === ".cell" ? {} : null) };
  const event = { key, target, preventDefault: () => undefined, stopPropagation: () => undefined };
  state.onKeyDown(event as unknown as KeyboardEvent);
}

test("the field of a note closes when another cell gets the focus", () => {
  const state = grid();
  state.isNoting.value = true;
  state.enter(1, 1);
  expect(state.isNoting.value).toBe(false);
});

test.each([
  [true, 1],
  [false, 0],
])("the next grid begins in the same cell only if a key turned the week: %j", (hasNextWeek, row) => {
  const state = grid(hasNextWeek);
  state.enter(1, 1);
  press(state, "PageDown");
  expect(grid().row).toBe(row);
});
