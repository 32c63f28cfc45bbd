"""The authorizer's settings, read once from the environment."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from timesheets.settings import clock_leeway

from .errors import ConfigurationError

WEEK: Final = 7 * 86_400
"""Seconds."""


class Settings:
    """The trusted issuer, its audience and algorithm, and the lifetimes of its keys."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        """Read and check the environment.

        Raises
        ------
        ConfigurationError
            If a required variable is missing, or if one is invalid.

        """
        self.issuer = _required(environ, "TOKEN_ISSUER")
        """The exact `iss`, for Auth0 `https://TENANT/` with the slash."""
        self.audience = _required(environ, "AUDIENCE")
        """The API identifier that `aud` must be or contain."""
        self.algorithm = environ.get("TOKEN_ALGORITHM") or "RS256"
        """`RS256` or `HS256`. The token never chooses."""
        if self.algorithm not in ("RS256", "HS256"):
            raise ConfigurationError("TOKEN_ALGORITHM must be RS256 or HS256")
        self.jwks_uri = _jwks_uri(environ, self.issuer) if self.algorithm == "RS256" else ""
        """The address of the RS256 keys; by default Auth0's path below the issuer."""
        self.secret_arn = _required(environ, "TOKEN_SECRET_ARN") if self.algorithm == "HS256" else ""
        """The Secrets Manager secret that holds the HS256 key."""
        namespace = environ.get("CLAIMS_NAMESPACE", "").rstrip("/")
        self.email_claim = f"{namespace}/email"
        """The name of the claim that holds the caller's email address."""
        self.name_claim = f"{namespace}/name"
        """The name of the claim that holds the caller's name."""
        self.leeway = _leeway(environ)
        """Seconds by which the issuer's clock may differ from ours."""
        self.keys_max_age = _seconds(environ, "KEYS_MAX_AGE", 600)
        """Seconds after which cached keys are fetched again."""
        self.keys_max_stale = _seconds(environ, "KEYS_MAX_STALE", 3600)
        """Seconds beyond `keys_max_age` during which cached keys stay in use if fetches fail."""
        self.keys_cooldown = _seconds(environ, "KEYS_COOLDOWN", 10)
        """The least number of seconds between two fetches."""


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
        valid = bool(url.hostname) and url.port != 0
    except ValueError:
        valid = False
    # Plain http is for development, where the issuer itself has an http address.
    if not valid or not (url.scheme == "https" or (url.scheme == "http" and issuer.startswith("http://"))):
        raise ConfigurationError("JWKS_URI, by default below TOKEN_ISSUER, must be an https address")
    if "@" in url.netloc or url.fragment:
        raise ConfigurationError("JWKS_URI must not contain credentials or a fragment")
    return uri


def _leeway(environ: Mapping[str, str]) -> int:
    try:
        return clock_leeway(environ)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None


def _seconds(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdecimal() and len(text) <= len(str(WEEK)) and int(text) <= WEEK):
        raise ConfigurationError(f"{name} must be a whole number of seconds, at most {WEEK}")
    return int(text)
