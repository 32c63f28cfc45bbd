import { afterEach, describe, expect, test, vi } from "vitest";
import { Api } from "./client";
import { Unavailable } from "./errors";

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

describe("an answer that is not the API's", () => {
  const html = { "Content-Type": "text/html" };
  const problem = { "Content-Type": "application/problem+json; charset=utf-8" };
  const api = new Api("https://api.example", async () => "token");

  test.each<[number, Record<string, string>]>([
    [200, html],
    [302, html],
    [403, html],
    [404, html],
    [408, {}],
    [503, problem],
  ])("does not delete: %i %j", async (status, headers) => {
    vi.stubGlobal("fetch", async () => new Response("{}", { status, headers }));
    await expect(api.delete("e1", 1)).rejects.toThrow(Unavailable);
  });

  test("is a refusal only with a problem document", async () => {
    vi.stubGlobal(
      "fetch",
      async () => new Response('{"code": "entry_locked"}', { status: 409, headers: problem }),
    );
    await expect(api.delete("e1", 1)).rejects.toMatchObject({ code: "entry_locked", status: 409 });
  });

  test("that breaks off can be requested again", async () => {
    const body = new ReadableStream({ start: (stream) => stream.error(new TypeError("network error")) });
    const headers = { "Content-Type": "application/json" };
    vi.stubGlobal("fetch", async () => new Response(body, { headers }));
    await expect(api.read("e1")).rejects.toThrow(Unavailable);
  });

  test("is no list of entries", async () => {
    vi.stubGlobal("fetch", async () => new Response("<p>Accept the terms</p>", { headers: html }));
    await expect(api.approvals()).rejects.toThrow(Unavailable);
  });
});
