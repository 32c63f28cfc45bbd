/** The signed-in person, from the claims of the ID token. */

export interface Person {
  sub: string;
  name: string;
  email: string;
  scopes: Set<string>;
}

/** The claims of an ID token that the app uses (OpenID Connect Core, 2 and 5.1). */
export interface Claims {
  sub: string;
  name?: string | undefined;
  email?: string | undefined;
  /** The session at the authorization server. */
  sid?: string | undefined;
  nonce?: string | undefined;
}

export function personOf({ sub, name, email = "" }: Claims, scope: string): Person {
  return { sub, name: name ?? (email || sub), email, scopes: new Set(scope.split(" ")) };
}
