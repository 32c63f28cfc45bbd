// Serves the app's own files from the cache. Requests to the API and to the authorization server do not pass
// through this worker, so that it never sees a token.

const BUILD = "__BUILD__";
const FILES = ["__FILES__"];

const TIMEOUT = 3000; // ms; until then, the screen stays empty

self.addEventListener("install", (event) => {
  const stored = caches.open(BUILD).then((cache) => cache.addAll([...FILES, "/config.json"]));
  event.waitUntil(stored.then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(deleteOldCaches().then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(cacheFirst("/", request));
  else if (pathname === "/config.json") event.respondWith(networkFirst(request));
  else if (FILES.includes(pathname)) event.respondWith(cacheFirst(pathname, request));
});

async function deleteOldCaches() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== BUILD).map((name) => caches.delete(name)));
}

async function cacheFirst(path, request) {
  return (await caches.match(path)) ?? fetch(request);
}

// A deployment can change the addresses in config.json without a new build.
async function networkFirst(request) {
  const cache = await caches.open(BUILD);
  try {
    const response = await fetch(request, { signal: AbortSignal.timeout(TIMEOUT) });
    if (response.ok) await cache.put(request, response.clone());
    return response;
  } catch (error) {
    return (await cache.match(request)) ?? Promise.reject(error);
  }
}
