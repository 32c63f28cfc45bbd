import { expect, test } from "vitest";
import { once } from "./once";

test("a second press does nothing until the first one is done, also if that fails", async () => {
  const presses: string[] = [];
  const press = once(async (name: string) => {
    presses.push(name);
    if (name === "first") throw new Error("a full storage");
  });
  const first = press("first");
  await press("second");
  await expect(first).rejects.toThrow("a full storage");
  await press("third");
  expect(presses).toEqual(["first", "third"]);
});
