import { expect, test } from "vitest";
import { formats } from "./formats";

test("ages are relative times", () => {
  const { ago } = formats("en");
  const now = Date.UTC(2026, 10, 20, 12);
  expect(ago(now, now)).toBe("just now");
  expect(ago(now - 5 * 60_000, now)).toBe("5 minutes ago");
  expect(ago(now - 5 * 3_600_000, now)).toBe("5 hours ago");
  expect(ago(now - 5 * 86_400_000, now)).toBe("5 days ago");
});
