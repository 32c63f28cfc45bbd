"""The authorizer's environment, read once."""

import os
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from refusal import ConfigurationError
from timesheets.tokens import clock_leeway


class Settings(NamedTuple):
    """Whose tokens are trusted, for which API, and for how long keys are."""

    issuer: str
    """`TOKEN_ISSUER`: the exact `iss`, for Auth0 `https://TENANT/` with the slash."""
    audience: str
    """`AUDIENCE`: what `aud` must be or contain."""
    algorithm: str
    """`TOKEN_ALGORITHM`: `RS256`, the default, or `HS256`. Never the token's choice."""
    jwks_uri: str
    """`JWKS_URI`: where RS256 keys are published; by default below the issuer, where Auth0 has them."""
    secret_arn: str
    """`TOKEN_SECRET_ARN`: the Secrets Manager secret that holds the HS256 key."""
    email_claim: str
    """`CLAIMS_NAMESPACE`, the prefix of custom claims, and `/email`."""
    leeway: int
    """`TOKEN_LEEWAY`, seconds: by how much the issuer's clock and ours may differ."""
    keys_max_age: int
    """`KEYS_MAX_AGE`, seconds: when keys are due to be fetched again."""
    keys_max_stale: int
    """`KEYS_MAX_STALE`, seconds: how much longer they serve while the issuer is out of reach."""
    keys_cooldown: int
    """`KEYS_COOLDOWN`, seconds: the least time between two fetches, whatever asks for them."""

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read and check the environment.

        Raises
        ------
        ConfigurationError
            If something needed is missing, or does not fit.

        """
        issuer = _required(environ, "TOKEN_ISSUER")
        algorithm = environ.get("TOKEN_ALGORITHM") or "RS256"
        if algorithm not in ("RS256", "HS256"):
            raise ConfigurationError("TOKEN_ALGORITHM must be RS256 or HS256")
        return cls(
            issuer=issuer,
            audience=_required(environ, "AUDIENCE"),
            algorithm=algorithm,
            jwks_uri=_jwks_uri(environ, issuer) if algorithm == "RS256" else "",
            secret_arn=_required(environ, "TOKEN_SECRET_ARN") if algorithm == "HS256" else "",
            email_claim=f"{environ.get('CLAIMS_NAMESPACE', '').rstrip('/')}/email",
            leeway=_leeway(environ),
            keys_max_age=_seconds(environ, "KEYS_MAX_AGE", 600),
            keys_max_stale=_seconds(environ, "KEYS_MAX_STALE", 3600),
            keys_cooldown=_seconds(environ, "KEYS_COOLDOWN", 10),
        )


def _required(environ: Mapping[str, str], name: str) -> str:
    if not environ.get(name):
        raise ConfigurationError(f"{name} is not set")
    return environ[name]


def _jwks_uri(environ: Mapping[str, str], issuer: str) -> str:
    uri = environ.get("JWKS_URI") or f"{issuer}.well-known/jwks.json"
    scheme = urlsplit(uri).scheme
    # Plain http is for development, where the issuer itself is plain http.
    if scheme != "https" and not (scheme == "http" and issuer.startswith("http://")):
        raise ConfigurationError("JWKS_URI must be https")
    if not urlsplit(uri).hostname:
        raise ConfigurationError("JWKS_URI names no host")
    return uri


def _leeway(environ: Mapping[str, str]) -> int:
    try:
        return clock_leeway(environ)
    except ValueError as error:
        raise ConfigurationError(str(error)) from None


def _seconds(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdecimal()):
        raise ConfigurationError(f"{name} must be a whole number of seconds")
    return int(text)
