/** The addresses of the services, from /config.json, which a deployment writes next to the app. */

export interface Config {
  /** The authorization server's `iss`, with a slash at the end as Auth0 has it. */
  issuer: string;
  clientId: string;
  audience: string;
  /** The API's base address. */
  api: string;
}

const PATH = "/config.json";
const CACHE = "config"; // sw.js keeps it
const TIMEOUT = 8_000; // ms
const NAMES = ["issuer", "clientId", "audience", "api"] as const;

/**
 * Return the last valid configuration at once, and look for another one meanwhile; without one, wait for it.
 *
 * A deployment can change the addresses without a new build. The page's policy allows only the addresses with which it
 * was loaded, so a change loads the page again.
 */
export async function loadConfig(): Promise<Config> {
  const cache = await globalThis.caches?.open(CACHE);
  const kept = await cache?.match(PATH).then((response) => response?.json() as Promise<Config> | undefined);
  const keep = async (config: Config) => cache?.put(PATH, Response.json(config));
  if (!kept) {
    const config = await fetchConfig();
    await keep(config);
    return config;
  }
  const update = async () => {
    const config = await fetchConfig();
    if (isSame(config, kept)) return;
    // The addresses last: with them, but with the old pages' policy, the app could reach no server.
    await replacePages();
    await keep(config);
    location.reload();
  };
  void update().catch(() => undefined);
  return kept;
}

/** Return whether another configuration is served now than the one that this page has. */
export async function isOutdated(config: Config): Promise<boolean> {
  return !isSame(await fetchConfig(), config);
}

/** Fetch the configuration. Refuse another page in its place, such as an error page. */
async function fetchConfig(): Promise<Config> {
  const response = await fetch(PATH, { signal: AbortSignal.timeout(TIMEOUT) });
  if (!response.ok) throw new Error(`${PATH}: ${response.status}`);
  const config: Partial<Config> = await response.json();
  for (const name of NAMES) {
    if (typeof config[name] !== "string" || !config[name]) throw new Error(`${PATH} has no ${name}`);
  }
  return config as Config;
}

function isSame(one: Config, other: Config): boolean {
  return NAMES.every((name) => one[name] === other[name]);
}

/** Replace the stored pages, whose headers allow the old addresses. */
async function replacePages(): Promise<void> {
  for (const name of await caches.keys()) {
    if (name !== CACHE) await (await caches.open(name)).add(new Request("/", { cache: "reload" }));
  }
}
