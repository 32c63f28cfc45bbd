/** The authorization server: code flow with PKCE (RFC 7636), rotating refresh tokens, checked ID tokens. */

import * as oauth from "oauth4webapi";
import type { Config } from "../config";
import type { Claims } from "./person";
import { SCOPE } from "./scopes";

/** Milliseconds for each request: less than the overlap in which the server accepts a rotated refresh token again. */
const REQUEST_LIMIT = 8_000;
const MINUTE = 60; // seconds
/** Errors of the token endpoint that a retry can resolve. All others end the sign-in (RFC 6749, 5.2). */
const TEMPORARY_ERRORS = new Set([
  "server_error",
  "temporarily_unavailable",
  "too_many_requests",
  "slow_down",
]);
/** Faults of an ID token: another one would have them too. */
const TOKEN_FAULTS = new Set<unknown>([
  oauth.INVALID_RESPONSE,
  oauth.JWT_CLAIM_COMPARISON,
  oauth.JWT_TIMESTAMP_CHECK,
  oauth.UNSUPPORTED_OPERATION,
]);

/** A sign-in that has begun, kept until the browser returns from the authorization server. */
export interface Attempt {
  state: string;
  nonce: string;
  verifier: string;
}

export interface Tokens {
  accessToken: string;
  /** The time (ms) at which the access token expires. */
  expiresAt: number;
  refreshToken: string | undefined;
  /** The granted scopes; missing if they are the requested ones, or those before the renewal (RFC 6749, 5.1 and 6). */
  scope: string | undefined;
  /** The claims of a valid ID token. A renewal can come without one. */
  claims: Claims | undefined;
}

/**
 * Every ID token is checked: signature by the server's published keys, `iss`, `aud`, `exp` and `nonce` (OpenID
 * Connect Core, 3.1.3.7 and 12.2).
 */
export class Issuer {
  private readonly client: oauth.Client;
  private readonly options: Pick<
    oauth.DiscoveryRequestOptions,
    "signal" | typeof oauth.allowInsecureRequests
  >;
  private readonly redirectUri = `${location.origin}/callback`;
  private metadata: Promise<oauth.AuthorizationServer> | undefined;

  constructor(private readonly config: Config) {
    this.client = { client_id: config.clientId };
    this.options = {
      signal: () => AbortSignal.timeout(REQUEST_LIMIT),
      // Only for a server on the developer's machine.
      [oauth.allowInsecureRequests]: /^http:\/\/(127\.0\.0\.1|localhost):/.test(config.issuer),
    };
  }

  /** Return the address of the sign-in page, and the attempt to keep until the callback. */
  async begin(parameters: Record<string, string>): Promise<{ url: URL; attempt: Attempt }> {
    const verifier = oauth.generateRandomCodeVerifier();
    const attempt = { state: oauth.generateRandomState(), nonce: oauth.generateRandomNonce(), verifier };
    const url = endpoint(await this.discover(), "authorization_endpoint", {
      client_id: this.config.clientId,
      redirect_uri: this.redirectUri,
      response_type: "code",
      scope: SCOPE,
      audience: this.config.audience,
      state: attempt.state,
      nonce: attempt.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      ...parameters,
    });
    return { url, attempt };
  }

  /** Return the tokens of a sign-in that the callback completes. Throws an error of oauth4webapi. */
  async complete(callback: URL, { state, nonce, verifier }: Attempt): Promise<Tokens> {
    const server = await this.discover();
    const { client, options } = this;
    const parameters = oauth.validateAuthResponse(server, client, callback, state);
    const response = await oauth.authorizationCodeGrantRequest(
      server,
      client,
      oauth.None(),
      parameters,
      this.redirectUri,
      verifier,
      options,
    );
    const expected = { expectedNonce: nonce, requireIdToken: true };
    const answer = await oauth.processAuthorizationCodeResponse(server, client, response, expected);
    await oauth.validateApplicationLevelSignature(server, response, options);
    return tokensOf(answer);
  }

  /**
   * Exchange a refresh token. Throws an error of oauth4webapi; `isFinal` tells whether a retry can succeed.
   *
   * @param before the claims of the sign-in, which a new ID token must not change
   * @param keep stores the successor, before anything else can fail: the exchanged token is used up
   */
  async renew(
    refreshToken: string,
    before: Claims,
    keep: (successor: string) => Promise<void>,
  ): Promise<Tokens> {
    const server = await this.discover();
    const { client, options } = this;
    const response = await oauth.refreshTokenGrantRequest(
      server,
      client,
      oauth.None(),
      refreshToken,
      options,
    );
    const answer = await oauth.processRefreshTokenResponse(server, client, response);
    if (answer.refresh_token) await keep(answer.refresh_token);
    const tokens = tokensOf(answer);
    if (!tokens.claims) return tokens;
    const { sub, nonce = before.nonce } = tokens.claims;
    if (sub !== before.sub || nonce !== before.nonce) {
      throw new oauth.OperationProcessingError("The ID token is of another sign-in", {
        code: oauth.JWT_CLAIM_COMPARISON,
      });
    }
    await oauth.validateApplicationLevelSignature(server, response, options);
    return tokens;
  }

  /** Revoke a refresh token (RFC 7009). */
  async revoke(refreshToken: string): Promise<void> {
    await oauth.revocationRequest(
      await this.discover(),
      this.client,
      oauth.None(),
      refreshToken,
      this.options,
    );
  }

  /** Return the address that ends the session there. `sid` identifies it: an address must not have an ID token. */
  async endSession(sid: string): Promise<URL> {
    return endpoint(await this.discover(), "end_session_endpoint", {
      client_id: this.config.clientId,
      post_logout_redirect_uri: `${location.origin}/`,
      ...(sid && { logout_hint: sid }),
    });
  }

  /** Return the server's metadata (OpenID Connect Discovery). A failed request is repeated by the next caller. */
  private discover(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(this.config.issuer);
    this.metadata ??= oauth
      .discoveryRequest(issuer, this.options)
      .then((response) => oauth.processDiscoveryResponse(issuer, response));
    this.metadata.catch(() => {
      this.metadata = undefined;
    });
    return this.metadata;
  }
}

/** Return whether a failed renewal ends the sign-in: the server refused it, or its ID token is not valid. */
export function isFinal(error: unknown): boolean {
  if (error instanceof oauth.ResponseBodyError) return !TEMPORARY_ERRORS.has(error.error);
  return error instanceof Error && "code" in error && TOKEN_FAULTS.has(error.code);
}

function tokensOf(answer: oauth.TokenEndpointResponse): Tokens {
  const { access_token: accessToken, refresh_token: refreshToken, expires_in = MINUTE, scope } = answer;
  const claims = oauth.getValidatedIdTokenClaims(answer);
  return {
    accessToken,
    expiresAt: Date.now() + expires_in * 1000,
    refreshToken,
    scope,
    claims: claims && {
      sub: claims.sub,
      name: text(claims.name),
      email: text(claims.email),
      sid: text(claims.sid),
      nonce: text(claims.nonce),
    },
  };
}

function endpoint(
  server: oauth.AuthorizationServer,
  name: "authorization_endpoint" | "end_session_endpoint",
  parameters: Record<string, string>,
): URL {
  const url = new URL(server[name] ?? "");
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
  return url;
}

function text(claim: unknown): string | undefined {
  return typeof claim === "string" ? claim : undefined;
}
