/** The addresses of the services, from /config.json, which a deployment writes next to the app. */

export interface Config {
  /** The authorization server's `iss`, with a slash at the end as Auth0 has it. */
  issuer: string;
  clientId: string;
  audience: string;
  /** The API's base address. */
  api: string;
}

export async function loadConfig(): Promise<Config> {
  const response = await fetch("/config.json");
  const config: Partial<Config> = await response.json();
  for (const name of ["issuer", "clientId", "audience", "api"] as const) {
    if (!config[name]) throw new Error(`/config.json has no ${name}`);
  }
  return config as Config;
}
