/** The routes of the API that the outbox uses, in memory, with failures on demand. For tests. */

import type { Entry } from "../api/entry";

export type Failure = "no network" | "lost response" | number;

export class FakeServer {
  entries = new Map<string, Entry>();
  /** Entry ids by idempotency key. */
  keys = new Map<string, string>();
  /** The failures of the next requests, one each, or undefined for none; a number is a status. */
  failures: (Failure | undefined)[] = [];
  /** Delays every response until it resolves; the server has done the request by then. */
  held: Promise<unknown> | undefined;
  log: string[] = [];

  fetch = async (url: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const failure = this.failures.shift();
    if (failure === "no network") throw new TypeError("Failed to fetch");
    const { pathname } = new URL(String(url));
    this.log.push(`${init.method} ${pathname}`);
    if (typeof failure === "number") return problem(failure, "failure");
    const response = this.respond(init.method ?? "GET", pathname, init);
    await this.held;
    if (failure === "lost response") throw new TypeError("Failed to fetch");
    return response;
  };

  /** Change an entry as another client does. */
  change(id: string, changes: object): Entry {
    const entry = this.entries.get(id)!;
    const changed = { ...entry, ...changes, version: entry.version + 1 };
    this.entries.set(id, changed);
    return changed;
  }

  private respond(method: string, path: string, init: RequestInit): Response {
    const body = init.body ? JSON.parse(String(init.body)) : undefined;
    const headers = new Headers(init.headers);
    const entry = this.entries.get(path.split("/")[2] ?? "");
    if (method === "POST" && path === "/approvals") return this.decideAll(body);
    if (method === "POST") return this.create(body, headers.get("Idempotency-Key")!);
    if (method === "GET" && path === "/timesheets") return Response.json([...this.entries.values()]);
    if (method === "GET" && path === "/approvals") {
      return Response.json([...this.entries.values()].filter((one) => one.status === "pending"));
    }
    if (!entry) return problem(404, "not_found");
    if (method === "GET") return Response.json(entry);
    const version = headers.get("If-Match");
    if (version && version !== `"${entry.version}"`) return problem(412, "version_mismatch");
    if (method === "DELETE") {
      this.entries.delete(entry.id);
      return new Response(null, { status: 204 });
    }
    if (entry.status === "approved") return problem(409, "entry_locked");
    return Response.json(this.change(entry.id, body));
  }

  /** Create an entry; 13 hours are refused. */
  private create(fields: Entry, key: string): Response {
    if (fields.hours === 13) {
      return problem(422, "invalid_entry", [{ pointer: "/hours", detail: "is unlucky" }]);
    }
    const id = this.keys.get(key) ?? `e${this.entries.size}`;
    if (!this.keys.has(key)) {
      const created_at = String(this.entries.size);
      this.entries.set(id, { ...fields, id, user_id: "me", status: "pending", created_at, version: 1 });
      this.keys.set(key, id);
    }
    return Response.json(this.entries.get(id), { status: 201 });
  }

  private decideAll(rows: { id: string; version: number; approved: boolean }[]): Response {
    const results = rows.map(({ id, version, approved }, index) => {
      const entry = this.entries.get(id);
      const status = approved ? "approved" : "rejected";
      if (!entry)
        return { index, status: "refused", problem: { code: "not_found", detail: "", status: 404 } };
      if (entry.status === status && entry.version <= version + 1)
        return { index, status: "unchanged", entry };
      const code = entry.version === version ? "conflict" : "version_mismatch";
      if (entry.version !== version || entry.status !== "pending") {
        return { index, status: "refused", problem: { code, detail: code, status: 412 } };
      }
      return { index, status: "decided", entry: this.change(id, { status }) };
    });
    return Response.json({ results }, { status: 207 });
  }
}

function problem(status: number, code: string, errors?: object): Response {
  const headers = { "Content-Type": "application/problem+json" };
  return Response.json({ code, detail: code, errors }, { status, headers });
}
