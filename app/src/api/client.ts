/** A client of the Timesheets API, as described by openapi.yaml. */

import type {
  BoardRow,
  Change,
  DecisionResult,
  DecisionRow,
  Entry,
  Fields,
  Status,
  WeekState,
} from "./entry";
import { Problem, Unavailable } from "./errors";

/** Returns an access token; a new one if given the token that the API refused. */
export type TokenSource = (refused?: string) => Promise<string>;

const TIMEOUT = 20_000; // ms
const PROBLEM = "application/problem+json"; // RFC 9457
const NO_CONTENT = 204;

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

  /** Approve or reject 1 to 100 entries of other people, each at exactly this version. */
  async decide(rows: DecisionRow[]): Promise<DecisionResult[]> {
    const { results } = await (await this.send("POST", "/approvals", rows)).json();
    return results;
  }

  /** Make a decided entry pending again, if it still has this version. */
  async reopen(id: string, version: number): Promise<Entry> {
    return (await this.send("DELETE", `/approvals/${id}`, undefined, { "If-Match": etag(version) })).json();
  }

  /** Read an entry of another person, in any state. */
  async approval(id: string): Promise<Entry> {
    return (await this.send("GET", `/approvals/${id}`)).json();
  }

  /** Return every change of an entry, oldest first. */
  async history(id: string, of: "timesheets" | "approvals"): Promise<Change[]> {
    return (await this.send("GET", `/${of}/${id}/history`)).json();
  }

  /** Read the state of the caller's week. */
  async week(week: string): Promise<WeekState> {
    return weekState(await this.send("GET", `/timesheets/weeks/${week}`));
  }

  /** Sign the caller's week, if it still has the state with this tag. */
  async signWeek(week: string, tag: string): Promise<WeekState> {
    return weekState(
      await this.send("PUT", `/timesheets/weeks/${week}/submission`, undefined, { "If-Match": tag }),
    );
  }

  /** Withdraw the signature of the caller's week. */
  async withdraw(week: string): Promise<void> {
    await this.send("DELETE", `/timesheets/weeks/${week}/submission`);
  }

  /** List the caller's own entries between two days, both included. */
  entries(from: string, to: string): Promise<Entry[]> {
    return this.pages(`/timesheets?${new URLSearchParams({ from, to, limit: "100" })}`);
  }

  /** List the caller's own rejected entries. */
  rejected(): Promise<Entry[]> {
    return this.pages(`/timesheets?${new URLSearchParams({ status: "rejected", limit: "100" })}`);
  }

  /** List other people's pending entries. */
  approvals(): Promise<Entry[]> {
    return this.pages("/approvals?limit=100");
  }

  /** List a person's decided entries between two days, both included. */
  decided(userId: string, status: Status, from: string, to: string): Promise<Entry[]> {
    const query = { status, user_id: userId, from, to, limit: "100" };
    return this.pages(`/approvals?${new URLSearchParams(query)}`);
  }

  /** List other people's weeks. */
  board(week: string): Promise<BoardRow[]> {
    return this.pages(`/approvals/weeks/${week}?limit=100`);
  }

  /** Read a list to its last page. */
  private async pages<Row>(path: string): Promise<Row[]> {
    const rows: Row[] = [];
    for (let next: string | undefined = path; next; ) {
      const response: Response = await this.send("GET", next);
      rows.push(...((await response.json()) as Row[]));
      const link = /<([^>]+)>; rel="next"/.exec(response.headers.get("Link") ?? "")?.[1];
      // The link is a relative reference (RFC 3986), so that it is valid behind any stage and domain.
      next = link && new URL(link, new URL(next, "http://x/")).href.replace("http://x", "");
    }
    return rows;
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
    if (response.ok && isAnswer(method, response)) return response;
    const seconds = Number(response.headers.get("Retry-After"));
    const type = response.headers.get("Content-Type") ?? "";
    // A captive portal or a proxy can answer anything in the API's place: only a problem document is a refusal.
    if (response.ok || response.status === 429 || response.status >= 500 || !type.startsWith(PROBLEM)) {
      throw new Unavailable({
        retryAfter: seconds > 0 ? seconds * 1000 : undefined,
        status: response.status,
        request: response.headers.get("x-amzn-RequestId") ?? "",
      });
    }
    const problem = await response.json().catch(() => ({}));
    const detail = problem.detail ?? String(response.status);
    throw new Problem(response.status, problem.code ?? "", detail, problem.errors);
  }

  private async fetch(token: string, path: string, request: RequestInit): Promise<Response> {
    const headers = new Headers(request.headers);
    headers.set("Authorization", `Bearer ${token}`);
    if (request.body && !headers.has("Content-Type")) headers.set("Content-Type", "application/json");
    const signal = AbortSignal.timeout(TIMEOUT);
    // A request of an app that is being closed is sent to the end.
    const keepalive = globalThis.document?.visibilityState === "hidden";
    try {
      const response = await fetch(this.base + path, {
        ...request,
        headers,
        cache: "no-store",
        keepalive,
        signal,
      });
      // The connection can fail before the body's end too.
      const body = response.status === NO_CONTENT ? null : await response.arrayBuffer();
      return new Response(body, response);
    } catch {
      throw new Unavailable();
    }
  }
}

/** Return whether a response is one that the API gives: nothing to a deletion, JSON to everything else. */
function isAnswer(method: string, response: Response): boolean {
  const type = response.headers.get("Content-Type") ?? "";
  return type.startsWith("application/json") || (method === "DELETE" && response.status === NO_CONTENT);
}

function etag(version: number): string {
  return `"${version}"`;
}

async function weekState(response: Response): Promise<WeekState> {
  const { submitted } = await response.json();
  return { tag: response.headers.get("ETag") ?? "", ...(submitted && { submitted }) };
}

function withoutNull(fields: Fields): object {
  const { notes, ...rest } = fields;
  return notes === null ? rest : fields;
}
