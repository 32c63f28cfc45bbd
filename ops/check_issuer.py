"""Check an authorization server for this API: its metadata, its keys and, if one is given, a token.

The process environment may hold TOKEN, or CLIENT_ID and CLIENT_SECRET to get one, and CLAIMS_NAMESPACE. The
authorizer's own code judges keys and token. Each fault is printed with its remedy; tokens and secrets are
never printed. Exit status: 0 without faults, 1 with faults, 2 for wrong usage.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any, Final

import httpx2 as httpx

from app import Authorizer
from ops.findings import Finding, report
from timesheets.routes import ROUTES
from tokens.errors import ConfigurationError, InvalidToken, KeysUnavailable
from tokens.jwks import fetch_jwks
from tokens.jws import base64url_decode, json_object
from tokens.settings import Settings

NAMESPACE: Final = "https://api.exampleco.com"  # the template's default
TIMEOUT: Final = 10  # seconds for a connection, and for each read

_API: Final = "Auth0, Applications > APIs > the API > Settings"
_CLOCK: Final = "Get a new token. If it is new, one clock is wrong: correct it, or deploy with TokenLeeway."
_COPY: Final = "Auth0 issues no such token: copy the access token whole, and check which server issued it."
_HTTPS: Final = "Check DOMAIN: every Auth0 tenant announces it."
_ISSUER: Final = "Give DOMAIN, and deploy, the issuer to the letter: a custom domain, the slash at the end."
REMEDIES: Final = {
    "too_large": ("", "A token may have 8 KiB: remove what Actions add to it."),
    "not_compact": ("", f"The application must send audience=AUDIENCE at sign-in; turn JWE off ({_API})."),
    "wrong_algorithm": ("alg", f"Set the algorithm to RS256 ({_API}), or deploy with TokenAlgorithm=HS256."),
    "wrong_type": ("typ", "Send the token response's access_token."),
    "unknown_key": ("kid", "Its key was revoked, or it comes from another tenant: get a new token."),
    "bad_signature": ("kid", "Get a new token, and copy it whole."),
    "wrong_issuer": ("iss", _ISSUER),
    "wrong_audience": ("aud", "AUDIENCE must be the API's Identifier to the letter; send the access_token."),
    "expired": ("exp", _CLOCK),
    "not_yet_valid": ("nbf", _CLOCK),
    "issued_in_future": ("iat", _CLOCK),
    "bad_subject": ("sub", "Every user and application needs a sub of 1 to 255 printable characters."),
    "bad_scope": ("scope", "Remove the Action that adds malformed scopes."),
    "sender_constrained": ("cnf", f"Turn off sender-constraining ({_API}): the API takes bearer tokens."),
    "not_an_access_token": ("", "It is an ID token: send the token response's access_token."),
}
"""By the authorizer's reason: the member of the token that a fault shows, and the remedy; else _COPY."""


def main(arguments: list[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Print the faults, or the parameters to deploy with."""
    usage = "make check-issuer DOMAIN=tenant.eu.auth0.com AUDIENCE=https://api.exampleco.com/timesheets"
    parser = argparse.ArgumentParser(prog="make check-issuer", usage=usage)
    parser.add_argument("DOMAIN", type=issuer_of)
    parser.add_argument("AUDIENCE")
    options = parser.parse_args(arguments)
    if environ.get("TOKEN") == "" or bool(environ.get("CLIENT_ID")) != bool(environ.get("CLIENT_SECRET")):
        parser.error("set TOKEN to a token, or both CLIENT_ID and CLIENT_SECRET, or none of them")
    faults = report(check(options.DOMAIN, options.AUDIENCE, environ))
    if not (environ.get("TOKEN") or environ.get("CLIENT_ID")):
        print("No token was checked: set TOKEN, or CLIENT_ID and CLIENT_SECRET.")
    good = f"No faults. Deploy with TokenIssuer={options.DOMAIN} Audience={options.AUDIENCE}"
    print(f"\n{faults} faults found." if faults else f"\n{good}")
    return min(faults, 1)


def check(issuer: str, audience: str, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield the faults of the server and of the token; get a token only from a server without faults."""
    metadata = fetch_metadata(issuer)
    found = list(server_faults(metadata, issuer))
    yield from found
    published = str(metadata.get("jwks_uri") or f"{issuer.rstrip('/')}/.well-known/jwks.json")
    jwks_uri = environ.get("JWKS_URI") or published
    if jwks_uri != published:
        yield ("warning", f"The server publishes its keys at {shown(published)}", "Deploy with this JwksUri.")
    variables = {"TOKEN_ISSUER": issuer, "AUDIENCE": audience, "JWKS_URI": jwks_uri}
    variables["CLAIMS_NAMESPACE"] = environ.get("CLAIMS_NAMESPACE") or NAMESPACE
    try:
        settings = Settings(variables)
        print(f"keys: {shown(list(fetch_jwks(jwks_uri, settings.algorithm)))} at {jwks_uri}")
    except (ConfigurationError, KeysUnavailable) as error:
        remedy = "It must return RSA keys of 2,048 bits or more within 2 seconds, without a redirect."
        yield ("fault", f"The authorizer cannot use the keys at {shown(jwks_uri)}: {error}", remedy)
        return
    token = bare_token(environ)
    if not token and environ.get("CLIENT_ID") and not found:
        answer = client_credentials(metadata["token_endpoint"], audience, environ)
        token = str(answer.get("access_token", ""))
        if not token:
            remedy = "Compare CLIENT_ID, CLIENT_SECRET, AUDIENCE and the application's grant."
            yield ("fault", f"The server refused client credentials: {shown(answer)}", remedy)
    if token:
        yield from token_faults(token, settings)


def fetch_metadata(issuer: str) -> dict[str, Any]:
    """Fetch the server's metadata; empty if there is none (OpenID Connect Discovery 1.0, section 4)."""
    try:
        answer = httpx.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration", timeout=TIMEOUT)
        found = answer.json() if answer.is_success else {}
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def server_faults(metadata: Mapping[str, Any], issuer: str) -> Iterator[Finding]:
    """Judge the server's metadata."""
    if not metadata:
        remedy = "Check DOMAIN, region included (Auth0, Applications > an application > Settings > Domain)."
        yield ("fault", f"No metadata at {issuer.rstrip('/')}/.well-known/openid-configuration", remedy)
        return
    if metadata.get("issuer") != issuer:
        yield ("fault", f"The server names itself {shown(metadata.get('issuer'))}, not {issuer}", _ISSUER)
    for name in ("jwks_uri", "authorization_endpoint", "token_endpoint"):
        if not is_secure(metadata.get(name), issuer):
            yield ("fault", f"{name} is {shown(metadata.get(name))}, not an https address", _HTTPS)
    if "S256" not in str(metadata.get("code_challenge_methods_supported")):
        yield ("fault", "PKCE with S256, which the app needs, is not announced", _HTTPS)


def token_faults(token: str, settings: Settings) -> Iterator[Finding]:
    """Explain why the authorizer refuses a token, or what a good one lacks."""
    header, claims = (segment(token, index) for index in (0, 1))
    try:
        identity = Authorizer(settings).identify(token)
    except InvalidToken as error:
        foreign = error.reason in {"unknown_key", "bad_signature"} and claims.get("iss") != settings.issuer
        member, remedy = REMEDIES.get("wrong_issuer" if foreign else error.reason, ("", _COPY))
        value = f"; its {member} is {shown({**claims, **header}.get(member))}" if member else ""
        yield ("fault", f"The token is refused ({error.reason}){value}", remedy)
        return
    opened = [str(route) for route in ROUTES if route.scope in identity["scope"].split()]
    print(f"token: {identity['sub']} by {identity['client_id'] or 'no client'}: {', '.join(opened)}")
    if not opened:
        remedy = "The application must ask for scopes that the user's role, or a machine's grant, permits."
        permissions = f"permissions are {shown(claims.get('permissions'))}"
        yield ("warning", f"Its scope {shown(claims.get('scope'))} opens no route; {permissions}", remedy)
    personal = {"email": settings.email_claim, "name": settings.name_claim}
    missing = [claim for key, claim in personal.items() if key not in identity]
    if missing and not identity["sub"].endswith("@clients"):
        remedy = "Deploy the post-login Action of docs/auth0.md, with the namespace of ClaimsNamespace."
        yield ("warning", f"It has no valid {' or '.join(missing)}, so entries lack it", remedy)
    if int(identity["exp"]) - int(claims["iat"]) > 24 * 3600:
        yield ("warning", "It is valid for over a day", f"Lower the maximum lifetime ({_API}).")


def client_credentials(endpoint: str, audience: str, environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the answer to client credentials (RFC 6749, section 4.4), or its error."""
    secret = environ["CLIENT_SECRET"]
    request = {"grant_type": "client_credentials", "client_id": environ["CLIENT_ID"], "audience": audience}
    try:
        answer = httpx.post(endpoint, json=request | {"client_secret": secret}, timeout=TIMEOUT)
        found = json.loads(answer.text.replace(secret, "(hidden)"))
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        return {"error": f"{endpoint}: {type(error).__name__}"}
    return found if isinstance(found, dict) else {}


def is_secure(address: object, issuer: str) -> bool:
    """Return whether an address is https, or http where the issuer's own is (on a development machine)."""
    scheme = "https?" if issuer.startswith("http://") else "https"
    return re.fullmatch(rf"{scheme}://[A-Za-z0-9.-]+(:[0-9]+)?(/[!-~]*)?", str(address)) is not None


def issuer_of(domain: str) -> str:
    """Return the `iss` of a bare domain, as Auth0 writes it, or a whole address unchanged."""
    if re.fullmatch(r"https?://[!-~]+", domain):
        return domain
    if re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]+)?/?", domain):
        return f"https://{domain.rstrip('/').lower()}/"
    raise argparse.ArgumentTypeError("must be a domain such as tenant.eu.auth0.com, or an issuer's address")


def bare_token(environ: Mapping[str, str]) -> str:
    """Return TOKEN without a pasted `Bearer`; empty without TOKEN."""
    return environ.get("TOKEN", "").removeprefix("Bearer ").strip()


def segment(token: str, index: int) -> dict[str, Any]:
    """Return the header (0) or the claims (1) of a JWT, unverified; empty for any other text."""
    try:
        return json_object(base64url_decode(token.split(".")[index].encode("ascii")))
    except (IndexError, ValueError):
        return {}


def shown(value: object) -> str:
    """Return a foreign value as at most 300 characters of JSON, which cannot harm a terminal."""
    return json.dumps(value, default=str)[:300]


if __name__ == "__main__":
    sys.exit(main())
