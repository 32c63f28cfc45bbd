"""Rules for the claims of a signed token (RFC 7519, section 4.1; RFC 9068, section 4)."""

import unicodedata
from typing import Any, Final, TypeGuard

from .errors import InvalidToken
from .settings import Settings

MAX_SUBJECT: Final = 255
MAX_CLIENT_ID: Final = 255
MAX_EMAIL: Final = 320
MAX_NAME: Final = 255
"""Bytes of UTF-8, each: API Gateway accepts an answer of 8 KB."""
MAX_TIME: Final = 2**53
"""Seconds since 1970. JSON implementations agree on integers up to here (RFC 8259, section 6)."""

# Claims of OpenID Connect ID tokens (Core 1.0, sections 2 and 3.3.2.11) and of logout tokens
# (Back-Channel Logout 1.0, section 2.4). The issuer's access tokens have none of them.
_OTHER_TOKENS_CLAIMS: Final = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})


def check_claims(claims: dict[str, Any], settings: Settings, now: float) -> dict[str, str]:
    """Check a token's claims at the time `now` (seconds since 1970) and return the caller's identity.

    The identity has `sub`, `scope`, `exp` (seconds since 1970), `client_id` (empty if the token has
    none) and, if present, `email` and `name`. All are strings, because API Gateway passes on nothing else.

    Raises
    ------
    InvalidToken
        If the token is from another issuer, for another API, of another kind or not valid at this time.

    """
    if claims.get("iss") != settings.issuer:
        raise InvalidToken("wrong_issuer")
    _check_audience(claims.get("aud"), settings.audience)
    expires_at = _check_times(claims, settings.leeway, now)
    _check_kind(claims)
    scope = claims.get("scope", "")
    if not _is_scope(scope):
        raise InvalidToken("bad_scope")
    subject: Any = claims.get("sub")
    if not _is_identifier(subject, MAX_SUBJECT):
        raise InvalidToken("bad_subject")
    client_id: Any = claims.get("azp", claims.get("client_id", ""))  # Auth0's name; RFC 9068's
    if client_id != claims.get("client_id", client_id):
        raise InvalidToken("bad_client")
    if client_id != "" and not _is_identifier(client_id, MAX_CLIENT_ID):
        raise InvalidToken("bad_client")
    if not isinstance(claims.get("jti", ""), str):
        raise InvalidToken("bad_token_id")
    identity = {"sub": subject, "scope": scope, "exp": str(expires_at), "client_id": client_id}
    for key, claim, max_bytes in (
        ("email", settings.email_claim, MAX_EMAIL),
        ("name", settings.name_claim, MAX_NAME),
    ):
        value: Any = claims.get(claim)
        if _is_text(value, max_bytes):
            identity[key] = value
    return identity


def _check_audience(claim: object, audience: str) -> None:
    """Check that `aud` is the audience, or a list of strings that contains it."""
    if claim == audience:
        return
    if not isinstance(claim, list) or audience not in claim or not all(isinstance(a, str) for a in claim):
        raise InvalidToken("wrong_audience")


def _check_times(claims: dict[str, Any], leeway: int, now: float) -> int:
    """Check `exp`, `iat` and `nbf`, and return `exp`."""
    expires_at, issued_at = _time(claims.get("exp")), _time(claims.get("iat"))
    if expires_at + leeway <= now:
        raise InvalidToken("expired")
    if issued_at - leeway > now:
        raise InvalidToken("issued_in_future")
    if "nbf" in claims and _time(claims["nbf"]) - leeway > now:
        raise InvalidToken("not_yet_valid")
    return expires_at


def _check_kind(claims: dict[str, Any]) -> None:
    """Check that the token is an access token, and a bearer token."""
    if not _OTHER_TOKENS_CLAIMS.isdisjoint(claims):
        raise InvalidToken("not_an_access_token")
    if "cnf" in claims:  # RFC 7800: such a token needs a proof of possession, which this API cannot check
        raise InvalidToken("sender_constrained")


def _time(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_TIME:  # `type`, because bool is a subclass of int
        raise InvalidToken("bad_time")
    return value


def _is_scope(value: object) -> bool:
    r"""Return whether `value` is a scope (RFC 6749, section 3.3): printable ASCII without " and \\."""
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and '"' not in value
        and "\\" not in value
        and "  " not in value
        and value == value.strip(" ")
    )


def _is_identifier(value: object, max_bytes: int) -> bool:
    r"""Return whether `value` is safe as an identifier.

    API Gateway's access log does not escape " and \\. Input is normalized to NFC (Unicode Annex 15), so an
    identifier in another form could not be told from its normalized one.
    """
    return (
        _is_text(value, max_bytes)
        and '"' not in value
        and "\\" not in value
        and unicodedata.is_normalized("NFC", value)
    )


def _is_text(value: object, max_bytes: int) -> TypeGuard[str]:
    return (
        isinstance(value, str)
        and value != ""
        and value.isprintable()  # so it has no surrogates, and encoding cannot fail
        and len(value.encode()) <= max_bytes
    )
