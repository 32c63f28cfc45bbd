"""The API's TOKEN authorizer: who may call what, from an OAuth 2.0 access token (RFC 9068, RFC 6750)."""

# What modules make while they load is kept, not garbage: to look for some would prolong each cold start.
import gc

gc.disable()

import functools
import os
import time
from collections.abc import Callable
from typing import Any, Final

import jwt

from tokens import report
from tokens.claims import check_claims
from tokens.errors import ConfigurationError, Refused
from tokens.jwks import fetch_jwks, fetch_secret
from tokens.jws import decoded, json_object, parse_compact
from tokens.keystore import KeyStore
from tokens.policy import policy_for
from tokens.settings import Settings

THE_SECRET: Final = ""
"""Stands for a key id where there is but one key."""


class Authorizer:
    """Checks tokens of one issuer for one API, by one algorithm."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.time) -> None:
        """Trust what `settings` say. No key is fetched yet."""
        self._settings = settings
        self._clock = clock
        self._algorithm = jwt.get_algorithm_by_name(settings.algorithm)
        self._named_keys = settings.algorithm == "RS256"
        self.keys: KeyStore[Any] = KeyStore(
            self._fetch_keys, settings, on_failure=report.keys_kept, clock=clock
        )

    def identify(self, token: str) -> dict[str, str]:
        """Return who a token stands for (see `check_claims`), if it can be trusted.

        Raises
        ------
        Refused
            If it can't.
        KeysUnavailable
            If that can't be told.

        """
        key_id, signing_input, payload, signature = parse_compact(token, self._settings.algorithm)
        if not self._named_keys:
            key_id = THE_SECRET
        elif not key_id:
            raise Refused("no_key_id")
        if not self._algorithm.verify(signing_input, self.keys.get(key_id), signature):
            raise Refused("bad_signature")
        # Read only now that the issuer is known to have written it.
        try:
            claims = json_object(decoded(payload))
        except ValueError:
            raise Refused("not_json") from None
        return check_claims(claims, self._settings, self._clock())

    def _fetch_keys(self) -> dict[str, Any]:
        if self._named_keys:
            return fetch_jwks(self._settings.jwks_uri, self._settings.algorithm)
        return {THE_SECRET: fetch_secret(self._settings.secret_arn)}


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer API Gateway with a policy and the caller's identity.

    Raises
    ------
    Exception
        Exactly `Unauthorized`, which API Gateway turns into 401, for a token that is not to be trusted.
        Any other, which it turns into 500, when that can't be told.

    """
    try:
        identity = authorizer().identify(_bearer_token(event["authorizationToken"]))
        return policy_for(identity, event["methodArn"])
    except Refused as refusal:
        report.refused(refusal)
        raise Exception("Unauthorized") from None  # noqa: TRY002 API Gateway knows this text only
    except Exception as error:
        report.failed(error)
        raise


@functools.cache
def authorizer() -> Authorizer:
    """Return the configured authorizer, its keys kept between requests.

    Raises
    ------
    ConfigurationError
        If the environment does not say whose tokens to trust.

    """
    return Authorizer(Settings(os.environ))


def _bearer_token(header: object) -> str:
    """Take the token out of an Authorization header (RFC 6750, section 2.1; RFC 9110, section 11.1)."""
    scheme, _, token = header.partition(" ") if isinstance(header, str) else ("", "", "")
    if scheme.lower() != "bearer":
        raise Refused("not_bearer")
    return token.lstrip(" ")


def _start() -> None:
    """Fetch the keys ahead of the first request, so that a SnapStart snapshot holds them."""
    try:
        authorizer().keys.refresh(wait=False)
    except ConfigurationError:
        return  # each request says so


_start()
gc.freeze()
gc.enable()
