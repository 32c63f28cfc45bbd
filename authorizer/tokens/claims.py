"""What a signed token claims (RFC 7519, section 4.1; RFC 9068, section 4): checked, one by one."""

from typing import Any, Final

from .errors import Refused
from .settings import Settings

MAX_SUBJECT: Final = 255
MAX_CLIENT_ID: Final = 255
MAX_EMAIL: Final = 320
"""Characters, each."""
MAX_TIME: Final = 2**53
"""Seconds since 1970: every system counts this far exactly."""

# Claims of OpenID Connect ID tokens (Core 1.0, sections 2 and 3.3.2.11) and of logout tokens
# (Back-Channel Logout 1.0, section 2.4), which no access token of the issuer has.
_OF_OTHER_TOKENS: Final = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})


def check_claims(claims: dict[str, Any], settings: Settings, now: float) -> dict[str, str]:
    """Check a token's claims at the time `now` (seconds since 1970).

    Returns what handlers learn of the caller: `sub`, `scope`, `exp` (seconds since 1970), `client_id`
    (empty if the token does not say) and, where present, `email`. Strings, as API Gateway passes no more.

    Raises
    ------
    Refused
        If the token is another's, for another API, of another kind or another time.

    """
    if claims.get("iss") != settings.issuer:
        raise Refused("wrong_issuer")
    _check_audience(claims.get("aud"), settings.audience)
    expires_at = _check_times(claims, settings.leeway, now)
    if not _OF_OTHER_TOKENS.isdisjoint(claims):
        raise Refused("not_an_access_token")
    scope = claims.get("scope", "")
    if not _is_scope(scope):
        raise Refused("bad_scope")
    subject: Any = claims.get("sub")
    if not _is_text(subject, MAX_SUBJECT):
        raise Refused("bad_subject")
    client_id: Any = claims.get("azp", claims.get("client_id", ""))  # Auth0's name; RFC 9068's
    if client_id != claims.get("client_id", client_id):
        raise Refused("bad_client")
    if client_id != "" and not _is_text(client_id, MAX_CLIENT_ID):
        raise Refused("bad_client")
    if not isinstance(claims.get("jti", ""), str):
        raise Refused("bad_token_id")
    identity = {"sub": subject, "scope": scope, "exp": str(expires_at), "client_id": client_id}
    email: Any = claims.get(settings.email_claim)
    if _is_text(email, MAX_EMAIL):
        identity["email"] = email
    return identity


def _check_audience(given: object, audience: str) -> None:
    """Refuse unless `aud` is the audience, or a list of strings that holds it."""
    if given == audience:
        return
    if not isinstance(given, list) or audience not in given or not all(isinstance(a, str) for a in given):
        raise Refused("wrong_audience")


def _check_times(claims: dict[str, Any], leeway: int, now: float) -> int:
    """Return `exp` of a token that is valid now."""
    expires_at, issued_at = _time(claims.get("exp")), _time(claims.get("iat"))
    if expires_at + leeway <= now:
        raise Refused("expired")
    if issued_at - leeway > now:
        raise Refused("issued_in_future")
    if "nbf" in claims and _time(claims["nbf"]) - leeway > now:
        raise Refused("not_yet_valid")
    return expires_at


def _time(value: object) -> int:
    if type(value) is not int or not 0 <= value <= MAX_TIME:  # a bool is an int, too
        raise Refused("bad_time")
    return value


def _is_scope(value: object) -> bool:
    r"""Tell scope (RFC 6749, section 3.3): tokens of printable ASCII but " and \\, one space between."""
    return (
        isinstance(value, str)
        and value.isascii()
        and value.isprintable()
        and '"' not in value
        and "\\" not in value
        and "  " not in value
        and value == value.strip(" ")
    )


def _is_text(value: object, longest: int) -> bool:
    return isinstance(value, str) and 0 < len(value) <= longest and value.isprintable()
