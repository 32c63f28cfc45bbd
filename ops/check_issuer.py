"""Check an authorization server for this API: its description, its keys, and one token.

The token is judged by the authorizer's own code. Neither it nor a secret is printed.
Ends with 0 if all is well, 1 after a fault, 2 for a wrong use.
"""

import argparse
import os
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx

from app import Authorizer
from keys import fetch_jwks
from ops import findings
from ops.explanations import claims_of, refusal_finding, token_error_finding
from ops.findings import Finding, fault, shown
from refusal import ConfigurationError, KeysUnavailable, Refused
from settings import Settings

TIMEOUT: Final = 10
"""Seconds for a connection, and for each read."""
NAMESPACE: Final = "https://api.exampleco.com"
"""The template's ClaimsNamespace."""

HOW_TO_GIVE_ONE: Final = (
    "Give one in the environment, as TOKEN, or as CLIENT_ID and CLIENT_SECRET of a machine-to-machine"
    " application; or in a file: python -m ops.check_issuer ... --token-file FILE (- for standard input)."
)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to check."""

    issuer: str
    audience: str
    namespace: str = NAMESPACE
    token: str = field(default="", repr=False)
    client_id: str = ""
    client_secret: str = field(default="", repr=False)

    def settings(self, jwks_uri: str = "") -> Settings:
        """Return the authorizer's settings for this server, as the template would make them.

        Raises
        ------
        ConfigurationError
            If the authorizer would not take them.

        """
        return Settings(
            {
                "TOKEN_ISSUER": self.issuer,
                "AUDIENCE": self.audience,
                "JWKS_URI": jwks_uri or f"{self.issuer.rstrip('/')}/.well-known/jwks.json",
                "CLAIMS_NAMESPACE": self.namespace,
            }
        )


def main(arguments: list[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run the check and print what it finds."""
    asked = _asked(arguments, environ)
    found, jwks_uri = check(asked)
    for finding in found:
        print(*findings.lines(finding), sep="\n")
    faults = sum(finding.kind == "fault" for finding in found)
    print()
    if faults:
        print(f"Faults: {faults}. Mend them and run this again; it will say what to deploy with.")
        return 1
    print("No fault. On AWS, and on this machine:")
    for command in findings.deployment(asked.issuer, asked.audience, jwks_uri, asked.namespace, NAMESPACE):
        print(f"    {command}")
    return 0


def issuer_of(domain: str) -> str:
    """Return the `iss` of a bare domain, as Auth0 writes it, or a whole address as it is.

    Raises
    ------
    ArgumentTypeError
        If it is neither.

    """
    if re.fullmatch(r"https?://[!-~]+", domain):
        return domain
    if re.fullmatch(r"[A-Za-z0-9.-]+(:[0-9]+)?/?", domain):
        return f"https://{domain.rstrip('/').lower()}/"
    raise argparse.ArgumentTypeError(
        "must be a domain such as tenant.eu.auth0.com, or an issuer's whole address"
    )


def _asked(arguments: list[str] | None, environ: Mapping[str, str]) -> Asked:
    parser = argparse.ArgumentParser(
        prog="python -m ops.check_issuer",
        description=__doc__,
        epilog="The environment may hold TOKEN, or CLIENT_ID and CLIENT_SECRET to get one with.",
    )
    parser.add_argument(
        "issuer", metavar="DOMAIN", type=issuer_of, help="tenant.eu.auth0.com, or a whole issuer address"
    )
    parser.add_argument("audience", metavar="AUDIENCE", help="the API's identifier")
    parser.add_argument("--token-file", metavar="FILE", help="holds an access token; - for standard input")
    parser.add_argument(
        "--claims-namespace",
        metavar="URL",
        default=environ.get("CLAIMS_NAMESPACE") or NAMESPACE,
        help="the prefix of custom claims",
    )
    given, others = parser.parse_known_args(arguments)
    if others:  # which one, argparse would say: it might be a token
        parser.error("give DOMAIN and AUDIENCE, and no other words")
    try:
        asked = Asked(
            issuer=given.issuer,
            audience=given.audience,
            namespace=given.claims_namespace,
            token=_bare_token(_read(given.token_file) if given.token_file else environ.get("TOKEN", "")),
            client_id=environ.get("CLIENT_ID", ""),
            client_secret=environ.get("CLIENT_SECRET", ""),
        )
        asked.settings()
    except ConfigurationError as error:
        parser.error(str(error))
    except OSError as error:
        parser.error(f"the token file can't be read: {error.strerror}")
    if given.token_file and not asked.token:
        parser.error("the token file is empty")
    if bool(asked.client_id) != bool(asked.client_secret) and not asked.token:
        parser.error("CLIENT_ID and CLIENT_SECRET go together")
    return asked


def _read(name: str) -> str:
    return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8", errors="replace")


def _bare_token(text: str) -> str:
    """Take a token as people paste it."""
    return re.sub(r"^bearer +", "", text.strip(), flags=re.IGNORECASE)


def check(asked: Asked) -> tuple[list[Finding], str]:
    """Find out, and where the keys are."""
    metadata, found = _discovery(asked.issuer)
    trusted = all(finding.kind != "fault" for finding in found)
    settings = asked.settings(metadata["jwks_uri"] if trusted else "")
    found.append(_keys(settings))
    token = asked.token
    if not token:
        token, finding = _new_token(asked, metadata["token_endpoint"] if trusted else "")
        found.append(finding)
    if token:
        found += _judged(token, settings)
    return found, settings.jwks_uri


def _discovery(issuer: str) -> tuple[dict[str, Any], list[Finding]]:
    """Read what a server says of itself, and judge it."""
    address = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    try:
        answer = httpx.get(address, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return {}, [_unknown(address, f"is out of reach: {type(error).__name__}, {shown(str(error))}")]
    if answer.status_code != httpx.codes.OK:
        return {}, [_unknown(address, f"answers {answer.status_code}")]
    metadata = _json_object(answer)
    if metadata is None:
        return {}, [_unknown(address, "answers no JSON object, so no authorization server is there")]
    return metadata, list(findings.discovery_findings(metadata, issuer))


def _unknown(address: str, wrong: str) -> Finding:
    return fault(
        f"discovery: {address} {wrong}",
        "Is DOMAIN right, region included (tenant.eu.auth0.com)? In Auth0 it is Domain in any application's"
        " Settings.",
    )


def _json_object(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        body = answer.json()
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _keys(settings: Settings) -> Finding:
    try:
        keys = fetch_jwks(settings.jwks_uri, settings.algorithm)
    except KeysUnavailable as error:
        return fault(
            f"keys: none from {settings.jwks_uri} within the authorizer's bounds: {shown(str(error))}",
            "The API would answer every token with 500. The address must answer at once, without a redirect,"
            " with RSA keys of 2,048 bits or more, for signatures, each with a kid of its own.",
        )
    names = ", ".join(f"{shown(name)} ({key.key_size} bits)" for name, key in keys.items())
    return Finding("ok", f"keys: usable for RS256: {names}")


def _new_token(asked: Asked, endpoint: str) -> tuple[str, Finding]:
    """Get a token by client credentials (RFC 6749, section 4.4), as Auth0 documents it: a JSON body."""
    if not asked.client_id:
        return "", Finding("note", "token: none given, so none was checked", HOW_TO_GIVE_ONE)
    if not endpoint:
        return "", Finding("note", "token: not asked for; a server with faults is sent no secret")
    request = {
        "grant_type": "client_credentials",
        "client_id": asked.client_id,
        "client_secret": asked.client_secret,
        "audience": asked.audience,
    }
    try:
        answer = httpx.post(endpoint, json=request, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return "", fault(f"token: {endpoint} is out of reach: {type(error).__name__}", "Try again.")
    body = _json_object(answer) or {}
    token = body.get("access_token")
    if answer.status_code == httpx.codes.OK and isinstance(token, str) and token:
        return token, Finding("ok", f"token: got one by client credentials for {asked.client_id}")
    said = {  # a server may repeat what it was sent
        name: str(body.get(name, "")).replace(asked.client_secret, "(hidden)")
        for name in ("error", "error_description")
    }
    return "", token_error_finding(answer.status_code, said, asked.audience)


def _judged(token: str, settings: Settings) -> Iterator[Finding]:
    """Say what the authorizer itself makes of a token."""
    try:
        identity = Authorizer(settings).identify(token)
    except Refused as refusal:
        yield refusal_finding(refusal.reason, token, settings)
    except KeysUnavailable:
        yield Finding("note", "token: not judged, since there are no keys to judge it by")
    else:
        yield from findings.identity_findings(identity, claims_of(token, settings), settings)


if __name__ == "__main__":
    sys.exit(main())
