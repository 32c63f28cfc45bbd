import "fake-indexeddb/auto";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Api, type Entry, type Fields } from "./api";
import { type Database, open } from "./database";
import { Outbox, UNDO, overlaid } from "./outbox";

const HOURS: Fields = { date: "2026-11-20", project: "StoreZero", hours: 7.5, notes: null };

/** The API, as far as an outbox sees it: it keeps entries, and can be made to fail in any way. */
class Server {
  entries = new Map<string, Entry>();
  keys = new Map<string, string>();
  /** What goes wrong with the next requests, one each. */
  trouble: ("no network" | "answer lost" | number)[] = [];
  log: string[] = [];

  fetch = async (url: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const trouble = this.trouble.shift();
    if (trouble === "no network") throw new TypeError("Failed to fetch");
    const { pathname } = new URL(String(url));
    this.log.push(`${init.method} ${pathname}`);
    if (typeof trouble === "number") return Response.json({ code: "service_unavailable", detail: "Not now" }, { status: trouble });
    const answer = this.answer(init.method ?? "GET", pathname, init);
    if (trouble === "answer lost") throw new TypeError("Failed to fetch");
    return answer;
  };

  private answer(method: string, path: string, init: RequestInit): Response {
    const body = init.body ? JSON.parse(String(init.body)) : undefined;
    const headers = new Headers(init.headers);
    const id = path.split("/")[2] ?? "";
    const entry = this.entries.get(id);
    const refuse = (status: number, code: string, errors?: object) => Response.json({ code, detail: code, errors }, { status });
    if (method === "GET" && path === "/approvals") return Response.json([...this.entries.values()].filter((one) => one.status === "pending"));
    if (method === "POST") {
      if (body.hours === 13) return refuse(422, "invalid_entry", [{ pointer: "/hours", detail: "is unlucky" }]);
      const key = headers.get("Idempotency-Key")!;
      const known = this.keys.get(key);
      if (known) return Response.json(this.entries.get(known), { status: 201 });
      const made: Entry = { ...body, id: `e${this.entries.size}`, user_id: "me", status: "pending", created_at: `${this.entries.size}`, version: 1 };
      this.entries.set(made.id, made);
      this.keys.set(key, made.id);
      return Response.json(made, { status: 201 });
    }
    if (!entry) return refuse(404, "not_found");
    if (method === "GET") return Response.json(entry);
    const match = headers.get("If-Match");
    if (match && match !== `"${entry.version}"`) return refuse(412, "version_mismatch");
    if (method === "DELETE") {
      this.entries.delete(id);
      return new Response(null, { status: 204 });
    }
    if (method === "PATCH" && entry.status === "approved") return refuse(409, "entry_locked");
    if (method === "PUT") {
      const status = body.approved ? "approved" : "rejected";
      if (entry.status === status) return Response.json(entry);
      if (entry.status !== "pending") return refuse(409, "conflict");
      this.entries.set(id, { ...entry, status, version: entry.version + 1 });
    } else this.change(id, body);
    return Response.json(this.entries.get(id));
  }

  change(id: string, changes: object): void {
    const entry = this.entries.get(id)!;
    this.entries.set(id, { ...entry, ...changes, version: entry.version + 1 });
  }
}

let server: Server;
let database: Database;
let outbox: Outbox;
let people = 0;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"] });
  // One page is open here; over several the browser's own locks are tried with the real thing.
  vi.stubGlobal("navigator", { locks: { request: queued() } });
  server = new Server();
  vi.stubGlobal("fetch", server.fetch);
  database = await open(`person ${people++}`);
  outbox = restarted();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The app closed and opened again: what it knew is what the database holds. */
function restarted(): Outbox {
  return new Outbox(database, new Api("http://api", async () => "token"), () => undefined);
}

function queued() {
  let last = Promise.resolve<unknown>(undefined);
  return (_name: string, work: () => Promise<unknown>) => {
    last = last.catch(() => undefined).then(work);
    return last;
  };
}

async function settled(): Promise<void> {
  await outbox.flush();
}

async function logged(fields: Partial<Fields> = {}): Promise<Entry> {
  await outbox.logged({ ...HOURS, ...fields });
  await settled();
  return [...server.entries.values()].at(-1)!;
}

async function later(seconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  await settled();
}

/** Let time pass, second by second, without asking for anything to be sent. */
async function byItself(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second++) {
    await vi.advanceTimersByTimeAsync(1000);
    for (let turn = 0; turn < 20; turn++) await new Promise((done) => setImmediate(done)); // the database's own
  }
}

describe("an entry that is logged", () => {
  test("is sent, and known from then on", async () => {
    const entry = await logged();
    expect(entry).toMatchObject({ project: "StoreZero", hours: 7.5 });
    expect("notes" in entry).toBe(false);
    expect(await outbox.items()).toEqual([]);
    expect(await database.getAll("entries")).toEqual([entry]);
  });

  test.each(["no network", "answer lost", 503, 500, 429] as const)("is there once after: %s", async (trouble) => {
    server.trouble = [trouble, trouble, trouble];
    await outbox.logged(HOURS);
    await settled();
    outbox = restarted();
    for (let tries = 0; tries < 4; tries++) await settled();
    expect(server.entries.size).toBe(1);
    expect(await outbox.items()).toEqual([]);
  });

  test("is tried again by itself, ever more slowly", async () => {
    server.trouble = Array(20).fill("no network");
    await outbox.logged(HOURS);
    await byItself(120);
    const left = server.trouble.length;
    expect(left).toBeGreaterThan(8);
    expect(left).toBeLessThan(16);
    server.trouble = [];
    await byItself(31);
    expect(server.entries.size).toBe(1);
  });

  test("is neither blamed nor sent on and on when no token is taken", async () => {
    server.trouble = Array(20).fill(401);
    await outbox.logged(HOURS);
    await byItself(60);
    expect(server.trouble.length).toBe(18); // with the token, and with a new one
    expect((await outbox.items())[0]?.refused).toBeUndefined();
    server.trouble = [];
    await settled();
    expect(server.entries.size).toBe(1);
  });

  test("is not sent by a page that somebody else took over", async () => {
    server.trouble = ["no network", "no network"];
    await outbox.logged(HOURS);
    await settled();
    outbox.stop();
    await byItself(10);
    await outbox.flush();
    expect(server.entries.size).toBe(0);
  });

  test("goes in the order in which it was logged", async () => {
    server.trouble = ["no network"];
    await outbox.logged({ ...HOURS, project: "first" });
    await outbox.logged({ ...HOURS, project: "second" });
    await settled();
    await settled();
    expect([...server.entries.values()].map((entry) => entry.project)).toEqual(["first", "second"]);
  });

  test("that is refused stays, with its reason, and holds nothing up", async () => {
    await outbox.logged({ ...HOURS, hours: 13 });
    await logged({ project: "other" });
    const [item] = await outbox.items();
    expect(item).toMatchObject({ refused: { code: "invalid_entry", faults: [{ pointer: "/hours", detail: "is unlucky" }] } });
    expect(server.entries.size).toBe(1);
    const [shown] = overlaid([], [item!]);
    await outbox.corrected(shown!, { hours: 12 });
    await settled();
    expect(await outbox.items()).toEqual([]);
    expect([...server.entries.values()].map((entry) => entry.hours).sort()).toEqual([12, 7.5].sort());
  });
});

describe("a correction", () => {
  test("of what was never sent is one entry, as corrected", async () => {
    server.trouble = ["no network", "no network"];
    const n = await outbox.logged(HOURS);
    await settled();
    await database.put("outbox", { ...(await database.get("outbox", n))!, tried: false });
    const [shown] = overlaid([], await outbox.items());
    server.log = [];
    await outbox.corrected(shown!, { hours: 6 });
    await settled();
    expect(server.log).toEqual(["POST /timesheets"]);
    expect([...server.entries.values()]).toMatchObject([{ hours: 6, version: 1 }]);
  });

  test("of what may have arrived follows it", async () => {
    server.trouble = ["answer lost", "no network"];
    await outbox.logged(HOURS);
    await settled();
    const [shown] = overlaid([], await outbox.items());
    await outbox.corrected(shown!, { hours: 6, notes: "late" });
    await settled();
    await settled();
    expect([...server.entries.values()]).toMatchObject([{ hours: 6, notes: "late", version: 2 }]);
    expect(await outbox.items()).toEqual([]);
  });

  test("and a deletion that begin before it arrives are about what arrived", async () => {
    server.trouble = ["no network", "no network"];
    await outbox.logged(HOURS);
    await settled();
    const [seen] = overlaid([], await outbox.items());
    await settled();
    await outbox.corrected(seen!, { hours: 6 });
    await settled();
    expect([...server.entries.values()]).toMatchObject([{ hours: 6, version: 2 }]);
    await outbox.deleted(seen!);
    await later(UNDO);
    expect(server.entries.size).toBe(0);
    expect(await outbox.items()).toEqual([]);
  });

  test("whose answer was lost is not taken for someone else's", async () => {
    const entry = await logged();
    server.trouble = ["answer lost"];
    await outbox.corrected(entry, { hours: 6 });
    await settled();
    await settled();
    expect(server.entries.get(entry.id)).toMatchObject({ hours: 6, version: 2 });
    expect(await outbox.items()).toEqual([]);
  });

  test("of what someone else changed asks the person, who insists", async () => {
    const entry = await logged();
    server.change(entry.id, { hours: 1 });
    const n = await outbox.corrected(entry, { hours: 6 });
    await settled();
    expect(await outbox.items()).toMatchObject([{ theirs: { hours: 1, version: 2 } }]);
    await outbox.insisted(n);
    await settled();
    expect(server.entries.get(entry.id)).toMatchObject({ hours: 6, version: 3 });
  });

  test("of what someone else changed asks the person, who gives in", async () => {
    const entry = await logged();
    server.change(entry.id, { hours: 1 });
    const n = await outbox.corrected(entry, { hours: 6 });
    await settled();
    await outbox.dropped(n);
    expect(await outbox.items()).toEqual([]);
    expect(await database.get("entries", entry.id)).toMatchObject({ hours: 1 });
    expect(server.entries.get(entry.id)).toMatchObject({ hours: 1, version: 2 });
  });

  test("of an approved entry stays with the reason", async () => {
    const entry = await logged();
    server.entries.set(entry.id, { ...entry, status: "approved" });
    await outbox.corrected(entry, { hours: 6 });
    await settled();
    expect(await outbox.items()).toMatchObject([{ refused: { code: "entry_locked" } }]);
  });

  test("shows at once, and clears notes where it says so", async () => {
    const entry = await logged({ notes: "old" });
    server.trouble = ["no network"];
    await outbox.corrected(entry, { notes: null });
    const [shown] = overlaid([entry], await outbox.items());
    expect(shown!.notes).toBeUndefined();
    expect(shown!.waiting).toBeDefined();
  });
});

describe("a deletion", () => {
  test("is sent when it can no longer be undone", async () => {
    const entry = await logged();
    await outbox.deleted(entry);
    expect(overlaid([entry], await outbox.items())).toEqual([]);
    await later(UNDO - 1);
    expect(server.entries.size).toBe(1);
    await later(2);
    expect(server.entries.size).toBe(0);
    expect(await database.getAll("entries")).toEqual([]);
  });

  test("that is undone was never said", async () => {
    const entry = await logged();
    const n = await outbox.deleted(entry);
    expect(await outbox.undo(n)).toBe(true);
    await later(60);
    expect(server.entries.size).toBe(1);
  });

  test("whose answer was lost is done", async () => {
    const entry = await logged();
    await outbox.deleted(entry);
    server.trouble = ["answer lost"];
    await later(UNDO + 60);
    expect(server.entries.size).toBe(0);
    expect(await outbox.items()).toEqual([]);
  });

  test("of what was never sent sends nothing", async () => {
    await outbox.logged({ ...HOURS, hours: 13 });
    await settled();
    const [shown] = overlaid([], await outbox.items());
    await outbox.deleted(shown!);
    expect(await outbox.items()).toEqual([]);
  });

  test("of what is on its way waits for it", async () => {
    server.trouble = ["answer lost", "no network"];
    await outbox.logged(HOURS);
    await settled();
    const [shown] = overlaid([], await outbox.items());
    await outbox.deleted(shown!);
    await later(UNDO + 60);
    expect(server.keys.size).toBe(1);
    expect(server.entries.size).toBe(0);
    expect(await outbox.items()).toEqual([]);
  });
});

describe("a decision", () => {
  test("can be undone for a few seconds, and then is sent", async () => {
    const entry = await logged();
    const n = await outbox.decided(entry, { approved: true });
    await later(UNDO - 1);
    expect(server.entries.get(entry.id)!.status).toBe("pending");
    await later(2);
    expect(server.entries.get(entry.id)!.status).toBe("approved");
    expect(await outbox.undo(n)).toBe(false);
  });

  test("whose answer was lost is done", async () => {
    const entry = await logged();
    await outbox.decided(entry, { approved: false, reason: "Which site?" });
    server.trouble = ["answer lost"];
    await later(UNDO + 60);
    expect(server.entries.get(entry.id)!.status).toBe("rejected");
    expect(await outbox.items()).toEqual([]);
  });

  test("about what was changed meanwhile asks again", async () => {
    const entry = await logged();
    await outbox.decided(entry, { approved: true });
    server.change(entry.id, { hours: 12 });
    await later(UNDO + 1);
    expect(server.entries.get(entry.id)!.status).toBe("pending");
    expect(await outbox.items()).toMatchObject([{ theirs: { hours: 12 } }]);
  });

  test("that another took differently is told", async () => {
    const entry = await logged();
    await outbox.decided(entry, { approved: true });
    server.change(entry.id, { status: "rejected" });
    await later(UNDO + 1);
    expect(await outbox.items()).toMatchObject([{ refused: { code: "conflict" } }]);
  });
});

test("whatever goes wrong and however often the app dies, each entry is there once", async () => {
  let seed = 1;
  const random = (count: number) => (seed = (seed * 48_271) % 2_147_483_647) % count;
  for (let number = 0; number < 60; number++) {
    server.trouble.push(...Array.from({ length: random(4) }, () => (["no network", "answer lost", 503] as const)[random(3)]!));
    await outbox.logged({ ...HOURS, project: `entry ${number}` });
    if (random(3) === 0) outbox = restarted();
    if (random(2) === 0) await later(random(40));
  }
  server.trouble = [];
  await later(60);
  const projects = [...server.entries.values()].map((entry) => entry.project);
  expect(projects).toEqual(Array.from({ length: 60 }, (_, number) => `entry ${number}`));
  expect(await outbox.items()).toEqual([]);
});
