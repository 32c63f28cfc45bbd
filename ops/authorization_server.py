"""An authorization server as its clients see it: its address, its description, its keys, its tokens."""

import argparse
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import httpx2 as httpx

from ops.explanations import token_error_finding
from ops.findings import Finding, discovery_findings, fault, shown
from tokens.errors import KeysUnavailable
from tokens.jwks import fetch_jwks
from tokens.settings import Settings

TIMEOUT: Final = 10
"""Seconds for a connection, and for each read."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """Those of a machine-to-machine application."""

    client_id: str
    client_secret: str = field(repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Credentials | None":
        """Read CLIENT_ID and CLIENT_SECRET, if they are there.

        Raises
        ------
        ValueError
            If only one of them is.

        """
        client_id, secret = environ.get("CLIENT_ID", ""), environ.get("CLIENT_SECRET", "")
        if bool(client_id) != bool(secret):
            raise ValueError("CLIENT_ID and CLIENT_SECRET go together")
        return cls(client_id=client_id, client_secret=secret) if client_id else None


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


def bare_token(text: str) -> str:
    """Take a token as people paste it."""
    return re.sub(r"^bearer +", "", text.strip(), flags=re.IGNORECASE)


def discover(issuer: str) -> tuple[dict[str, Any], list[Finding]]:
    """Read what a server says of itself, and judge it; where there is a fault, nothing of it is returned."""
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
    found = list(discovery_findings(metadata, issuer))
    trusted = all(finding.kind != "fault" for finding in found)
    return metadata if trusted else {}, found


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


def keys_finding(settings: Settings) -> Finding:
    """Fetch the keys as the authorizer does, and say whether it could use them."""
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


def new_token(endpoint: str, credentials: Credentials, audience: str) -> tuple[str, Finding]:
    """Get a token by client credentials (RFC 6749, section 4.4), as Auth0 documents it: a JSON body.

    Where the server gives none, the token is empty. Without an endpoint none is asked for.
    """
    if not endpoint:
        return "", Finding("note", "token: not asked for; a server with faults is sent no secret")
    request = {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "audience": audience,
    }
    try:
        answer = httpx.post(endpoint, json=request, timeout=TIMEOUT)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return "", fault(f"token: {endpoint} is out of reach: {type(error).__name__}", "Try again.")
    body = _json_object(answer) or {}
    token = body.get("access_token")
    if answer.status_code == httpx.codes.OK and isinstance(token, str) and token:
        return token, Finding("ok", f"token: got one by client credentials for {credentials.client_id}")
    said = {  # a server may repeat what it was sent
        name: str(body.get(name, "")).replace(credentials.client_secret, "(hidden)")
        for name in ("error", "error_description")
    }
    return "", token_error_finding(answer.status_code, said, audience)
