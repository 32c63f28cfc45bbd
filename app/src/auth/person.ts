/** The signed-in person, from the claims of the ID token. */

import type { User } from "oidc-client-ts";

export interface Person {
  sub: string;
  name: string;
  email: string;
  picture: string;
  scopes: Set<string>;
}

export function personOf(user: User): Person {
  const { sub, name, email, picture } = user.profile;
  const scopes = new Set(user.scope?.split(" "));
  return { sub, name: name ?? email ?? sub, email: email ?? "", picture: picture ?? "", scopes };
}

/**
 * Return the claims of the ID token. Its signature is not verified: it came directly from the token endpoint
 * over TLS (OpenID Connect Core, 3.1.3.7).
 */
export function idTokenClaims(user: User): Record<string, unknown> {
  const payload = (user.id_token ?? "").split(".")[1] ?? "";
  return JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/")) || "{}");
}
