/** Drives openapi-fetch with the types of openapi-typescript: node openapi_fetch.js < stack.json. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { components, paths } from "./openapi.js";

type Entry = components["schemas"]["Entry"];
type Decision = components["schemas"]["Decision"];
interface Stack {
  url: string;
  employee_token: string;
  manager_token: string;
  import_token: string;
}

const PROJECT = "openapi-fetch";
const stack: Stack = JSON.parse(readFileSync(0, "utf8"));
const client = (token: string) =>
  createClient<paths>({ baseUrl: stack.url, headers: { Authorization: `Bearer ${token}` } });
const employee = client(stack.employee_token);
const manager = client(stack.manager_token);
const job = client(stack.import_token);

const date = "2026-11-20";
const body = { date, project: PROJECT, hours: 7.5 };
const header = { "Idempotency-Key": PROJECT };
const created = await employee.POST("/timesheets", { body, params: { header } });
assert(created.data, JSON.stringify(created.error));
const entry: Entry = created.data;
assert.deepEqual([entry.hours, entry.status, entry.version], [7.5, "pending", 1]);
const repeated = await employee.POST("/timesheets", { body, params: { header } });
assert.deepEqual(repeated.data, entry);
const listed = await employee.GET("/timesheets", { params: { query: { project: PROJECT } } });
assert.deepEqual(listed.data, [entry]);
const week = await employee.GET("/timesheets/weeks/{week}", { params: { path: { week: "2026-W47" } } });
assert.equal(week.data?.by_project[PROJECT], 7.5);
const weekParams = (etag: string) => ({ path: { week: "2026-W47" }, header: { "If-Match": etag } });
const state = week.response.headers.get("ETag") ?? "";
const signed = await employee.PUT("/timesheets/weeks/{week}/submission", { params: weekParams(state) });
assert.equal(signed.data?.submitted?.current, true, JSON.stringify(signed.error));
assert.equal(signed.data?.submitted?.versions[entry.id], 1);
const staleWeek = await employee.PUT("/timesheets/weeks/{week}/submission", { params: weekParams('"stale"') });
assert.equal(staleWeek.error?.code, "version_mismatch");
const withdrawn = await employee.DELETE("/timesheets/weeks/{week}/submission", {
  params: { path: { week: "2026-W47" } },
});
assert.equal(withdrawn.response.status, 204);

const path = { id: entry.id };
const params = { path, header: { "If-Match": '"1"' } };
const patch = { hours: "6.25", notes: "Release" };
const corrected = await employee.PATCH("/timesheets/{id}", { params, body: patch });
assert.deepEqual([corrected.data?.hours, corrected.data?.notes, corrected.data?.version], [6.25, "Release", 2]);
const stale = await employee.PATCH("/timesheets/{id}", { params, body: patch });
assert.equal(stale.error?.code, "version_mismatch");
const cleared = await employee.PATCH("/timesheets/{id}", { params: { path }, body: { notes: null } });
assert(cleared.data && !("notes" in cleared.data));

const query = { user_id: entry.user_id, project: PROJECT };
const pending = await manager.GET("/approvals", { params: { query } });
assert.deepEqual(pending.data, [cleared.data]);
const board = await manager.GET("/approvals/weeks/{week}", {
  params: { path: { week: "2026-W47" }, query: { only: "pending" } },
});
assert(Array.isArray(board.data)); // the other form of a page is CSV, a string
assert(board.data.every((personWeek) => personWeek.week === "2026-W47" && !personWeek.missing));
const decisions: (Decision | undefined)[] = [undefined, {}, { approved: true }];
for (const decision of decisions) {
  const approved = await manager.PUT("/approvals/{id}", { params: { path }, ...(decision && { body: decision }) });
  assert.equal(approved.data?.approved, true, JSON.stringify(approved.error));
  const locked = await employee.DELETE("/timesheets/{id}", { params: { path } });
  assert.equal(locked.error?.code, "entry_locked");
  const reopened = await manager.DELETE("/approvals/{id}", { params: { path } });
  assert.equal(reopened.data?.status, "pending");
}
const rejection = { approved: false, reason: "Which customer?" };
const rejected = await manager.PUT("/approvals/{id}", { params: { path }, body: rejection });
assert.deepEqual([rejected.data?.status, rejected.data?.reason], ["rejected", "Which customer?"]);
const forbidden = await employee.PUT("/approvals/{id}", { params: { path } });
assert.equal(forbidden.error?.code, "insufficient_scope");

assert.equal((await employee.DELETE("/timesheets/{id}", { params: { path } })).response.status, 204);
const missing = await employee.GET("/timesheets/{id}", { params: { path } });
assert.equal(missing.error?.code, "not_found");
const anonymous = await client("not-a-token").GET("/timesheets");
assert.equal(anonymous.error?.code, "invalid_token");

const row = { user_id: entry.user_id, date, project: PROJECT, hours: 5, external_id: PROJECT };
const single = await job.POST("/timesheets/upload", { body: row });
assert(single.data && "external_id" in single.data, JSON.stringify(single.error));
assert.equal(single.data.external_id, PROJECT);
const bad = { user_id: entry.user_id, date: "1999-12-31", project: PROJECT, hours: 5 };
const uploaded = await job.POST("/timesheets/upload", { body: [row, bad] });
assert(uploaded.data && "results" in uploaded.data, JSON.stringify(uploaded.error));
const [imported, refused] = uploaded.data.results;
assert(imported?.status === "unchanged" && imported.id === single.data.id);
assert(refused?.status === "rejected");
assert.equal(refused.problem.code, "invalid_entry");
assert.deepEqual(refused.problem.errors?.map((error) => error.pointer), ["/date"]);

for (const hours of [1, 2]) {
  assert((await employee.POST("/timesheets", { body: { date, project: PROJECT, hours } })).data);
}
const range = { from: date, to: date, order: "asc" } as const;
const page = await employee.GET("/timesheets", { params: { query: { ...range, limit: 2 } } });
assert(Array.isArray(page.data)); // the other form of a page is CSV, a string
assert.equal(page.data.length, 2);
const target = /^<([^>]*)>/.exec(page.response.headers.get("Link") ?? "")?.[1];
const cursor = new URL(target ?? "", page.response.url).searchParams.get("cursor");
assert(cursor);
const rest = await employee.GET("/timesheets", { params: { query: { ...range, cursor } } });
assert(Array.isArray(rest.data) && rest.data.length > 0);
const ids = new Set(page.data.map((listedEntry) => listedEntry.id));
assert(rest.data.every((listedEntry) => !ids.has(listedEntry.id)));
