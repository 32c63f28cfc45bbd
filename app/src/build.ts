/** The service worker, which serves the stored build of the app, and the notice of a newer deployment. */

import { signal } from "@preact/signals";
import { type Config, isOutdated } from "./config";

const PATH = "/sw.js";
const HOUR = 3_600_000; // ms
const FIRST_RETRY = 5_000; // ms: a device that wakes up has no network for a moment

/** Whether the page has an older build, or other addresses, than are served now. */
export const newBuild = signal(false);

/**
 * Install the service worker, and look for a newer deployment when the app is opened again, when the network returns,
 * and every hour. After a failure it looks again, with growing delays: each attempt can load every file.
 */
export async function watchBuild(config: Config): Promise<void> {
  const { serviceWorker } = navigator;
  if (!serviceWorker) return;
  let hasBuild = serviceWorker.controller !== null;
  serviceWorker.addEventListener("controllerchange", () => {
    newBuild.value ||= hasBuild;
    hasBuild = true;
  });
  const registration = await serviceWorker.register(scriptUrl());
  let delay = FIRST_RETRY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const retry = () => {
    clearTimeout(timer);
    timer = setTimeout(check, delay);
    delay = Math.min(HOUR, delay * 2);
  };
  const update = async () => {
    if (document.visibilityState !== "visible") return;
    await registration.update();
    if (await isOutdated(config)) newBuild.value = true;
  };
  const check = () => void update().catch(retry);
  registration.addEventListener("updatefound", () => {
    const worker = registration.installing;
    worker?.addEventListener("statechange", () => {
      if (worker.state === "redundant") retry(); // such as a file that could not be fetched
    });
  });
  document.addEventListener("visibilitychange", check);
  addEventListener("online", check);
  setInterval(check, HOUR);
}

/** Return the address as a trusted one: it is the only address of code that the page's policy allows. */
function scriptUrl(): string {
  const policy = window.trustedTypes?.createPolicy("timesheets", { createScriptURL: (_: string) => PATH });
  return (policy?.createScriptURL(PATH) ?? PATH) as string;
}
