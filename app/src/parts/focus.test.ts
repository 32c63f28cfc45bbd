import { expect, test, vi } from "vitest";

vi.hoisted(() => vi.stubGlobal("location", { pathname: "/", search: "" })); // router.ts reads it while it loads

const { neighbour } = await import("./focus");

/** A row of a list with a button, and rows within it. */
class Row {
  isConnected = true;
  readonly button = new EventTarget();

  constructor(
    readonly name: string,
    readonly inner: Row[] = [],
  ) {}

  closest() {
    return this;
  }
  contains(node: unknown): boolean {
    return node === this || node === this.button || this.inner.some((row) => row.contains(node));
  }
  focus() {
    focused = this.name;
  }
  scrollIntoView() {}
}

let focused: string;

const entries = ["Mon", "Tue"].map((name) => new Row(name));
const [ana, bea, carl] = [new Row("Ana"), new Row("Bea", entries), new Row("Carl")];

test.each<[string, Row[], Row | undefined, Row[], string]>([
  ["the next week", [ana, bea, ...entries, carl], bea, [bea], "Carl"],
  ["the previous week", [ana, bea, ...entries], bea, [bea], "Ana"],
  ["the next entry", [ana, bea, ...entries, carl], entries[0], [entries[0]!], "Tue"],
  ["the next week after the last entry", [ana, bea, ...entries, carl], entries[1], [entries[1]!], "Carl"],
  ["the previous entry", [ana, bea, ...entries], entries[1], [entries[1]!], "Mon"],
  ["the heading after the only week", [bea], bea, [bea], "heading"],
  ["the heading after several weeks", [ana, bea], undefined, [ana], "heading"],
])("the focus goes to %s, also if a tap focused nothing", (_, rows, pressed, gone, expected) => {
  vi.stubGlobal("document", {
    activeElement: null,
    querySelectorAll: () => rows,
    querySelector: () => new Row("heading"),
  });
  for (const row of [ana, bea, carl, ...entries]) row.isConnected = true;
  const focusNeighbour = neighbour(".row", pressed?.button as Element | undefined);
  for (const row of gone) row.isConnected = false;
  focusNeighbour();
  expect(focused).toBe(expected);
});
