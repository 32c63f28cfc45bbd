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

test("a range of days always shows the year", () => {
  const { range } = formats("en-GB");
  expect(range("2026-11-16", "2026-11-22")).toMatch(/^16\s?–\s?22 Nov 2026$/);
  expect(range("2026-12-28", "2027-01-03")).toMatch(/2026.*2027/);
});

test("a day shows the year unless it is this year", () => {
  const { day, shortDay } = formats("en-GB");
  expect(day("2026-11-16", "2026-11-28")).toMatch(/^Monday,? 16 November$/);
  expect(shortDay("2026-11-16", "2026-11-28")).toMatch(/^Mon,? 16 Nov$/);
  expect(shortDay("2026-11-16", "2027-01-01")).toMatch(/^Mon,? 16 Nov 2026$/);
});

test("a time shows the year unless it is this year", () => {
  const { dayAndTime } = formats("en-GB");
  const [at, now] = [new Date(2026, 10, 16, 9, 5).getTime(), new Date(2026, 11, 1).getTime()];
  expect(dayAndTime(at, now)).toMatch(/^Mon,? 16 Nov,? (at )?0?9:05$/);
  expect(dayAndTime(at, new Date(2027, 0, 1).getTime())).toMatch(/^16 Nov 2026,? (at )?0?9:05$/);
});

test("a full date shows the year, even if it is implausible", () => {
  expect(formats("en-GB").fullDate("2026-11-20")).toMatch(/^Friday,? 20 November 2026$/);
  expect(formats("en-GB").fullDate("0026-11-20")).toMatch(/ 26$/);
});
