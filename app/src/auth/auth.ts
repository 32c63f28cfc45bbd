/** Sign-in with OpenID Connect, shared by the tabs of the app. Access and ID tokens are kept in memory only. */

import { signal } from "@preact/signals";
import { Unavailable } from "../api/errors";
import type { Config } from "../config";
import { Mismatch, signInFault } from "./fault";
import { type Attempt, Issuer, type Tokens, isFinal } from "./issuer";
import { type Person, personOf } from "./person";
import { SCOPE } from "./scopes";
import { type SignIn, Store } from "./store";

const MIN_LIFETIME = 60_000; // ms; a token with less left is renewed
const SHARE_LIMIT = 2_000; // ms within which another tab sends the tokens that it renewed
const LOCK = "timesheets renewal";
const ATTEMPT_KEY = "timesheets: sign-in";
/** The session at the server that a sign-out without a network could not end. */
const OPEN_SESSION_KEY = "timesheets: session to end";

/** The sign-in has ended; only the person can start another. */
export class SignedOut extends Error {}

/** An access token in memory. */
interface Access {
  sub: string;
  token: string;
  /** The time (ms) at which it expires. */
  expiresAt: number;
  /** The version of the stored sign-in to which it belongs. */
  version: string;
}

export class Auth {
  readonly person = signal<Person | undefined>();
  /** Whether the person must sign in again before anything is sent. Their data stays on the device. */
  readonly ended = signal(false);
  /** Why the last sign-in failed, in words for the person. */
  readonly fault = signal<string | undefined>();
  /** Whether the sign-in page is looked for. */
  readonly starting = signal(false);
  private readonly issuer: Issuer;
  private access: Access | undefined;
  /** The version of the stored sign-in that this tab has seen. */
  private version: string | undefined;
  /** Carries the access token to the other tabs, or nothing after a sign-out or the end of a sign-in. */
  private readonly channel = new BroadcastChannel("timesheets sign-in");

  private constructor(
    private readonly config: Config,
    private readonly store: Store,
  ) {
    this.issuer = new Issuer(config);
    this.channel.onmessage = ({ data }: MessageEvent<Access | undefined>) => void this.adopt(data);
  }

  /** Restore the sign-in. Rejects with a `DOMException` if the browser's storage cannot be used. */
  static async open(config: Config): Promise<Auth> {
    const auth = new Auth(config, await Store.open());
    await auth.adopt(undefined);
    return auth;
  }

  /** Complete a sign-in at /callback and return the path at which it began. A person who was signed in still is. */
  async complete(): Promise<string> {
    const kept = sessionStorage.getItem(ATTEMPT_KEY);
    const attempt: (Attempt & { path: string }) | undefined = kept ? JSON.parse(kept) : undefined;
    try {
      await this.exchangeCode(attempt);
    } catch (error) {
      this.fault.value = signInFault(error);
    }
    return attempt?.path ?? "/";
  }

  private async exchangeCode(attempt: Attempt | undefined): Promise<void> {
    if (!attempt) throw new Mismatch();
    const tokens = await this.issuer.complete(new URL(location.href), attempt);
    sessionStorage.removeItem(ATTEMPT_KEY);
    localStorage.removeItem(OPEN_SESSION_KEY);
    const { claims, scope = SCOPE, refreshToken } = tokens;
    const { issuer } = this.config;
    const signIn = { issuer, claims: claims!, scope, refreshToken, version: crypto.randomUUID() };
    await this.store.write(signIn);
    await this.share(signIn, tokens);
  }

  /** Redirect to the authorization server, which redirects back to the current path. */
  async signIn(): Promise<void> {
    this.fault.value = undefined;
    this.starting.value = true;
    try {
      await this.redirect();
    } catch (error) {
      this.fault.value = signInFault(error);
    } finally {
      this.starting.value = false;
    }
  }

  private async redirect(): Promise<void> {
    const email = this.person.value?.email;
    // The server may still have the session of the person who signed out here: it must ask who signs in.
    const isOpen = localStorage.getItem(OPEN_SESSION_KEY) !== null;
    const { url, attempt } = await this.issuer.begin({
      ...(this.ended.value && email && { login_hint: email }),
      ...((this.ended.value || isOpen) && { prompt: "login" }),
    });
    const path = location.pathname + location.search;
    sessionStorage.setItem(ATTEMPT_KEY, JSON.stringify({ ...attempt, path }));
    location.assign(url);
  }

  /** Sign out here and at the authorization server; without a network, only here. */
  async signOut(eraseData: () => Promise<void>): Promise<void> {
    const signIn = await this.store.read();
    if (signIn?.refreshToken && !this.ended.value)
      await this.issuer.revoke(signIn.refreshToken).catch(() => undefined);
    await this.store.clear();
    this.channel.postMessage(undefined);
    await eraseData();
    await this.adopt(undefined);
    await this.endSession(signIn?.claims.sid ?? "");
  }

  /** End the session at the server after a sign-out that could not reach it, unless somebody signed in since. */
  async endOpenSession(): Promise<void> {
    const sid = localStorage.getItem(OPEN_SESSION_KEY);
    if (sid !== null && !this.person.value && navigator.onLine) await this.endSession(sid);
  }

  private async endSession(sid: string): Promise<void> {
    try {
      if (!navigator.onLine) throw new Unavailable();
      const url = await this.issuer.endSession(sid);
      localStorage.removeItem(OPEN_SESSION_KEY);
      location.assign(url);
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
    // After another person signed in, in another tab, this session must send nothing.
    await this.current(sub);
    return this.usable(sub, refused) ?? this.renew(sub, refused);
  }

  /** Renew in one tab at a time: a refresh token that is used twice looks stolen, and ends the sign-in. */
  private renew(sub: string, refused: string | undefined): Promise<string> {
    return navigator.locks.request(LOCK, async () => {
      const signIn = await this.current(sub);
      if (signIn.version !== this.version) await this.message();
      const shared = this.usable(sub, refused);
      if (shared) return shared;
      try {
        return await this.exchange(signIn);
      } catch (error) {
        if (error instanceof SignedOut) throw error;
        if (!isFinal(error)) throw new Unavailable();
        await this.store.replace(signIn.version, { ...signIn, refreshToken: undefined });
        this.channel.postMessage(undefined);
        await this.adopt(undefined);
        throw new SignedOut();
      }
    });
  }

  private async exchange(before: SignIn): Promise<string> {
    let { refreshToken } = before;
    const replace = async (signIn: SignIn) => {
      if (!(await this.store.replace(before.version, signIn))) throw new SignedOut();
    };
    const tokens = await this.issuer.renew(refreshToken!, before.claims, async (successor) => {
      refreshToken = successor;
      await replace({ ...before, refreshToken });
    });
    const claims = { ...before.claims, ...tokens.claims };
    const scope = tokens.scope ?? before.scope;
    const signIn = { ...before, claims, scope, refreshToken, version: crypto.randomUUID() };
    await replace(signIn);
    await this.share(signIn, tokens);
    return tokens.accessToken;
  }

  /** Use the access token of a sign-in, in all tabs. */
  private async share({ claims, version }: SignIn, { accessToken: token, expiresAt }: Tokens): Promise<void> {
    const access = { sub: claims.sub, token, expiresAt, version };
    this.channel.postMessage(access);
    await this.adopt(access);
  }

  /** Take over an access token, and show the stored sign-in. */
  private async adopt(access: Access | undefined): Promise<void> {
    this.access = access;
    this.version = access?.version;
    const signIn = await this.store.read();
    this.version ??= signIn?.version;
    this.person.value = signIn && personOf(signIn.claims, signIn.scope);
    const canRenew = signIn?.refreshToken !== undefined && signIn.issuer === this.config.issuer;
    this.ended.value = signIn !== undefined && !canRenew && !this.access;
  }

  private usable(sub: string, refused: string | undefined): string | undefined {
    const { access } = this;
    if (!access || access.sub !== sub || access.token === refused) return undefined;
    return access.expiresAt - Date.now() > MIN_LIFETIME ? access.token : undefined;
  }

  /** Return the stored sign-in of a person. Throws `SignedOut` if there is none, or if it has ended. */
  private async current(sub: string): Promise<SignIn> {
    const signIn = await this.store.read();
    if (signIn?.claims.sub !== sub || this.ended.value) throw new SignedOut();
    return signIn;
  }

  /** Wait for the next message of another tab. */
  private message(): Promise<void> {
    return new Promise((resolve) => {
      setTimeout(resolve, SHARE_LIMIT);
      this.channel.addEventListener("message", () => resolve(), { once: true });
    });
  }
}
