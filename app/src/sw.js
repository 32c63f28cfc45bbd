// The shell, from the cache at once; what it shows comes from the page itself. Requests to the API and to the
// authorization server are none of this worker's business: no token ever passes through it.

const BUILD = "__BUILD__";
const SHELL = ["__SHELL__"];

const PATIENCE = 3000; // ms: the screen waits for this

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(BUILD).then((cache) => cache.addAll([...SHELL, "/config.json"])).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const others = caches.keys().then((names) => names.filter((name) => name !== BUILD));
  event.waitUntil(others.then((names) => Promise.all(names.map((name) => caches.delete(name)))).then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(fromCache("/", request));
  else if (pathname === "/config.json") event.respondWith(fresh(request));
  else if (SHELL.includes(pathname)) event.respondWith(fromCache(pathname, request));
});

async function fromCache(name, request) {
  return (await caches.match(name)) ?? fetch(request);
}

// Where the API is may change with a deployment, so the network goes first, and the last answer serves without it.
async function fresh(request) {
  const cache = await caches.open(BUILD);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) await cache.put(request, answer.clone());
    return answer;
  } catch (error) {
    return (await cache.match(request)) ?? Promise.reject(error);
  }
}
