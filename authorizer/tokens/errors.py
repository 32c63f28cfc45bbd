"""Errors of the token check."""

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
    "sender_constrained",
]
"""Fixed codes for logs and metrics. They name the fault and repeat nothing of the token."""


class InvalidToken(Exception):
    """The token must not be trusted; the caller gets 401."""

    def __init__(self, reason: Reason) -> None:
        """Refuse the token for one of the fixed reasons."""
        super().__init__(reason)
        self.reason = reason


class OperationalError(Exception):
    """The token could not be checked, through no fault of the caller, who gets 500."""


class ConfigurationError(OperationalError):
    """A setting of the authorizer is missing or invalid."""


class KeysUnavailable(OperationalError):
    """The issuer's keys could not be fetched, and no cached ones may still be used."""
