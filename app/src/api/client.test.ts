import { afterEach, expect, test, vi } from "vitest";
import { Api } from "./client";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("bodies escape U+FFFD, which marks damage where it is raw", async () => {
  const fetch = vi.fn(async (_url: string, _request: RequestInit) => Response.json({}));
  vi.stubGlobal("fetch", fetch);
  const fields = { date: "2026-11-20", project: "StoreZero", hours: 1, notes: "fixed the \ufffd in names" };
  await new Api("https://api.example", async () => "token").create(fields, "key");
  const body = fetch.mock.calls[0]![1].body as string;
  expect(body).not.toContain("\ufffd");
  expect(JSON.parse(body)).toEqual(fields);
});
