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
    return registration;
  }
}

/** A worker that is installed by an update. */
class Worker extends EventTarget {
  state = "installing";

  become(state: string) {
    this.state = state;
    this.dispatchEvent(new Event("statechange"));
  }
}

let container: Container;
let page: EventTarget & { visibilityState: string };
let served: Config;
let registration: EventTarget & { installing: Worker | null; update: () => Promise<void> };

beforeEach(() => {
  registration = Object.assign(new EventTarget(), { installing: null, update: vi.fn(async () => undefined) });
  vi.useFakeTimers();
  container = new Container();
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  served = CONFIG;
  newBuild.value = false;
  vi.stubGlobal("navigator", { serviceWorker: container });
  vi.stubGlobal("document", page);
  vi.stubGlobal("window", {});
  vi.stubGlobal("addEventListener", page.addEventListener.bind(page));
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

test("a failed look at the server is repeated with growing delays", async () => {
  registration.update = vi.fn(async () => Promise.reject(new TypeError("no network")));
  await watchBuild(CONFIG);
  page.dispatchEvent(new Event("online"));
  await vi.advanceTimersByTimeAsync(60_000);
  expect(vi.mocked(registration.update).mock.calls.length).toBe(4); // after 0, 5, 15 and 35 seconds
});

test("a build whose files could not be stored is looked for again", async () => {
  await watchBuild(CONFIG);
  registration.installing = new Worker();
  registration.dispatchEvent(new Event("updatefound"));
  registration.installing.become("redundant");
  await vi.advanceTimersByTimeAsync(5_000);
  expect(registration.update).toHaveBeenCalledOnce();
});
