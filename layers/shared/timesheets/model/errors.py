"""Errors that callers can act on, each with a code of the contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

type Code = Literal[
    "malformed_request",
    "invalid_token",
    "insufficient_scope",
    "self_approval",
    "request_blocked",
    "not_found",
    "entry_locked",
    "conflict",
    "log_reset",
    "version_mismatch",
    "precondition_required",
    "payload_too_large",
    "invalid_entry",
    "idempotency_key_reused",
    "too_many_requests",
    "internal_error",
    "service_unavailable",
]
"""The contract's error codes."""
type Noun = Literal["entry", "week"]
"""The resource that a precondition or a race concerns, as callers know it."""


@dataclass(frozen=True, slots=True)
class FieldError:
    """An error in one member of a body."""

    pointer: str
    """JSON Pointer (RFC 6901) to the member, such as `/hours`; empty for the body as a whole."""
    detail: str


class Problem(Exception):
    """A request that cannot be served. `detail` gives the caller the remedy."""

    def __init__(self, code: Code, detail: str, *, errors: Sequence[FieldError] = ()) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)


class NotFound(Problem):
    """The entry does not exist, or the caller may not know that it does."""

    def __init__(self) -> None:
        super().__init__("not_found", "There is no such entry")


class Conflict(Problem):
    """Another request changed the entry or the week between this request's read and its write."""

    def __init__(self, noun: Noun = "entry") -> None:
        super().__init__("conflict", f"The {noun} was changed by another request; read it again and retry")
        self.noun: Noun = noun


class Unavailable(Problem):
    """The table cannot be reached or is throttling. A write may have happened; retrying is safe."""

    def __init__(self) -> None:
        super().__init__("service_unavailable", "The service is not available; try again shortly")


def invalid_token() -> Problem:
    """Return the problem of a token that is not trusted, or no longer (RFC 6750, section 3.1)."""
    return Problem("invalid_token", "Missing or invalid token")


def insufficient_scope() -> Problem:
    """Return the problem of a valid token without the route's scope (RFC 6750, section 3.1)."""
    return Problem("insufficient_scope", "The token's scope does not permit this request")


def invalid_entry(errors: Sequence[FieldError]) -> Problem:
    """Return the problem of a body that breaks the entry's rules, with every error in it."""
    return Problem("invalid_entry", "The entry is not valid; see errors", errors=errors)


def version_mismatch(noun: Noun = "entry") -> Problem:
    """Return the problem of a change to a version that is no longer current (RFC 9110, section 13.1.1)."""
    return Problem("version_mismatch", f"The {noun} has changed since you read it; read it again")


def precondition_required() -> Problem:
    """Return the problem of a signature without the state that it covers (RFC 6585, section 3)."""
    return Problem("precondition_required", "Read the week and send its ETag in If-Match")


def log_reset(head: int) -> Problem:
    """Return the problem of a position in the feed of changes beyond the last number, `head`."""
    return Problem(
        "log_reset",
        f"The log of changes was reset and ends at {head}; start again at after=0 and replace your copy",
    )
