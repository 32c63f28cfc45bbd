"""The authorizer's environment, read once."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from timesheets.settings import clock_leeway

from .errors import ConfigurationError

A_WEEK: Final = 7 * 86_400
"""Seconds."""


class Settings:
    """Whose tokens are trusted, for which API, and for how long keys are."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Read and check the environment.

        Raises
        ------
        ConfigurationError
            If something needed is missing, or does not fit.

        """
        self.issuer = _required(environ, "TOKEN_ISSUER")
        """The exact `iss`, for Auth0 `https://TENANT/` with the slash."""
        self.audience = _required(environ, "AUDIENCE")
        """What `aud` must be or contain."""
        self.algorithm = environ.get("TOKEN_ALGORITHM") or "RS256"
        """`RS256` or `HS256`; never the token's choice."""
        if self.algorithm not in ("RS256", "HS256"):
            raise ConfigurationError("TOKEN_ALGORITHM must be RS256 or HS256")
        self.jwks_uri = _jwks_uri(environ, self.issuer) if self.algorithm == "RS256" else ""
        """Where RS256 keys are published; by default below the issuer, where Auth0 has them."""
        self.secret_arn = _required(environ, "TOKEN_SECRET_ARN") if self.algorithm == "HS256" else ""
        """The Secrets Manager secret that holds the HS256 key."""
        self.email_claim = f"{environ.get('CLAIMS_NAMESPACE', '').rstrip('/')}/email"
        """Where the caller's address is, below the prefix of custom claims."""
        self.leeway = _leeway(environ)
        """Seconds by which the issuer's clock and ours may differ."""
        self.keys_max_age = _seconds(environ, "KEYS_MAX_AGE", 600)
        """Seconds after which keys are due to be fetched again."""
        self.keys_max_stale = _seconds(environ, "KEYS_MAX_STALE", 3600)
        """Seconds that they serve on, while the issuer is out of reach."""
        self.keys_cooldown = _seconds(environ, "KEYS_COOLDOWN", 10)
        """The least seconds between two fetches, whatever asks for them."""


def _required(environ: Mapping[str, str], name: str) -> str:
    if not environ.get(name):
        raise ConfigurationError(f"{name} is not set")
    return environ[name]


def _jwks_uri(environ: Mapping[str, str], issuer: str) -> str:
    if not environ.get("JWKS_URI") and not issuer.endswith("/"):
        raise ConfigurationError("TOKEN_ISSUER does not end with a slash; if that is right, set JWKS_URI")
    uri = environ.get("JWKS_URI") or f"{issuer}.well-known/jwks.json"
    try:
        url = urlsplit(uri)
        good = bool(url.hostname) and url.port != 0
    except ValueError:
        good = False
    # Plain http is for development, where the issuer itself is plain http.
    if not good or not (url.scheme == "https" or (url.scheme == "http" and issuer.startswith("http://"))):
        raise ConfigurationError("JWKS_URI, by default below TOKEN_ISSUER, must be an https address")
    if "@" in url.netloc or url.fragment:
        raise ConfigurationError("JWKS_URI must hold no credentials and no fragment")
    return uri


def _leeway(environ: Mapping[str, str]) -> int:
    try:
        return clock_leeway(environ)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None


def _seconds(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(A_WEEK)) and int(text) <= A_WEEK):
        raise ConfigurationError(f"{name} must be a whole number of seconds, a week at most")
    return int(text)
