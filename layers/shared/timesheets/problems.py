"""Errors as callers see them: problem details for HTTP APIs (RFC 9457)."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any, Final

STATUS: Final[Mapping[str, HTTPStatus]] = {
    "malformed_request": HTTPStatus.BAD_REQUEST,
    "invalid_token": HTTPStatus.UNAUTHORIZED,
    "insufficient_scope": HTTPStatus.FORBIDDEN,
    "self_approval": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "entry_locked": HTTPStatus.CONFLICT,
    "conflict": HTTPStatus.CONFLICT,
    "version_mismatch": HTTPStatus.PRECONDITION_FAILED,
    "payload_too_large": HTTPStatus.CONTENT_TOO_LARGE,
    "invalid_entry": HTTPStatus.UNPROCESSABLE_ENTITY,
    "idempotency_key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
    "internal_error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "service_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one member of a body."""

    pointer: str
    """Where: a JSON Pointer (RFC 6901), such as `/hours`; empty for the body as a whole."""
    detail: str


class Problem(Exception):
    """A request that can't be served, and what its sender can do about it."""

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        errors: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Raise with one of the contract's codes; the status follows from it."""
        super().__init__(detail)
        self.code = code
        self.status = STATUS[code]
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def to_json(self) -> dict[str, Any]:
        """Return the body (RFC 9457, section 3).

        `message` repeats `detail` for clients that know only API Gateway's own field.
        """
        body: dict[str, Any] = {
            "type": f"urn:timesheets:{self.code}",
            "title": self.code.replace("_", " ").capitalize(),
            "status": int(self.status),
            "detail": self.detail,
            "code": self.code,
            "message": self.detail,
        }
        if self.errors:
            body["errors"] = [asdict(fault) for fault in self.errors]
        return body


class NotFound(Problem):
    """There is no entry, or none that the caller may know of."""

    def __init__(self) -> None:
        """Say the same in both cases."""
        super().__init__("not_found", "There is no such entry")


class Conflict(Problem):
    """What the request was decided upon has changed before it could be written."""

    def __init__(self) -> None:
        """Nothing is written over."""
        super().__init__("conflict", "The entry has changed at the same time; read it and try again")


class Unavailable(Problem):
    """The table can't be reached, or does not keep up."""

    def __init__(self) -> None:
        """Whether the last write happened is not known; sent again, the request finds out."""
        super().__init__(
            "service_unavailable",
            "The service is not available; try again shortly",
            headers={"Retry-After": "1"},
        )


def invalid_token() -> Problem:
    """Return the answer to a token that can't be trusted, or no longer (RFC 6750, section 3.1)."""
    return Problem(
        "invalid_token",
        "Missing or invalid token",
        headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
    )


def insufficient_scope() -> Problem:
    """Return the answer to a good token that may not do this (RFC 6750, section 3.1)."""
    return Problem(
        "insufficient_scope",
        "The token's scope does not permit this request",
        headers={"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
    )


def invalid_entry(errors: Sequence[Fault]) -> Problem:
    """Return the answer to a body that breaks the entry's rules: every fault, not the first."""
    return Problem("invalid_entry", "The entry is not valid; see errors", errors=errors)


def version_mismatch() -> Problem:
    """Return the answer to a change of a version that is no longer the entry's (RFC 9110, section 13.1.1)."""
    return Problem("version_mismatch", "The entry has changed since you read it; read it again")
