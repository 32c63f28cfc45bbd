import "fake-indexeddb/auto";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { t } from "../language";
import { Auth } from "./auth";

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
