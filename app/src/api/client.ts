/** A client of the Timesheets API, as described by openapi.yaml. */

import type { Decision, Entry, Fields } from "./entry";
import { Problem, Unavailable } from "./errors";

/** Returns an access token; a new one if given the token that the API refused. */
export type TokenSource = (refused?: string) => Promise<string>;

const TIMEOUT = 20_000; // ms

/** Every method throws `Problem` if the API refuses the request, and `Unavailable` if it can be retried. */
export class Api {
  constructor(
    private readonly base: string,
    private readonly token: TokenSource,
  ) {}

  /** Log an entry. Requests with the same key create one entry. */
  async create(fields: Fields, key: string): Promise<Entry> {
    return (await this.send("POST", "/timesheets", withoutNull(fields), { "Idempotency-Key": key })).json();
  }

  async read(id: string): Promise<Entry> {
    return (await this.send("GET", `/timesheets/${id}`)).json();
  }

  /** Change fields of an entry (RFC 7396), if it still has this version. */
  async correct(id: string, version: number, changes: Partial<Fields>): Promise<Entry> {
    const headers = { "If-Match": etag(version), "Content-Type": "application/merge-patch+json" };
    return (await this.send("PATCH", `/timesheets/${id}`, changes, headers)).json();
  }

  async delete(id: string, version: number): Promise<void> {
    await this.send("DELETE", `/timesheets/${id}`, undefined, { "If-Match": etag(version) });
  }

  /** Approve or reject another person's entry, if it still has this version; any version if none is given. */
  async decide(id: string, version: number | undefined, decision: Decision): Promise<Entry> {
    const headers = version === undefined ? {} : { "If-Match": etag(version) };
    return (await this.send("PUT", `/approvals/${id}`, decision, headers)).json();
  }

  /** List the caller's own entries between two days, both included. */
  entries(from: string, to: string): Promise<Entry[]> {
    return this.pages(`/timesheets?${new URLSearchParams({ from, to, limit: "100" })}`);
  }

  /** List other people's pending entries, or those of one person. */
  approvals(userId?: string): Promise<Entry[]> {
    return this.pages(
      `/approvals?${new URLSearchParams({ limit: "100", ...(userId && { user_id: userId }) })}`,
    );
  }

  /** Read a list to its last page. */
  private async pages(path: string): Promise<Entry[]> {
    const entries: Entry[] = [];
    for (let next: string | undefined = path; next; ) {
      const response: Response = await this.send("GET", next);
      entries.push(...((await response.json()) as Entry[]));
      const link = /<([^>]+)>; rel="next"/.exec(response.headers.get("Link") ?? "")?.[1];
      // The link is a relative reference (RFC 3986), so that it is valid behind any stage and domain.
      next = link && new URL(link, new URL(next, "http://x/")).href.replace("http://x", "");
    }
    return entries;
  }

  private async send(
    method: string,
    path: string,
    body?: unknown,
    headers: HeadersInit = {},
  ): Promise<Response> {
    const request: RequestInit = {
      method,
      headers,
      // A raw U+FFFD marks a body that was not UTF-8: the API refuses it.
      ...(body !== undefined && { body: JSON.stringify(body).replaceAll("\ufffd", "\\ufffd") }),
    };
    let token = await this.token();
    let response = await this.fetch(token, path, request);
    if (response.status === 401) {
      token = await this.token(token);
      response = await this.fetch(token, path, request);
    }
    if (response.ok) return response;
    const seconds = Number(response.headers.get("Retry-After"));
    if (response.status === 429 || response.status >= 500) {
      throw new Unavailable(seconds > 0 ? seconds * 1000 : undefined);
    }
    const problem = await response.json().catch(() => ({}));
    const detail = problem.detail ?? `The server refused the request (${response.status})`;
    throw new Problem(response.status, problem.code ?? "", detail, problem.errors);
  }

  private async fetch(token: string, path: string, request: RequestInit): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set("Authorization", `Bearer ${token}`);
    if (request.body && !headers.has("Content-Type")) headers.set("Content-Type", "application/json");
    const signal = AbortSignal.timeout(TIMEOUT);
    try {
      return await fetch(this.base + path, { ...request, headers, cache: "no-store", signal });
    } catch {
      throw new Unavailable();
    }
  }
}

function etag(version: number): string {
  return `"${version}"`;
}

function withoutNull(fields: Fields): object {
  const { notes, ...rest } = fields;
  return notes === null ? rest : fields;
}
