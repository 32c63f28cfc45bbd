import { ResponseBodyError } from "oauth4webapi";
import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { t } from "../language";
import { signInFault } from "./fault";
import { Issuer, isFinal } from "./issuer";

const ISSUER = "https://issuer.example/";
const CLIENT = "app";
const NOW = Math.floor(Date.now() / 1000);
const BEFORE = { sub: "auth0|ana", name: "Ana", nonce: "first" };
const RSA = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const EC = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

type Part = Record<string, unknown>;

let rsa: CryptoKeyPair;
let other: CryptoKeyPair;
let ec: CryptoKeyPair;
let answers: Record<string, Part>;
let status: number;

beforeAll(async () => {
  const size = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const uses: KeyUsage[] = ["sign", "verify"];
  [rsa, other] = await Promise.all([
    crypto.subtle.generateKey({ ...RSA, ...size }, true, uses),
    crypto.subtle.generateKey({ ...RSA, ...size }, true, uses),
  ]);
  ec = await crypto.subtle.generateKey(EC, true, uses);
});

beforeEach(async () => {
  status = 200;
  answers = {
    "/.well-known/openid-configuration": {
      issuer: ISSUER,
      authorization_endpoint: `${ISSUER}authorize`,
      token_endpoint: `${ISSUER}token`,
      jwks_uri: `${ISSUER}keys`,
      id_token_signing_alg_values_supported: ["HS256", "RS256", "ES256"],
    },
    "/keys": {
      keys: [
        { ...(await crypto.subtle.exportKey("jwk", rsa.publicKey)), kid: "rsa", use: "sig" },
        { ...(await crypto.subtle.exportKey("jwk", ec.publicKey)), kid: "ec" },
      ],
    },
  };
  vi.stubGlobal("location", { origin: "https://app.example" });
  vi.stubGlobal("fetch", async (address: string) => {
    const { pathname } = new URL(address);
    return Response.json(answers[pathname], { status: pathname === "/token" ? status : 200 });
  });
});

const base64 = (data: string | ArrayBuffer) => Buffer.from(data as string).toString("base64url");

async function sign(header: Part, claims: Part, key: CryptoKey, algorithm: EcdsaParams | Algorithm) {
  const input = `${base64(JSON.stringify(header))}.${base64(JSON.stringify(claims))}`;
  const signature = await crypto.subtle.sign(algorithm, key, Buffer.from(input));
  return `${input}.${base64(signature)}`;
}

const idToken = (claims: Part = {}, header: Part = {}, key = rsa.privateKey) =>
  sign(
    { alg: "RS256", kid: "rsa", ...header },
    { iss: ISSUER, sub: BEFORE.sub, aud: CLIENT, iat: NOW, exp: NOW + 60, nonce: "first", ...claims },
    key,
    RSA,
  );

function answer(id_token: string | undefined, more: Part = {}) {
  answers["/token"] = { access_token: "access", token_type: "Bearer", expires_in: 60, id_token, ...more };
}

async function complete(nonce = "first", query: Part = {}) {
  const issuer = new Issuer({
    issuer: ISSUER,
    clientId: CLIENT,
    audience: "api",
    api: "https://api.example",
  });
  const callback = new URL("https://app.example/callback");
  callback.search = String(new URLSearchParams({ code: "code", state: "state", ...query }));
  return issuer.complete(callback, { state: "state", nonce, verifier: "v".repeat(43) });
}

async function renew(keep: (successor: string) => Promise<void> = async () => undefined) {
  const issuer = new Issuer({
    issuer: ISSUER,
    clientId: CLIENT,
    audience: "api",
    api: "https://api.example",
  });
  return issuer.renew("refresh", BEFORE, keep);
}

/** ID tokens that must be refused, at a sign-in and at a renewal. */
const BAD: [string, () => Promise<string>][] = [
  ["another signature", async () => `${(await idToken()).split(".").slice(0, 2).join(".")}.${base64("x")}`],
  ["a changed claim", async () => (await idToken()).replace(/\.[^.]+\./, `.${base64("{}")}.`)],
  ["the key of somebody else", () => idToken({}, {}, other.privateKey)],
  ["no signature", () => idToken({}, { alg: "none" })],
  ["the public key as a secret", hs256],
  ["an algorithm that the server does not use", () => idToken({}, { alg: "RS512" })],
  ["an unknown critical extension", () => idToken({}, { crit: ["b64"], b64: false })],
  ["another issuer", () => idToken({ iss: "https://issuer.example" })],
  ["another audience", () => idToken({ aud: "another-app" })],
  ["another authorized party", () => idToken({ aud: [CLIENT, "api"], azp: "another-app" })],
  ["an expiry in the past", () => idToken({ exp: NOW - 60 })],
  ["no expiry", () => idToken({ exp: undefined })],
  ["another nonce", () => idToken({ nonce: "second" })],
  ["no subject", () => idToken({ sub: undefined })],
];

async function hs256(): Promise<string> {
  const secret = await crypto.subtle.exportKey("spki", rsa.publicKey);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", secret, hmac, false, ["sign"]);
  return sign({ alg: "HS256", kid: "rsa" }, { iss: ISSUER, sub: BEFORE.sub, aud: CLIENT }, key, hmac);
}

describe("an ID token with", () => {
  test.each(BAD)("%s completes no sign-in", async (_, token) => {
    answer(await token());
    await expect(complete()).rejects.toThrow();
  });

  test.each(BAD)("%s ends the sign-in at a renewal", async (_, token) => {
    answer(await token());
    const error = await renew().catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Error);
    expect(isFinal(error)).toBe(true);
  });
});

test("RS256 and ES256 are accepted", async () => {
  answer(await idToken());
  expect(await complete()).toMatchObject({ accessToken: "access", claims: { sub: BEFORE.sub } });
  const claims = { iss: ISSUER, sub: BEFORE.sub, aud: CLIENT, iat: NOW, exp: NOW + 60, nonce: "first" };
  answer(await sign({ alg: "ES256", kid: "ec" }, claims, ec.privateKey, EC));
  expect(await complete()).toMatchObject({ claims: { sub: BEFORE.sub } });
});

test("a sign-in without an ID token is refused", async () => {
  answer(undefined);
  await expect(complete()).rejects.toThrow("id_token");
});

test.each([{ state: "another" }, { iss: "https://attacker.example/" }, { response: "x" }])(
  "a callback with %o is refused",
  async (query) => {
    answer(await idToken());
    await expect(complete("first", query)).rejects.toThrow();
  },
);

test.each([
  [{ error: "access_denied" }, t.signInCancelled],
  [{ error: "server_error", error_description: "Try again later" }, "Try again later"],
  [{ error: "server_error" }, "server_error"],
  [{ state: "another" }, t.signInMismatch],
])("a callback with %o is explained as %s", async (query, words) => {
  answer(await idToken());
  expect(signInFault(await complete("first", query).catch((error: unknown) => error))).toBe(words);
});

test("a used code is not explained as a missing network, and a missing network is", async () => {
  answers["/token"] = { error: "invalid_grant" };
  status = 403;
  expect(signInFault(await complete().catch((error: unknown) => error))).toBe(t.signInMismatch);
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("no network")));
  expect(signInFault(await complete().catch((error: unknown) => error))).toBe(t.signInUnreachable);
});

test("a renewal without an ID token, or without a nonce in it, is accepted", async () => {
  answer(undefined);
  expect(await renew()).toMatchObject({ accessToken: "access", claims: undefined });
  answer(await idToken({ nonce: undefined }));
  expect(await renew()).toMatchObject({ claims: { sub: BEFORE.sub } });
});

test("the ID token of another person ends the sign-in at a renewal", async () => {
  answer(await idToken({ sub: "auth0|carl" }));
  expect(isFinal(await renew().catch((error: unknown) => error))).toBe(true);
});

test("the successor of a refresh token is kept although the keys cannot be fetched", async () => {
  answer(await idToken(), { refresh_token: "successor" });
  const { fetch } = globalThis;
  vi.stubGlobal("fetch", async (address: string) => {
    if (address.endsWith("/keys")) throw new TypeError("no network");
    return fetch(address);
  });
  const keep = vi.fn(async () => undefined);
  const error = await renew(keep).catch((error: unknown) => error);
  expect(isFinal(error)).toBe(false);
  expect(keep).toHaveBeenCalledExactlyOnceWith("successor");
});

test("a failed discovery is repeated", async () => {
  answer(await idToken());
  const issuer = new Issuer({
    issuer: ISSUER,
    clientId: CLIENT,
    audience: "api",
    api: "https://api.example",
  });
  const metadata = answers["/.well-known/openid-configuration"]!;
  answers["/.well-known/openid-configuration"] = {};
  await expect(issuer.begin({})).rejects.toThrow();
  answers["/.well-known/openid-configuration"] = metadata;
  const { url } = await issuer.begin({ prompt: "login" });
  expect(url.origin + url.pathname).toBe(`${ISSUER}authorize`);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    audience: "api",
    code_challenge_method: "S256",
    prompt: "login",
    response_type: "code",
  });
});

test.each([
  ["invalid_grant", true],
  ["access_denied", true],
  ["invalid_scope", true],
  ["temporarily_unavailable", false],
  ["too_many_requests", false],
])("the refusal %s is final: %s", async (error, final) => {
  answers["/token"] = { error };
  status = 403;
  const thrown = await renew().catch((error: unknown) => error);
  expect(thrown).toBeInstanceOf(ResponseBodyError);
  expect(isFinal(thrown)).toBe(final);
});

test("a server error is not final", async () => {
  status = 503;
  answers["/token"] = {};
  expect(isFinal(await renew().catch((error: unknown) => error))).toBe(false);
});
