/** Who is signed in: OpenID Connect by authorization code with PKCE, renewed by a rotating refresh token. */

import { effect, signal } from "@preact/signals";
import { ErrorResponse, type User, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { NotNow } from "./api";
import type { Config } from "./config";

export const TIMESHEETS = ["read", "create", "delete", "approve"].map((verb) => `${verb}:timesheets`);
const SCOPE = ["openid", "profile", "email", "offline_access", ...TIMESHEETS].join(" ");
const SOON = 60; // seconds before its end at which a token is renewed
/** What of a token endpoint's errors (RFC 6749, 5.2; OpenID Connect Core, 3.1.2.6) no waiting mends. */
const FINAL = new Set(["invalid_grant", "unauthorized_client", "login_required", "consent_required", "interaction_required"]);
const LOCK = "timesheets renewal";
const ENDED = "timesheets: sign-in ended";

/** The sign-in is over, and only the person can begin another. */
export class SignedOut extends Error {}

export interface Person {
  sub: string;
  name: string;
  email: string;
  picture: string;
  scopes: Set<string>;
}

export class Auth {
  readonly person = signal<Person | undefined>();
  /** The person is known, and what they did is kept, but they must sign in again before anything is sent. */
  readonly ended = signal(localStorage.getItem(ENDED) !== null);
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
      automaticSilentRenew: false, // see renewed()
    });
    effect(() => (this.ended.value ? localStorage.setItem(ENDED, "") : localStorage.removeItem(ENDED)));
    // Another tab signed in, renewed or signed out.
    addEventListener("storage", () => {
      this.ended.value = localStorage.getItem(ENDED) !== null;
      void this.recall();
    });
  }

  /** Find out who is signed in, and where they were if they come back from signing in just now. */
  async start(): Promise<string | undefined> {
    await this.recall(); // whoever was signed in still is, should this answer be none
    if (location.pathname !== "/callback") return undefined;
    const user = await this.manager.signinCallback();
    const state = user?.state as { path: string; nonce: string } | undefined;
    if (!user || !state || claims(user)["nonce"] !== state.nonce) {
      await this.manager.removeUser();
      await this.recall();
      throw new Error("The answer to the sign-in is not to the question that was asked");
    }
    this.ended.value = false;
    this.person.value = personOf(user);
    return state.path;
  }

  /** Send the person to the authorization server; they come back to where they are. */
  async signIn(): Promise<void> {
    const nonce = crypto.randomUUID();
    const hint = this.person.value?.email;
    await this.manager.signinRedirect({
      nonce,
      state: { path: location.pathname, nonce },
      ...(this.ended.value && hint && { login_hint: hint, prompt: "login" }),
    });
  }

  /**
   * Sign out here and there. Without a network, here alone: the refresh token then ends by its own time.
   *
   * The session is named by its id: the ID token, which could name it, too, has no place in an address.
   */
  async signOut(forget: () => Promise<void>): Promise<void> {
    const sid = (await this.manager.getUser())?.profile["sid"];
    await this.manager.revokeTokens(["refresh_token"]).catch(() => undefined);
    await this.manager.removeUser();
    await forget();
    this.ended.value = false;
    this.person.value = undefined;
    if (!navigator.onLine) return location.assign("/");
    const extraQueryParams: Record<string, string> = typeof sid === "string" ? { logout_hint: sid } : {};
    await this.manager.signoutRedirect({ extraQueryParams }).catch(() => location.assign("/"));
  }

  /** That person's access token, good for a while; another than the one that was refused. */
  async token(sub: string, refused?: string): Promise<string> {
    const user = await this.manager.getUser();
    // Another person may have signed in by another tab: what waits here is not theirs to send.
    if (user?.profile.sub !== sub || this.ended.value) throw new SignedOut();
    if (user.access_token !== refused && (user.expires_in ?? 0) > SOON) return user.access_token;
    return this.renewed(sub, user.access_token);
  }

  /** Once at a time over all tabs: two uses of one refresh token look like a theft, and end the sign-in. */
  private renewed(sub: string, stale: string): Promise<string> {
    return navigator.locks.request(LOCK, async () => {
      const now = await this.manager.getUser();
      if (now?.profile.sub !== sub) throw new SignedOut();
      if (now.access_token !== stale && !now.expired) return now.access_token;
      try {
        if (!now.refresh_token) throw new ErrorResponse({ error: "login_required" });
        const user = await this.manager.signinSilent();
        if (!user) throw new NotNow();
        this.person.value = personOf(user);
        return user.access_token;
      } catch (error) {
        if (!(error instanceof ErrorResponse && FINAL.has(error.error ?? ""))) throw new NotNow();
        this.ended.value = true;
        throw new SignedOut();
      }
    });
  }

  private async recall(): Promise<void> {
    const user = await this.manager.getUser();
    this.person.value = user ? personOf(user) : undefined;
  }
}

function personOf(user: User): Person {
  const { sub, name, email, picture } = user.profile;
  const scopes = new Set(user.scope?.split(" "));
  return { sub, name: name ?? email ?? sub, email: email ?? "", picture: picture ?? "", scopes };
}

/** The ID token's claims; that it is the issuer's own, the TLS connection it came by says (OpenID Connect Core, 3.1.3.7). */
function claims(user: User): Record<string, unknown> {
  const payload = (user.id_token ?? "").split(".")[1] ?? "";
  return JSON.parse(atob(payload.replace(/-/g, "+").replace(/_/g, "/")) || "{}");
}
