// Runs one scenario of a server application with openid-client and prints its result as JSON.
import * as oidc from "openid-client";

const { scenario, issuer, api, audience, clientId, secret, authentication } = JSON.parse(process.argv[2]);
const scope = "openid profile email offline_access read:timesheets create:timesheets approve:timesheets";
const redirectUri = "http://127.0.0.1:8080/callback"; // no server listens there; visit() reads the redirect
const clientAuthentication = { basic: oidc.ClientSecretBasic, post: oidc.ClientSecretPost, none: oidc.None }[authentication];
const config = await oidc.discovery(new URL(issuer), clientId, {}, clientAuthentication(secret), {
  execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks], // no TLS on this machine; signatures are checked
});

/** Request a page as a browser; return the location of its redirect and the session cookie. */
async function visit(url, session = "") {
  const answer = await fetch(url, { redirect: "manual", headers: { cookie: session } });
  if (![302, 303].includes(answer.status)) throw new Error(`${answer.status} ${await answer.text()}`);
  const [cookie = session] = answer.headers.getSetCookie().map((one) => one.split(";")[0]);
  return { location: new URL(answer.headers.get("location")), session: cookie };
}

/** Sign in by authorization code; the library validates the ID token. */
async function signIn({ session, ...query }) {
  const [verifier, state, nonce] = [oidc.randomPKCECodeVerifier(), oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope,
    audience,
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...query,
  });
  const visited = await visit(url, session);
  const tokens = await oidc.authorizationCodeGrant(config, visited.location, {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    maxAge: 60,
    idTokenExpected: true,
  });
  return { tokens, session: visited.session };
}

const call = (tokens, method, path, body) =>
  oidc.fetchProtectedResource(config, tokens.access_token, new URL(path, api), method, JSON.stringify(body),
    new Headers(body && { "content-type": "application/json" }));

/** Return the error code of a rejected promise, or "none". */
async function refusal(promise) {
  try {
    await promise;
    return "none";
  } catch (error) {
    return error.error ?? String(error);
  }
}

const entry = { date: "2026-11-20", project: "StoreZero", hours: 7.5 };

const scenarios = {
  async code() {
    const { tokens } = await signIn({ login_hint: "ana" });
    const posted = await call(tokens, "POST", "/timesheets", entry);
    const listed = await call(tokens, "GET", "/timesheets");
    const userinfo = await oidc.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
    return { scope: tokens.scope, claims: tokens.claims(), userinfo, statuses: [posted.status, listed.status] };
  },

  async refresh() {
    const { tokens } = await signIn({ login_hint: "ana" });
    const second = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    const third = await oidc.refreshTokenGrant(config, second.refresh_token, { scope: "openid read:timesheets" });
    const listed = await call(third, "GET", "/timesheets");
    await oidc.tokenRevocation(config, third.refresh_token);
    return {
      refreshTokens: [tokens, second, third].map((one) => one.refresh_token),
      subjects: [tokens, second, third].map((one) => one.claims().sub),
      scopes: [tokens.scope, second.scope, third.scope],
      status: listed.status,
      afterRevocation: await refusal(oidc.refreshTokenGrant(config, third.refresh_token)),
    };
  },

  async session() {
    const before = await refusal(signIn({ prompt: "none" }));
    const { tokens, session } = await signIn({ login_hint: "ana" });
    const silent = await signIn({ prompt: "none", session });
    const end = oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: "http://127.0.0.1:8080/",
      state: "bye",
    });
    const { location } = await visit(end, session);
    const after = await refusal(signIn({ prompt: "none", session }));
    return { before, silent: silent.tokens.claims().sub, location, after };
  },

  async program() {
    const tokens = await oidc.clientCredentialsGrant(config, { audience });
    const uploaded = await call(tokens, "POST", "/timesheets/upload", { ...entry, user_id: "auth0|ana" });
    return { scope: tokens.scope, refreshToken: tokens.refresh_token ?? null, status: uploaded.status };
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
