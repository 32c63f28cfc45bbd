import { afterEach, expect, test, vi } from "vitest";
import { Unavailable } from "../api/errors";
import { report, reportSuccess, trouble } from "./trouble";

const NOW = 1_000_000;

afterEach(() => {
  trouble.value = undefined;
  vi.unstubAllGlobals();
});

test.each([
  ["a server that fails", new Unavailable({ status: 503, request: "7f3a" }), "server"],
  ["a server that does not answer", new Unavailable(), "unreachable"],
  ["a full storage", new DOMException("", "QuotaExceededError"), "storage"],
])("%s is shown", (_, error, kind) => {
  expect(report(error, NOW)).toBe(true);
  expect(trouble.value).toMatchObject({ kind, retryAt: NOW + 30_000 });
});

test("a device without a network is shown as such", () => {
  vi.stubGlobal("navigator", { onLine: false });
  report(new Unavailable(), NOW);
  expect(trouble.value).toEqual({ kind: "offline" });
});

test("a response that comes after the network is lost does not hide that", () => {
  report(new Unavailable(), NOW);
  vi.stubGlobal("navigator", { onLine: false });
  reportSuccess();
  expect(trouble.value).toEqual({ kind: "offline" });
});

test("a response ends the trouble", () => {
  report(new Unavailable(), NOW);
  reportSuccess();
  expect(trouble.value).toBeUndefined();
});

test("other errors are not shown", () => {
  expect(report(new TypeError(), NOW)).toBe(false);
  expect(trouble.value).toBeUndefined();
});

test.each([
  ["the sooner one of two", 2000, 30_000, NOW + 2000],
  ["the sooner one, whichever failed first", 30_000, 2000, NOW + 2000],
])("the next attempt is %s", (_, first, second, expected) => {
  report(new Unavailable({ retryAfter: first }), NOW);
  report(new Unavailable({ retryAfter: second }), NOW);
  expect(trouble.value).toMatchObject({ retryAt: expected });
});

test("an attempt that has passed is not the next one", () => {
  report(new Unavailable({ retryAfter: 2000 }), NOW);
  report(new Unavailable({ retryAfter: 4000 }), NOW + 2000);
  expect(trouble.value).toMatchObject({ retryAt: NOW + 6000 });
});
