"""The API's TOKEN authorizer: who may call what, from an OAuth 2.0 access token (RFC 9068, RFC 6750)."""

import functools
import os
from dataclasses import dataclass
from typing import Any, Final

import jwt
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from policy import policy_for
from timesheets.tokens import CLOCK_LEEWAY

JWKS_TIMEOUT: Final = 2
"""Seconds to fetch the issuer's keys in."""

logger = Logger()
metrics = Metrics()


class ConfigurationError(Exception):
    """The authorizer's environment does not say whose tokens to trust."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whose tokens are trusted, and for which API."""

    name: str
    """The exact `iss`."""
    audience: str
    keys: jwt.PyJWKClient
    claims_namespace: str

    @classmethod
    def from_environment(cls) -> "Issuer":
        """Read the contract's variables.

        Raises
        ------
        ConfigurationError
            If one that is needed is missing.

        """
        for name in ("TOKEN_ISSUER", "AUDIENCE"):
            if not os.environ.get(name):
                raise ConfigurationError(
                    f"{name} is not set; set it to the values of your Auth0 tenant and API"
                )
        issuer = os.environ["TOKEN_ISSUER"]
        jwks_uri = os.environ.get("JWKS_URI") or f"{issuer}.well-known/jwks.json"
        return cls(
            name=issuer,
            audience=os.environ["AUDIENCE"],
            keys=jwt.PyJWKClient(jwks_uri, timeout=JWKS_TIMEOUT),
            claims_namespace=os.environ.get("CLAIMS_NAMESPACE", "").rstrip("/"),
        )

    def claims_of(self, token: str) -> dict[str, Any]:
        """Return the claims of a token that this issuer signed for this API.

        Raises
        ------
        jwt.PyJWKClientConnectionError
            If the issuer's keys are needed and out of reach.
        jwt.PyJWTError
            If the token is not to be trusted.

        """
        return jwt.decode(
            token,
            self.keys.get_signing_key_from_jwt(token),
            algorithms=["RS256"],
            issuer=self.name,
            audience=self.audience,
            leeway=CLOCK_LEEWAY,
            options={"require": ["iss", "aud", "sub", "exp", "iat"]},
        )


@functools.cache
def issuer() -> Issuer:
    """Return the configured issuer, its keys kept between requests."""
    return Issuer.from_environment()


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer API Gateway with a policy and the caller's identity.

    Raises
    ------
    Exception
        Exactly `Unauthorized`, which API Gateway turns into 401, for a token that is not to be trusted.
        Anything else becomes 500: it is our fault, not the caller's.

    """
    try:
        claims = issuer().claims_of(_bearer_token(event["authorizationToken"]))
        return policy_for(claims, event["methodArn"], claims_namespace=issuer().claims_namespace)
    except (ConfigurationError, jwt.PyJWKClientConnectionError) as error:
        # No traceback: Lambda logs what is raised.
        logger.error("can't check tokens", reason=type(error).__name__, detail=str(error))  # noqa: TRY400
        _count("AuthorizerFailed")
        raise
    except (jwt.PyJWTError, ValueError) as error:
        logger.info("token refused", reason=type(error).__name__)
        _count("TokensRefused")
        raise Exception("Unauthorized") from None  # noqa: TRY002 API Gateway knows this text only


def _bearer_token(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":  # RFC 9110, section 11.1: schemes are case-insensitive
        raise ValueError("not a bearer token")
    return token.strip(" ")


def _count(metric: str) -> None:
    metrics.add_metric(name=metric, unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()
