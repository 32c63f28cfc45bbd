/** Sign-in with OpenID Connect: authorization code with PKCE, and rotating refresh tokens. */

import { effect, signal } from "@preact/signals";
import { ErrorResponse, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { Unavailable } from "../api/errors";
import type { Config } from "../config";
import { type Person, idTokenClaims, personOf } from "./person";
import { SCOPE } from "./scopes";

const MIN_LIFETIME = 60; // seconds; a token with less left is renewed
/** Errors of the token endpoint (RFC 6749, 5.2; OpenID Connect Core, 3.1.2.6) that a retry cannot resolve. */
const FINAL_ERRORS = new Set([
  "invalid_grant",
  "unauthorized_client",
  "login_required",
  "consent_required",
  "interaction_required",
]);
const LOCK = "timesheets renewal";
const ENDED_KEY = "timesheets: sign-in ended";

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
      throw new Error("The sign-in response does not match the request. Sign in again.");
    }
    this.ended.value = false;
    this.person.value = personOf(user);
    return state.path;
  }

  /** Redirect to the authorization server, which redirects back to the current path. */
  async signIn(): Promise<void> {
    const nonce = crypto.randomUUID();
    const email = this.person.value?.email;
    await this.manager.signinRedirect({
      nonce,
      state: { path: location.pathname, nonce },
      ...(this.ended.value && email && { login_hint: email, prompt: "login" }),
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
    if (!navigator.onLine) return location.assign("/");
    const extraQueryParams: Record<string, string> = typeof sid === "string" ? { logout_hint: sid } : {};
    await this.manager.signoutRedirect({ extraQueryParams }).catch(() => location.assign("/"));
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
        const user = await this.manager.signinSilent();
        if (!user) throw new Unavailable();
        this.person.value = personOf(user);
        return user.access_token;
      } catch (error) {
        if (!(error instanceof ErrorResponse && FINAL_ERRORS.has(error.error ?? ""))) throw new Unavailable();
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
