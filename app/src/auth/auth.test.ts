import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { t } from "../language";
import { Auth } from "./auth";
import { Store } from "./store";

const CONFIG = { issuer: "https://issuer.example/", clientId: "app", audience: "api", api: "https://api" };
const ATTEMPT = { state: "s", nonce: "n", verifier: "v", path: "/week/2026-W40" };

let auth: Auth;
let kept: Map<string, string>;

beforeEach(async () => {
  kept = new Map();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  };
  vi.stubGlobal("sessionStorage", storage);
  vi.stubGlobal("localStorage", storage);
  const origin = "https://app.example";
  const href = `${origin}/callback?error=access_denied&state=s`;
  vi.stubGlobal("location", { origin, href, pathname: ATTEMPT.path, search: "", assign: () => undefined });
  vi.stubGlobal("fetch", async () =>
    Response.json({ issuer: CONFIG.issuer, authorization_endpoint: `${CONFIG.issuer}authorize` }),
  );
  auth = await Auth.open(CONFIG);
});

describe("a sign-in that fails", () => {
  test("at the callback leads back to where it began, with the reason", async () => {
    kept.set("timesheets: sign-in", JSON.stringify(ATTEMPT));
    expect(await auth.complete()).toBe(ATTEMPT.path);
    expect(auth.fault.value).toBe(t.signInCancelled);
  });

  test("at a callback that is not expected leads to the first screen", async () => {
    expect(await auth.complete()).toBe("/");
    expect(auth.fault.value).toBe(t.signInMismatch);
  });

  test("before the sign-in page gives the reason, until the next attempt", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("Failed to fetch");
    });
    const signingIn = auth.signIn();
    expect(auth.starting.value).toBe(true);
    await signingIn;
    expect(auth.starting.value).toBe(false);
    expect(auth.fault.value).toBe(t.signInUnreachable);
    vi.stubGlobal("fetch", () => new Promise(() => undefined));
    void auth.signIn();
    expect(auth.fault.value).toBeUndefined();
  });
});

test("a sign-out ends here although the server does not answer, and there once it does", async () => {
  vi.stubGlobal("navigator", { onLine: true });
  // Each request has a limit; here it is short.
  vi.spyOn(AbortSignal, "timeout").mockImplementation(() => AbortSignal.abort());
  vi.stubGlobal("fetch", async (_: string, { signal }: RequestInit) => signal!.throwIfAborted());
  const claims = { sub: "auth0|ana", sid: "session" };
  const signIn = { issuer: CONFIG.issuer, claims, scope: "", version: "1", refreshToken: "secret" };
  await (await Store.open()).write(signIn);
  auth = await Auth.open(CONFIG);
  const erase = vi.fn(async () => undefined);
  await auth.signOut(erase);
  expect(erase).toHaveBeenCalledOnce();
  expect(auth.person.value).toBeUndefined();
  expect(kept.get("timesheets: session to end")).toBe("session");
  const assign = vi.spyOn(location, "assign");
  vi.stubGlobal("fetch", async () =>
    Response.json({ issuer: CONFIG.issuer, end_session_endpoint: `${CONFIG.issuer}logout` }),
  );
  await auth.endOpenSession();
  expect(String(assign.mock.calls[0]![0])).toContain("logout_hint=session");
  expect(kept.has("timesheets: session to end")).toBe(false);
});
