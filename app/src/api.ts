/** The Timesheets API as openapi.yaml describes it: what it takes, what it gives, and how it refuses. */

export type Status = "pending" | "approved" | "rejected";

export interface Entry {
  id: string;
  user_id: string;
  user_email?: string;
  date: string;
  project: string;
  hours: number;
  notes?: string;
  status: Status;
  reviewed_by?: string;
  reason?: string;
  created_at: string;
  version: number;
}

/** What a person says of an entry. As a change, `notes: null` clears them. */
export interface Fields {
  date: string;
  project: string;
  hours: number;
  notes: string | null;
}

export type Decision = { approved: true } | { approved: false; reason: string };

/** A refusal (RFC 9457). It will be the same however often the request is sent. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly faults: { pointer: string; detail: string }[] = [],
  ) {
    super(message);
  }
}

/** No answer, or not now: to be tried again, after so many milliseconds if the server says. */
export class NotNow extends Error {
  constructor(readonly after?: number) {
    super("The server can't be reached");
  }
}

/** Gives an access token; a new one instead of one that was refused. */
export type TokenSource = (refused?: string) => Promise<string>;

const PATIENCE = 20_000; // ms

export class Api {
  constructor(
    private readonly base: string,
    private readonly token: TokenSource,
  ) {}

  /** Log an entry. However often this is sent under one key, it makes one entry. */
  async create(fields: Fields, key: string): Promise<Entry> {
    return (await this.send("POST", "/timesheets", withoutNull(fields), { "Idempotency-Key": key })).json();
  }

  async read(id: string): Promise<Entry> {
    return (await this.send("GET", `/timesheets/${id}`)).json();
  }

  /** Correct an entry in the version that the person saw (RFC 7396). */
  async correct(id: string, version: number, changes: Partial<Fields>): Promise<Entry> {
    const headers = { "If-Match": tag(version), "Content-Type": "application/merge-patch+json" };
    return (await this.send("PATCH", `/timesheets/${id}`, changes, headers)).json();
  }

  async delete(id: string, version: number): Promise<void> {
    await this.send("DELETE", `/timesheets/${id}`, undefined, { "If-Match": tag(version) });
  }

  /** Decide about another's entry; without a version, in whatever state it is. */
  async decide(id: string, version: number | undefined, decision: Decision): Promise<Entry> {
    const headers = version === undefined ? {} : { "If-Match": tag(version) };
    return (await this.send("PUT", `/approvals/${id}`, decision, headers)).json();
  }

  /** One's own entries of some days, both included. */
  entries(from: string, to: string): Promise<Entry[]> {
    return this.all(`/timesheets?${new URLSearchParams({ from, to, limit: "100" })}`);
  }

  /** Others' pending entries, of all or of one. */
  approvals(owner?: string): Promise<Entry[]> {
    return this.all(`/approvals?${new URLSearchParams({ limit: "100", ...(owner && { user_id: owner }) })}`);
  }

  private async all(path: string): Promise<Entry[]> {
    const found: Entry[] = [];
    for (let next: string | undefined = path; next; ) {
      const answer: Response = await this.send("GET", next);
      found.push(...((await answer.json()) as Entry[]));
      const link = /<([^>]+)>; rel="next"/.exec(answer.headers.get("Link") ?? "")?.[1];
      // A relative reference (RFC 3986), so that it holds behind any stage and domain.
      next = link && new URL(link, new URL(next, "http://x/")).href.replace("http://x", "");
    }
    return found;
  }

  private async send(method: string, path: string, body?: unknown, headers: HeadersInit = {}): Promise<Response> {
    let token = await this.token();
    let answer = await this.once(token, method, path, body, headers);
    if (answer.status === 401) {
      token = await this.token(token);
      answer = await this.once(token, method, path, body, headers);
    }
    if (answer.ok) return answer;
    const seconds = Number(answer.headers.get("Retry-After"));
    if (answer.status === 429 || answer.status >= 500) throw new NotNow(seconds > 0 ? seconds * 1000 : undefined);
    const problem = await answer.json().catch(() => ({}));
    throw new Refused(answer.status, problem.code ?? "", problem.detail ?? `Refused (${answer.status})`, problem.errors);
  }

  private async once(token: string, method: string, path: string, body: unknown, headers: HeadersInit): Promise<Response> {
    const sent = new Headers({ Authorization: `Bearer ${token}`, ...(body !== undefined && { "Content-Type": "application/json" }) });
    for (const [name, value] of new Headers(headers)) sent.set(name, value);
    try {
      return await fetch(this.base + path, {
        method,
        headers: sent,
        cache: "no-store",
        signal: AbortSignal.timeout(PATIENCE),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch {
      throw new NotNow();
    }
  }
}

function tag(version: number): string {
  return `"${version}"`;
}

function withoutNull(fields: Fields): object {
  const { notes, ...rest } = fields;
  return notes === null ? rest : fields;
}
