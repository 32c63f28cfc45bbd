// Serves the app's own files from the cache. Requests to the API and to the authorization server do not pass
// through this worker, so that it never sees a token.

const BUILD = "__BUILD__";
const FILES = ["__FILES__"];

const CONFIG = "config"; // src/config.ts keeps the last valid configuration there

self.addEventListener("install", (event) => {
  const stored = caches.open(BUILD).then((cache) => cache.addAll(FILES));
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
  // src/config.ts fetches "/" from the network, to store it with its new headers.
  else if (pathname !== "/" && FILES.includes(pathname)) event.respondWith(cacheFirst(pathname, request));
});

async function deleteOldCaches() {
  const names = await caches.keys();
  await Promise.all(
    names.filter((name) => name !== BUILD && name !== CONFIG).map((name) => caches.delete(name)),
  );
}

async function cacheFirst(path, request) {
  return (await caches.match(path)) ?? fetch(request);
}
