/** Sign-in with OpenID Connect: authorization code with PKCE, and rotating refresh tokens. */

import { effect, signal } from "@preact/signals";
import { ErrorResponse, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { Unavailable } from "../api/errors";
import type { Config } from "../config";
import { t } from "../language";
import { type Person, idTokenClaims, personOf } from "./person";
import { SCOPE } from "./scopes";

const MIN_LIFETIME = 60; // seconds; a token with less left is renewed
/** Seconds for each request: less than the overlap in which the server accepts a rotated refresh token again. */
const REQUEST_LIMIT = 8;
/** Errors of the token endpoint that a retry can resolve. All others end the sign-in (RFC 6749, 5.2). */
const TEMPORARY_ERRORS = new Set([
  "server_error",
  "temporarily_unavailable",
  "too_many_requests",
  "slow_down",
]);
const LOCK = "timesheets renewal";
const ENDED_KEY = "timesheets: sign-in ended";
/** The session at the server that a sign-out without a network could not end. */
const OPEN_SESSION_KEY = "timesheets: session to end";

/** The sign-in has ended; only the person can start another. */
export class SignedOut extends Error {}

export class Auth {
  readonly person = signal<Person | undefined>();
  /** Whether the person must sign in again before anything is sent. Their data stays on the device. */
  readonly ended = signal(localStorage.getItem(ENDED_KEY) !== null);
  private readonly manager: UserManager;

  constructor(config: Config) {
    const { origin } = location;
    this.manager = new UserManager({
      authority: config.issuer,
      metadataUrl: `${config.issuer}.well-known/openid-configuration`,
      client_id: config.clientId,
      redirect_uri: `${origin}/callback`,
      post_logout_redirect_uri: `${origin}/`,
      scope: SCOPE,
      extraQueryParams: { audience: config.audience },
      userStore: new WebStorageStateStore({ store: localStorage }),
      requestTimeoutInSeconds: REQUEST_LIMIT,
      automaticSilentRenew: false, // renew() does it, in one tab at a time
    });
    effect(() => {
      if (this.ended.value) localStorage.setItem(ENDED_KEY, "");
      else localStorage.removeItem(ENDED_KEY);
    });
    // Another tab signed in, renewed its token or signed out.
    addEventListener("storage", () => {
      this.ended.value = localStorage.getItem(ENDED_KEY) !== null;
      void this.restore();
    });
  }

  /** Restore the sign-in, or complete one at /callback; then return the path at which it began. */
  async start(): Promise<string | undefined> {
    await this.restore(); // a failed callback leaves the previous person signed in
    if (location.pathname !== "/callback") return undefined;
    const user = await this.manager.signinCallback();
    const state = user?.state as { path: string; nonce: string } | undefined;
    if (!user || !state || idTokenClaims(user).nonce !== state.nonce) {
      await this.manager.removeUser();
      await this.restore();
      throw new Error(t.signInMismatch);
    }
    this.ended.value = false;
    localStorage.removeItem(OPEN_SESSION_KEY);
    this.person.value = personOf(user);
    return state.path;
  }

  /** Redirect to the authorization server, which redirects back to the current path. */
  async signIn(): Promise<void> {
    const nonce = crypto.randomUUID();
    const email = this.person.value?.email;
    const hint = this.ended.value && email ? { login_hint: email } : {};
    // The server may still have the session of the person who signed out here: it must ask who signs in.
    const isOpen = localStorage.getItem(OPEN_SESSION_KEY) !== null;
    await this.manager.signinRedirect({
      nonce,
      state: { path: location.pathname + location.search, nonce },
      ...hint,
      ...((this.ended.value || isOpen) && { prompt: "login" }),
    });
  }

  /**
   * Sign out here and at the authorization server; without a network, only here.
   *
   * The session is identified by `sid` in logout_hint, because an ID token must not be part of an address.
   */
  async signOut(eraseData: () => Promise<void>): Promise<void> {
    const sid = (await this.manager.getUser())?.profile.sid;
    await this.manager.revokeTokens(["refresh_token"]).catch(() => undefined);
    await this.manager.removeUser();
    await eraseData();
    this.ended.value = false;
    this.person.value = undefined;
    await this.endSession(typeof sid === "string" ? sid : "");
  }

  /** End the session at the server after a sign-out that could not reach it, unless somebody signed in since. */
  async endOpenSession(): Promise<void> {
    const sid = localStorage.getItem(OPEN_SESSION_KEY);
    if (sid !== null && !this.person.value && navigator.onLine) await this.endSession(sid);
  }

  private async endSession(sid: string): Promise<void> {
    const extraQueryParams: Record<string, string> = sid ? { logout_hint: sid } : {};
    try {
      if (!navigator.onLine) throw new Unavailable();
      localStorage.removeItem(OPEN_SESSION_KEY);
      await this.manager.signoutRedirect({ extraQueryParams });
    } catch {
      localStorage.setItem(OPEN_SESSION_KEY, sid);
    }
  }

  /**
   * Return a valid access token of that person, other than a refused one.
   *
   * Throws `SignedOut` if that person is no longer signed in, and `Unavailable` if renewal can be retried.
   */
  async token(sub: string, refused?: string): Promise<string> {
    const user = await this.manager.getUser();
    // After another person signed in, in another tab, this session must send nothing.
    if (user?.profile.sub !== sub || this.ended.value) throw new SignedOut();
    if (user.access_token !== refused && (user.expires_in ?? 0) > MIN_LIFETIME) return user.access_token;
    return this.renew(sub, user.access_token);
  }

  /** Renew in one tab at a time: a refresh token that is used twice looks stolen, and ends the sign-in. */
  private renew(sub: string, oldToken: string): Promise<string> {
    return navigator.locks.request(LOCK, async () => {
      const current = await this.manager.getUser();
      if (current?.profile.sub !== sub) throw new SignedOut();
      if (current.access_token !== oldToken && !current.expired) return current.access_token;
      try {
        if (!current.refresh_token) throw new ErrorResponse({ error: "login_required" });
        const user = await this.manager.signinSilent({ silentRequestTimeoutInSeconds: REQUEST_LIMIT });
        if (!user) throw new Unavailable();
        this.person.value = personOf(user);
        return user.access_token;
      } catch (error) {
        if (!(error instanceof ErrorResponse) || TEMPORARY_ERRORS.has(error.error ?? ""))
          throw new Unavailable();
        this.ended.value = true;
        throw new SignedOut();
      }
    });
  }

  private async restore(): Promise<void> {
    const user = await this.manager.getUser();
    this.person.value = user ? personOf(user) : undefined;
  }
}
