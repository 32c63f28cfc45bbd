"""What each refusal means to whoever set the authorization server up, and what they can do about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from ops.findings import Finding, fault, shown
from tokens.errors import Reason
from tokens.jws import base64url_decode, json_object
from tokens.settings import Settings

# What Auth0's ID tokens hold some of, whatever was asked for, and its access tokens none.
_ID_TOKEN_CLAIMS: Final = frozenset({"nonce", "at_hash", "c_hash", "email_verified", "nickname", "sid"})
_JWT_PARTS: Final = 3
_JWE_PARTS: Final = 5


class Explanation(NamedTuple):
    """What is wrong, and what to do."""

    what: str
    cure: str


@dataclass(frozen=True)
class Unverified:
    """A refused token as it describes itself: material for an explanation, nothing to trust."""

    settings: Settings
    parts: int
    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @classmethod
    def of(cls, token: str, settings: Settings) -> "Unverified":
        """Read what can be read."""
        parts = token.split(".")
        return cls(settings, len(parts), _json(parts[0]), claims_of(token))


def claims_of(token: str) -> Mapping[str, Any]:
    """Return what a token claims; trust it only if the authorizer does."""
    parts = token.split(".")
    return _json(parts[1]) if len(parts) == _JWT_PARTS else {}


def _json(part: str) -> Mapping[str, Any]:
    try:
        return json_object(base64url_decode(part.encode("ascii")))
    except ValueError:
        return {}


def refusal_finding(reason: Reason, token: str, settings: Settings) -> Finding:
    """Explain why the authorizer refuses a token."""
    what, cure = REFUSALS[reason](Unverified.of(token, settings))
    return fault(f"token: refused ({reason}): {what}", cure)


def _always(what: str, cure: str) -> Callable[[Unverified], Explanation]:
    return lambda _: Explanation(what, cure)


def _not_compact(token: Unverified) -> Explanation:
    if token.parts == _JWE_PARTS:
        return Explanation(
            "it is encrypted (a JWE of five parts), which only Auth0 itself or a holder of the key can read",
            "The application asked for no audience: let it send audience="
            f"{token.settings.audience} when it signs in. If it did, turn off JSON Web Encryption"
            " (JWE) in the API's settings.",
        )
    return Explanation(
        "it is no JWT but an opaque token, which only Auth0 itself can read",
        "The application asked for no audience: let it send audience="
        f"{token.settings.audience} when it signs in. Copy the whole token: three parts, two dots.",
    )


def _wrong_algorithm(token: Unverified) -> Explanation:
    algorithm = token.header.get("alg")
    if algorithm == "HS256":
        return Explanation(
            "it is signed with HS256, and RS256 is expected",
            "In Auth0: Applications > APIs > the API > Settings, set the signing algorithm to RS256. If it"
            " must be HS256, deploy with TokenAlgorithm=HS256 and TokenSecretArn (this command checks RS256"
            " only).",
        )
    return Explanation(
        f"it is signed with {shown(algorithm)}, and RS256 is expected",
        "In Auth0: Applications > APIs > the API > Settings, set the signing algorithm to RS256.",
    )


def _wrong_type(token: Unverified) -> Explanation:
    return Explanation(
        f"its typ is {shown(token.header.get('typ'))}, so it is no access token",
        "Send what the token response calls access_token.",
    )


def _no_key_id(_: Unverified) -> Explanation:
    return Explanation(
        "its header names no key (kid)",
        "Auth0 names one in every RS256 token: is this one from another server?",
    )


def _unknown_key(token: Unverified) -> Explanation:
    if _of_another_issuer(token):
        return _wrong_issuer(token)
    return Explanation(
        f"its key, {shown(token.header.get('kid'))}, is not among the keys that the issuer publishes",
        "Get a new token: the signing key was rotated and revoked since this one was issued, or it comes"
        " from another tenant.",
    )


def _bad_signature(token: Unverified) -> Explanation:
    if _of_another_issuer(token):
        return _wrong_issuer(token)
    return Explanation(
        "it was not signed with the issuer's key of that name",
        "Get a new token, and copy it whole: a changed character is enough.",
    )


def _of_another_issuer(token: Unverified) -> bool:
    return "iss" in token.claims and bool(token.claims["iss"] != token.settings.issuer)


def _wrong_issuer(token: Unverified) -> Explanation:
    given, expected = token.claims.get("iss"), token.settings.issuer
    what = f"its iss is {shown(given)}, and {expected} is expected"
    if isinstance(given, str) and given.rstrip("/") == expected.rstrip("/"):
        return Explanation(f"{what}; only the slash at the end differs", f"Give DOMAIN={shown(given)}.")
    return Explanation(
        what,
        "Tokens name the domain that the application signed in at. If that is the tenant's custom domain,"
        " give it as DOMAIN and deploy with it; else configure the application for this tenant.",
    )


def _wrong_audience(token: Unverified) -> Explanation:
    if _looks_like_an_id_token(token):
        return _ID_TOKEN
    audience = token.claims.get("aud")
    what = f"its aud is {shown(audience)}, and {token.settings.audience} is expected"
    if f"{token.settings.issuer}userinfo" in (audience, *(audience if isinstance(audience, list) else ())):
        what += " (userinfo is Auth0's own)"
    return Explanation(
        what,
        "AUDIENCE must be the API's Identifier in Auth0 (Applications > APIs) to the letter, and the"
        f" application must send audience={token.settings.audience} when it signs in.",
    )


_ID_TOKEN: Final = Explanation(
    "it is an ID token, which tells an application who signed in; it is not for an API",
    "Send what the token response calls access_token.",
)


def _looks_like_an_id_token(token: Unverified) -> bool:
    return "scope" not in token.claims and not _ID_TOKEN_CLAIMS.isdisjoint(token.claims)


_CLOCK: Final = (
    "If it is new, set this machine's clock. If that is right, the server's is not: deploy with TokenLeeway,"
    " 60 seconds at most."
)
_TAMPERED: Final = "Auth0 issues no such token. Copy it again, whole; if it stays so, another server made it."

REFUSALS: Final[Mapping[Reason, Callable[[Unverified], Explanation]]] = {
    "not_bearer": _always(
        "the Authorization header does not start with Bearer",
        "Send `Authorization: Bearer <access token>`.",
    ),
    "too_large": _always(
        "it is over 8 KiB",
        "Take out what Actions put into it; API Gateway passes no larger headers.",
    ),
    "not_compact": _not_compact,
    "not_base64url": _always("a part of it is not base64url", _TAMPERED),
    "not_json": _always("a part of it is no proper JSON object", _TAMPERED),
    "wrong_algorithm": _wrong_algorithm,
    "wrong_type": _wrong_type,
    "unsupported_header": _always("its header asks for an extension (crit, b64 or zip)", _TAMPERED),
    "no_key_id": _no_key_id,
    "unknown_key": _unknown_key,
    "bad_signature": _bad_signature,
    "wrong_issuer": _wrong_issuer,
    "wrong_audience": _wrong_audience,
    "bad_time": _always("its exp, iat or nbf is missing or no whole number of seconds", _TAMPERED),
    "expired": _always("it has expired", f"Get a new token. {_CLOCK}"),
    "not_yet_valid": _always("it is not valid yet (nbf)", _CLOCK),
    "issued_in_future": _always("it was issued in the future (iat)", _CLOCK),
    "bad_subject": _always(
        "its sub is missing, empty, over 255 bytes, or has a quote, a backslash or an unprintable character",
        "Entries belong to the sub: every user and application needs one.",
    ),
    "bad_scope": _always(
        "its scope is no list of words with one space between",
        "Look for an Action that adds scopes with spaces or quotes in them.",
    ),
    "bad_client": _always(
        "its azp or client_id is not a string, is over 255 bytes, or has a quote, a backslash or an"
        " unprintable character; or the two differ",
        _TAMPERED,
    ),
    "bad_token_id": _always("its jti is no text", _TAMPERED),
    "not_an_access_token": lambda _: _ID_TOKEN,
    "sender_constrained": _always(
        "it is bound to its client's key or certificate (cnf), and this API cannot check that",
        "In Auth0: Applications > APIs > the API > Settings, turn off Token Sender-Constraining.",
    ),
}
"""By the authorizer's reason, which its log and its metric name, too."""


def token_error_finding(status: int, said: Mapping[str, str], audience: str) -> Finding:
    """Explain why the token endpoint gives no token for client credentials."""
    error, description = said["error"], said["error_description"]
    what = f"token: the server gives none: {status} {shown(error)} {shown(description)}"
    if "Service not" in description:
        cure = (
            f"No API of this tenant has the Identifier {audience}: compare it, to the letter, with"
            " Applications > APIs."
        )
    elif "not authorized to access" in description:
        cure = (
            "The application has no client grant for this API. In Auth0: Applications > the application >"
            " APIs, authorize this API with batch:upload."
        )
    elif error == "unauthorized_client":
        cure = (
            "The application may not use client credentials. In Auth0: Applications > the application >"
            " Settings > Advanced Settings > Grant Types, tick Client Credentials; or use one of the type"
            " Machine to Machine."
        )
    elif error in {"access_denied", "invalid_client"}:
        cure = (
            "CLIENT_ID or CLIENT_SECRET is wrong: copy both from Applications > the application > Settings"
            " (or Credentials), of this tenant."
        )
    else:
        cure = "Auth0's log (Monitoring > Logs) says more."
    return fault(what, cure)
