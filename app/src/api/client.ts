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
import { type FieldError, Problem, Unavailable } from "./errors";

/** Returns an access token; a new one if given the token that the API refused. */
export type TokenSource = (refused?: string) => Promise<string>;

const TIMEOUT = 20_000; // ms
const PROBLEM = "application/problem+json"; // RFC 9457
const NO_CONTENT = 204;

interface Call {
  /** The expected status. */
  status?: number;
  body?: unknown;
  headers?: HeadersInit;
}

/** Returns whether the content of an answer is the API's. */
type Check<T> = (answer: unknown) => answer is T;

interface Answer<T> {
  body: T;
  headers: Headers;
}

/** A problem document (RFC 9457). */
interface Refusal {
  code: string;
  detail: string;
  errors: FieldError[];
}

/** Every method throws `Problem` if the API refuses the request, and `Unavailable` if it can be retried. */
export class Api {
  constructor(
    private readonly base: string,
    private readonly token: TokenSource,
  ) {}

  /** Log an entry. Requests with the same key create one entry. */
  create(fields: Fields, key: string): Promise<Entry> {
    const headers = { "Idempotency-Key": key };
    return this.send("POST", "/timesheets", isEntry, { status: 201, body: withoutNull(fields), headers });
  }

  read(id: string): Promise<Entry> {
    return this.send("GET", `/timesheets/${id}`, isEntry);
  }

  /** Change fields of an entry (RFC 7396), if it still has this version. */
  correct(id: string, version: number, changes: Partial<Fields>): Promise<Entry> {
    const headers = { "If-Match": etag(version), "Content-Type": "application/merge-patch+json" };
    return this.send("PATCH", `/timesheets/${id}`, isEntry, { body: changes, headers });
  }

  async delete(id: string, version: number): Promise<void> {
    const headers = { "If-Match": etag(version) };
    await this.send("DELETE", `/timesheets/${id}`, isNothing, { status: NO_CONTENT, headers });
  }

  /** Approve or reject 1 to 100 entries of other people, each at exactly this version. */
  async decide(rows: DecisionRow[]): Promise<DecisionResult[]> {
    const isResults = (answer: unknown): answer is { results: DecisionResult[] } =>
      isObject(answer) && isList(answer.results) && answer.results.length === rows.length;
    return (await this.send("POST", "/approvals", isResults, { status: 207, body: rows })).results;
  }

  /** Make a decided entry pending again, if it still has this version. */
  reopen(id: string, version: number): Promise<Entry> {
    return this.send("DELETE", `/approvals/${id}`, isEntry, { headers: { "If-Match": etag(version) } });
  }

  /** Read an entry of another person, in any state. */
  approval(id: string): Promise<Entry> {
    return this.send("GET", `/approvals/${id}`, isEntry);
  }

  /** Return every change of an entry, oldest first. */
  history(id: string, of: "timesheets" | "approvals"): Promise<Change[]> {
    return this.send("GET", `/${of}/${id}/history`, isList<Change>);
  }

  /** Read the state of the caller's week. */
  async week(week: string): Promise<WeekState> {
    return weekState(await this.request("GET", `/timesheets/weeks/${week}`, isWeek));
  }

  /** Sign the caller's week, if it still has the state with this tag. */
  async signWeek(week: string, tag: string): Promise<WeekState> {
    const headers = { "If-Match": tag };
    return weekState(await this.request("PUT", `/timesheets/weeks/${week}/submission`, isWeek, { headers }));
  }

  /** Withdraw the signature of the caller's week. */
  async withdraw(week: string): Promise<void> {
    await this.send("DELETE", `/timesheets/weeks/${week}/submission`, isNothing, { status: NO_CONTENT });
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
      const page: Answer<Row[]> = await this.request("GET", next, isList<Row>);
      rows.push(...page.body);
      const link = /<([^>]+)>; rel="next"/.exec(page.headers.get("Link") ?? "")?.[1];
      // The link is a relative reference (RFC 3986), so that it is valid behind any stage and domain.
      next = link && new URL(link, new URL(next, "http://x/")).href.replace("http://x", "");
    }
    return rows;
  }

  private async send<T>(method: string, path: string, is: Check<T>, call?: Call): Promise<T> {
    return (await this.request(method, path, is, call)).body;
  }

  /**
   * Send a request, with a new access token if the API refuses the first one.
   *
   * A captive portal or a proxy can answer anything in the API's place: an answer counts only with the expected status
   * and content, and a refusal only with a problem document.
   */
  private async request<T>(
    method: string,
    path: string,
    is: Check<T>,
    { status = 200, body, headers = {} }: Call = {},
  ): Promise<Answer<T>> {
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
    const type = response.headers.get("Content-Type") ?? "";
    const isJson = type.startsWith("application/json") || type.startsWith(PROBLEM);
    const answer: unknown = isJson ? await response.json().catch(() => undefined) : undefined;
    if (response.status === status && is(answer)) return { body: answer, headers: response.headers };
    const isBusy = response.status === 429 || response.status >= 500;
    if (!isBusy && !response.ok && type.startsWith(PROBLEM)) {
      const { detail = String(response.status), code = "", errors } = (answer ?? {}) as Partial<Refusal>;
      throw new Problem(response.status, code, detail, errors);
    }
    const seconds = Number(response.headers.get("Retry-After"));
    throw new Unavailable({
      retryAfter: seconds > 0 ? seconds * 1000 : undefined,
      status: response.status,
      request: response.headers.get("x-amzn-RequestId") ?? "",
      isForeign: !isBusy,
    });
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

function isObject(answer: unknown): answer is Record<string, unknown> {
  return typeof answer === "object" && answer !== null;
}

function isEntry(answer: unknown): answer is Entry {
  return isObject(answer) && typeof answer.id === "string" && typeof answer.version === "number";
}

function isWeek(answer: unknown): answer is Pick<WeekState, "submitted"> {
  return isObject(answer) && typeof answer.week === "string";
}

function isList<Row>(answer: unknown): answer is Row[] {
  return Array.isArray(answer);
}

function isNothing(answer: unknown): answer is undefined {
  return answer === undefined;
}

function etag(version: number): string {
  return `"${version}"`;
}

function weekState({ body: { submitted }, headers }: Answer<Pick<WeekState, "submitted">>): WeekState {
  return { tag: headers.get("ETag") ?? "", ...(submitted && { submitted }) };
}

function withoutNull(fields: Fields): object {
  const { notes, ...rest } = fields;
  return notes === null ? rest : fields;
}
