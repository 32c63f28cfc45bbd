/** Where everything is: /config.json, which a deployment writes beside the app. */

export interface Config {
  /** The authorization server's `iss`, with the slash at the end as Auth0 has it. */
  issuer: string;
  clientId: string;
  audience: string;
  /** The API's base address. */
  api: string;
}

export async function load(): Promise<Config> {
  const answer = await fetch("/config.json");
  const config: Partial<Config> = await answer.json();
  for (const name of ["issuer", "clientId", "audience", "api"] as const) {
    if (!config[name]) throw new Error(`/config.json lacks ${name}`);
  }
  return config as Config;
}
