import { beforeEach, expect, test, vi } from "vitest";
import { type Config, loadConfig } from "./config";

const OLD: Config = { issuer: "https://issuer/", clientId: "app", audience: "api", api: "https://api" };
const NEW = { ...OLD, api: "https://other-api" };

let stored: Map<string, Map<string, unknown>>;
let served: unknown;
let pageFails: boolean;
let reloads: number;

beforeEach(() => {
  stored = new Map([["build", new Map<string, unknown>([["/", "old page"]])]]);
  served = OLD;
  pageFails = false;
  reloads = 0;
  const open = async (name: string) => {
    const cache = stored.get(name) ?? new Map<string, unknown>();
    stored.set(name, cache);
    return {
      match: async (path: string) => (cache.has(path) ? Response.json(cache.get(path)) : undefined),
      put: async (path: string, response: Response) => void cache.set(path, await response.json()),
      add: async () => {
        if (pageFails) throw new TypeError("Failed to fetch");
        cache.set("/", "new page");
      },
    };
  };
  vi.stubGlobal("caches", { open, keys: async () => [...stored.keys()] });
  vi.stubGlobal("Request", class {});
  vi.stubGlobal("location", { reload: () => (reloads += 1) });
  vi.stubGlobal("fetch", async () => Response.json(served));
});

const kept = () => stored.get("config")?.get("/config.json");
const page = () => stored.get("build")?.get("/");

test("new addresses replace the page, then the configuration, and the app loads again", async () => {
  expect(await loadConfig()).toEqual(OLD);
  served = NEW;
  expect(await loadConfig()).toEqual(OLD);
  await expect.poll(() => reloads).toBe(1);
  expect([page(), kept()]).toEqual(["new page", NEW]);
});

test("new addresses wait as long as the page with their policy cannot be loaded", async () => {
  await loadConfig();
  served = NEW;
  pageFails = true;
  await loadConfig();
  await new Promise((next) => setTimeout(next, 20));
  expect([page(), kept(), reloads]).toEqual(["old page", OLD, 0]);
  pageFails = false;
  await loadConfig();
  await expect.poll(() => reloads).toBe(1);
  expect(kept()).toEqual(NEW);
});

test("another page in the place of the configuration changes nothing", async () => {
  await loadConfig();
  served = { success: true };
  await loadConfig();
  await new Promise((next) => setTimeout(next, 20));
  expect([kept(), reloads]).toEqual([OLD, 0]);
});
