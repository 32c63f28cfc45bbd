"""Why a token is not to be trusted, and what goes wrong besides."""

from typing import Literal

type Reason = Literal[
    "not_bearer",
    "too_large",
    "not_compact",
    "not_base64url",
    "not_json",
    "wrong_algorithm",
    "wrong_type",
    "unsupported_header",
    "no_key_id",
    "unknown_key",
    "bad_signature",
    "wrong_issuer",
    "wrong_audience",
    "bad_time",
    "expired",
    "not_yet_valid",
    "issued_in_future",
    "bad_subject",
    "bad_scope",
    "bad_client",
    "bad_token_id",
    "not_an_access_token",
]
"""Fixed codes for logs and metrics. They say what was wrong, never what was sent."""


class Refused(Exception):
    """The token is not to be trusted; the caller gets 401."""

    def __init__(self, reason: Reason) -> None:
        """Refuse for one of the fixed reasons."""
        super().__init__(reason)
        self.reason = reason


class OperationalError(Exception):
    """The token could not be checked, through no fault of the caller; they get 500."""


class ConfigurationError(OperationalError):
    """The authorizer's environment does not say whose tokens to trust, or contradicts itself."""


class KeysUnavailable(OperationalError):
    """The issuer's keys are out of reach, and none that may still be used are at hand."""
