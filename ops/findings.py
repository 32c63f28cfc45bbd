"""What the checks of this folder find, in plain words; nothing here reads or sends anything."""

import json
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import urlsplit

from timesheets.routes import ROUTES
from tokens.settings import Settings

MAX_SHOWN: Final = 300
"""Characters of what the other side says."""
A_DAY: Final = 86_400
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and what to do about it."""

    kind: Literal["ok", "fault", "warning", "note"]
    text: str
    cure: str = ""


def fault(text: str, cure: str = "") -> Finding:
    """Say what is wrong and what to do about it."""
    return Finding("fault", text, cure)


def shown(value: object) -> str:
    """Write a value of the other side's so that it can do a terminal no harm."""
    text = json.dumps(value, default=str)
    return text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}..."


def discovery_findings(metadata: Mapping[str, Any], issuer: str) -> Iterator[Finding]:
    """Judge what a server says of itself (OpenID Connect Discovery 1.0, section 3)."""
    yield issuer_finding(metadata.get("issuer"), issuer)
    for name in ("jwks_uri", "authorization_endpoint", "token_endpoint"):
        yield _address_finding(name, metadata.get(name), issuer)
    methods = metadata.get("code_challenge_methods_supported")
    if isinstance(methods, list) and "S256" in methods:
        yield Finding("ok", "discovery: PKCE with S256, which the mobile app needs")
    else:
        yield fault(
            f"discovery: code_challenge_methods_supported is {shown(methods)}, without S256",
            "The mobile app keeps no secret, so it needs PKCE with S256. Every Auth0 tenant has it: is DOMAIN"
            " right?",
        )


def issuer_finding(given: object, issuer: str) -> Finding:
    """Compare a server's name for itself with the `iss` that the API will ask for, to the letter."""
    if given == issuer:
        return Finding("ok", f"discovery: the issuer is {issuer}")
    text = f"discovery: the server calls itself {shown(given)}, not {issuer}"
    if given == f"{issuer}/":
        return fault(f"{text}: a slash is missing at the end", f"Give DOMAIN={given} and deploy with it.")
    if f"{given}/" == issuer:
        return fault(
            f"{text}: it has no slash at the end",
            f"Auth0's issuers have one. If this is another product and means it, give DOMAIN={given} .",
        )
    return fault(
        text,
        "Give as DOMAIN the one that the applications sign in at: in Auth0 the custom domain, if the tenant"
        " has one, else Domain in an application's Settings. The API takes tokens of one issuer only.",
    )


def _address_finding(name: str, given: object, issuer: str) -> Finding:
    if is_address(given, issuer):
        return Finding("ok", f"discovery: {name} is {given}")
    return fault(
        f"discovery: {name} is {shown(given)}, no https address",
        "Every Auth0 tenant publishes it: is DOMAIN right?",
    )


def is_address(given: object, issuer: str) -> bool:
    """Tell an address that the authorizer takes for keys: https, or http where the issuer itself is."""
    if not isinstance(given, str) or not given.isprintable():
        return False
    try:
        url = urlsplit(given)
        plain = bool(url.hostname) and url.port != 0 and "@" not in url.netloc and not url.fragment
    except ValueError:
        return False
    return plain and url.scheme in {"https", urlsplit(issuer).scheme}


def identity_findings(
    identity: Mapping[str, str], claims: Mapping[str, Any], settings: Settings
) -> Iterator[Finding]:
    """Say what a token opens that the authorizer trusts, and what is odd about it."""
    machine = claims.get("gty") == "client-credentials" or identity["sub"].endswith("@clients")
    kind = "a machine" if machine else "a person"
    client = f", by the application {identity['client_id']}" if identity["client_id"] else ""
    yield Finding("ok", f"token: good; it stands for {identity['sub']}, {kind}{client}")
    opened = [route for route in ROUTES if route.scope in identity["scope"].split(" ")]
    if opened:
        yield Finding("ok", f"token: it opens {', '.join(map(str, opened))}")
    else:
        yield _opens_nothing(claims, machine=machine)
    if not machine and "email" not in identity:
        yield _no_email(claims, settings.email_claim)
    lifetime = int(identity["exp"]) - int(claims["iat"])
    if lifetime > A_DAY:
        yield Finding(
            "warning",
            f"token: it lives for {lifetime} seconds, more than a day; a stolen one works as long",
            "In Auth0: Applications > APIs > the API > Settings > Maximum Access Token Lifetime,"
            f" {A_DAY} or less.",
        )


def _opens_nothing(claims: Mapping[str, Any], *, machine: bool) -> Finding:
    text = f"token: its scope, {shown(claims.get('scope', ''))}, opens no route: every request gets 403"
    permissions = claims.get("permissions")
    if machine:
        cure = "In Auth0: Applications > the application > APIs > this API: tick batch:upload, Update."
    elif permissions:
        cure = (
            f"Its permissions are {shown(permissions)}, but scope decides here: the application must ask for"
            " them in scope when it signs the user in."
        )
    elif permissions == []:
        cure = (
            "The user holds no permission: in Auth0, User Management > Users > the user > Roles, assign"
            " Employee, Contractor or Manager; then sign in again."
        )
    else:
        cure = (
            "Either the application did not ask for this API's scopes when it signed the user in, or RBAC is"
            " on and the user has no role (User Management > Users > the user > Roles)."
        )
    return Finding("warning", text, cure)


def _no_email(claims: Mapping[str, Any], claim: str) -> Finding:
    text = f"token: it has no good {claim}, so entries will not say whose address it is"
    others = [name for name in claims if name.endswith("/email")]
    if others and claim not in claims:
        namespace = others[0].removesuffix("/email")
        return Finding(
            "warning",
            f"{text}; it has {shown(others[0])}",
            f"Deploy with ClaimsNamespace={shown(namespace)}, or change the post-login Action's namespace.",
        )
    return Finding(
        "warning",
        text,
        "In Auth0: Actions > Triggers > post-login must hold, deployed, the Action of docs/auth0.md.",
    )


def deployment(issuer: str, audience: str, jwks_uri: str, namespace: str, default: str) -> list[str]:
    """Return the commands that put a good server to use, on AWS and on this machine."""
    template = {"TokenIssuer": issuer, "Audience": audience}
    local = {"TOKEN_ISSUER": issuer, "AUDIENCE": audience}
    if jwks_uri != f"{issuer}.well-known/jwks.json":
        template["JwksUri"] = local["JWKS_URI"] = jwks_uri
    if namespace != default:
        template["ClaimsNamespace"] = namespace
    return [f"sam deploy --parameter-overrides {_words(template)}", f"make run {_words(local)}"]


def _words(values: Mapping[str, str]) -> str:
    return " ".join(shlex.quote(f"{name}={value}") for name, value in values.items())


def faults(found: Iterable[Finding]) -> int:
    """Count what is wrong."""
    return sum(finding.kind == "fault" for finding in found)


def show(finding: Finding) -> None:
    """Print a finding as soon as it is there."""
    print(*lines(finding), sep="\n", flush=True)


def lines(finding: Finding) -> list[str]:
    """Write a finding down."""
    return [f"{finding.kind:<8}{finding.text}", *([f"{'':8}{finding.cure}"] if finding.cure else [])]
