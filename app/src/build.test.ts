import { beforeEach, expect, test, vi } from "vitest";
import { newBuild, watchBuild } from "./build";
import type { Config } from "./config";

const CONFIG: Config = { issuer: "https://issuer/", clientId: "app", audience: "api", api: "https://api" };

/** A browser's service workers; a new one takes the page over when the test says so. */
class Container extends EventTarget {
  controller: object | null = null;

  takeOver() {
    this.controller = {};
    this.dispatchEvent(new Event("controllerchange"));
  }

  async register() {
    if (!this.controller) this.takeOver(); // as soon as possible, so that a late listener misses it
    return { update: async () => undefined };
  }
}

let container: Container;
let page: EventTarget & { visibilityState: string };
let served: Config;

beforeEach(() => {
  vi.useFakeTimers();
  container = new Container();
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  served = CONFIG;
  newBuild.value = false;
  vi.stubGlobal("navigator", { serviceWorker: container });
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", {});
  vi.stubGlobal("fetch", async () => Response.json(served));
});

test("the first service worker is no news, the second one is", async () => {
  await watchBuild(CONFIG);
  expect(newBuild.value).toBe(false);
  container.takeOver();
  expect(newBuild.value).toBe(true);
});

test("a page that the service worker served notices the next build", async () => {
  container.controller = {};
  await watchBuild(CONFIG);
  container.takeOver();
  expect(newBuild.value).toBe(true);
});

test("changed addresses are noticed on return, and not while the page is hidden", async () => {
  await watchBuild(CONFIG);
  served = { ...CONFIG, api: "https://other-api" };
  page.visibilityState = "hidden";
  page.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(0);
  expect(newBuild.value).toBe(false);
  page.visibilityState = "visible";
  page.dispatchEvent(new Event("visibilitychange"));
  await vi.waitFor(() => expect(newBuild.value).toBe(true));
});

test("an unchanged or a wrong configuration is no news", async () => {
  await watchBuild(CONFIG);
  page.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(100);
  served = {} as Config;
  page.dispatchEvent(new Event("visibilitychange"));
  await vi.advanceTimersByTimeAsync(100);
  expect(newBuild.value).toBe(false);
});
