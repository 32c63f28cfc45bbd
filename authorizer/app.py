"""The API's TOKEN authorizer: checks OAuth 2.0 access tokens (RFC 6750, RFC 9068) for API Gateway."""

# Loading modules makes no garbage; looking for some costs 0.07 of a cold start (`make bench`).
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
from tokens.errors import ConfigurationError, InvalidToken
from tokens.jwks import fetch_jwks
from tokens.jws import decode_segment, json_object, parse_compact
from tokens.keystore import KeyStore
from tokens.policy import policy_for
from tokens.secret import fetch_secret
from tokens.settings import Settings

SECRET_KEY_ID: Final = ""
"""The key id of the HS256 secret, which has no `kid`."""


class Authorizer:
    """Checks the tokens of one issuer for one API, signed with one algorithm."""

    def __init__(self, settings: Settings, *, clock: Callable[[], float] = time.time) -> None:
        """Configure the checks; fetches no key yet."""
        self._settings = settings
        self._clock = clock
        self._algorithm = jwt.get_algorithm_by_name(settings.algorithm)
        self._asymmetric = settings.algorithm == "RS256"
        self.keys: KeyStore[Any] = KeyStore(
            self._fetch_keys, settings, on_failure=report.refresh_failure, clock=clock
        )

    def identify(self, token: str) -> dict[str, str]:
        """Check a token and return its caller's identity (see `check_claims`).

        Raises
        ------
        InvalidToken
            If the token must not be trusted.
        KeysUnavailable
            If there is no key to check it with.

        """
        key_id, signing_input, payload, signature = parse_compact(token, self._settings.algorithm)
        if not self._asymmetric:
            key_id = SECRET_KEY_ID
        elif not key_id:
            raise InvalidToken("no_key_id")
        if not self._algorithm.verify(signing_input, self.keys.get(key_id), signature):
            raise InvalidToken("bad_signature")
        # The payload is decoded only now that the signature proves its origin.
        try:
            claims = json_object(decode_segment(payload))
        except ValueError:
            raise InvalidToken("not_json") from None
        return check_claims(claims, self._settings, self._clock())

    def _fetch_keys(self) -> dict[str, Any]:
        if self._asymmetric:
            return fetch_jwks(self._settings.jwks_uri, self._settings.algorithm)
        return {SECRET_KEY_ID: fetch_secret(self._settings.secret_arn)}


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Check the token of an API Gateway event and return a policy with the caller's identity.

    Raises
    ------
    Exception
        With the exact text `Unauthorized`, which API Gateway turns into 401, if the token must not be
        trusted. Any other exception becomes 500: the token could not be checked.

    """
    try:
        identity = authorizer().identify(_bearer_token(event["authorizationToken"]))
        return policy_for(identity, event["methodArn"])
    except InvalidToken as error:
        report.refusal(error)
        raise Exception("Unauthorized") from None  # noqa: TRY002 API Gateway recognizes this text only
    except Exception as error:
        report.failure(error)
        raise


@functools.cache
def authorizer() -> Authorizer:
    """Return the authorizer that the environment configures; it keeps its keys between requests.

    Raises
    ------
    ConfigurationError
        If a setting is missing or invalid.

    """
    return Authorizer(Settings(os.environ))


def _bearer_token(header: object) -> str:
    """Return the token of an Authorization header (RFC 6750, section 2.1; RFC 9110, section 11.1)."""
    scheme, _, token = header.partition(" ") if isinstance(header, str) else ("", "", "")
    if scheme.lower() != "bearer":
        raise InvalidToken("not_bearer")
    return token.lstrip(" ")


def _prefetch_keys() -> None:
    """Fetch the keys before the first request, so that a SnapStart snapshot contains them."""
    try:
        authorizer().keys.refresh(wait=False)
    except ConfigurationError:
        return  # each request reports it


_prefetch_keys()
gc.freeze()
gc.enable()
