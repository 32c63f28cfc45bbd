import { afterEach, describe, expect, test, vi } from "vitest";
import { t } from "../language";
import { Api } from "./client";
import { Unavailable } from "./errors";

afterEach(() => {
  vi.unstubAllGlobals();
});

test("bodies escape U+FFFD, which marks damage where it is raw", async () => {
  const fetch = vi.fn(async (_url: string, _request: RequestInit) =>
    Response.json({ id: "e1", version: 1 }, { status: 201 }),
  );
  vi.stubGlobal("fetch", fetch);
  const fields = { date: "2026-11-20", project: "StoreZero", hours: 1, notes: "fixed the \ufffd in names" };
  await new Api("https://api.example", async () => "token").create(fields, "key");
  const body = fetch.mock.calls[0]![1].body as string;
  expect(body).not.toContain("\ufffd");
  expect(JSON.parse(body)).toEqual(fields);
});

const ENTRY = { id: "e1", version: 1 };
const ROW = { id: "e1", version: 1, approved: true } as const;
const FIELDS = { date: "2026-11-20", project: "StoreZero", hours: 1, notes: null };
const WEEK = { week: "2026-W47" };

const calls: Record<string, [(api: Api) => Promise<unknown>, number, unknown]> = {
  create: [(api) => api.create(FIELDS, "key"), 201, ENTRY],
  read: [(api) => api.read("e1"), 200, ENTRY],
  correct: [(api) => api.correct("e1", 1, { hours: 2 }), 200, ENTRY],
  delete: [(api) => api.delete("e1", 1), 204, undefined],
  decide: [(api) => api.decide([ROW]), 207, { results: [{ entry: ENTRY }] }],
  reopen: [(api) => api.reopen("e1", 1), 200, ENTRY],
  approval: [(api) => api.approval("e1"), 200, ENTRY],
  history: [(api) => api.history("e1", "approvals"), 200, [{ version: 1 }]],
  week: [(api) => api.week("2026-W47"), 200, WEEK],
  "sign week": [(api) => api.signWeek("2026-W47", "*"), 200, WEEK],
  withdraw: [(api) => api.withdraw("2026-W47"), 204, undefined],
  entries: [(api) => api.entries("2026-11-16", "2026-11-22"), 200, [ENTRY]],
  board: [(api) => api.board("2026-W47"), 200, [WEEK]],
};

const api = new Api("https://api.example", async () => "token");

function answer(status: number, body: unknown, type = "application/json"): void {
  const text = status === 204 ? null : typeof body === "string" ? body : JSON.stringify(body);
  vi.stubGlobal("fetch", async () => new Response(text, { status, headers: { "Content-Type": type } }));
}

describe.each(Object.entries(calls))("%s", (_, [call, status, body]) => {
  test("believes the API's answer", async () => {
    answer(status, body);
    const result = (await call(api)) as object | undefined;
    expect(JSON.stringify(result ?? null).length).toBeGreaterThanOrEqual(status === 204 ? 4 : 10);
  });

  test.each<[number, unknown, string]>([
    [200, "<p>Accept the terms</p>", "text/html"],
    [200, { success: true }, "application/json"],
    [200, "nonsense", "application/json"],
    [202, { id: "e1", version: 1 }, "application/json"],
    [302, "", "text/html"],
    [403, "<p>Blocked</p>", "text/html"],
    [403, { message: "Forbidden" }, "application/json"],
    [404, "", "text/html"],
    [408, "", ""],
  ])("does not believe %i %j of %s", async (wrong, text, type) => {
    answer(wrong, text, type);
    await expect(call(api)).rejects.toMatchObject({ name: "Error", isForeign: true });
    await expect(call(api)).rejects.toBeInstanceOf(Unavailable);
  });

  test("is refused only by a problem document", async () => {
    answer(409, { code: "entry_locked" }, "application/problem+json; charset=utf-8");
    await expect(call(api)).rejects.toMatchObject({
      code: "entry_locked",
      status: 409,
      message: t.refusals.entry_locked,
    });
    answer(422, { code: "invalid_entry", detail: "hours: is unlucky" }, "application/problem+json");
    await expect(call(api)).rejects.toMatchObject({ message: "hours: is unlucky" });
  });

  test.each([
    [503, "application/problem+json"],
    [502, "application/json"],
    [429, "text/html"],
  ])("is retried after %i of %s", async (busy, type) => {
    answer(busy, { code: "unavailable" }, type);
    await expect(call(api)).rejects.toMatchObject({ status: busy, isForeign: false });
  });
});

test("decisions need a result for each of them", async () => {
  answer(207, { results: [] });
  await expect(api.decide([ROW])).rejects.toBeInstanceOf(Unavailable);
});

test("an answer that breaks off can be requested again", async () => {
  const body = new ReadableStream({ start: (stream) => stream.error(new TypeError("network error")) });
  const headers = { "Content-Type": "application/json" };
  vi.stubGlobal("fetch", async () => new Response(body, { headers }));
  await expect(api.read("e1")).rejects.toThrow(Unavailable);
});
