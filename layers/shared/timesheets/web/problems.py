"""Problem details for HTTP APIs (RFC 9457): the status, headers and body of each error code."""

from collections.abc import Mapping
from dataclasses import asdict
from http import HTTPStatus
from typing import Any, Final

from timesheets.model.errors import Code, Problem

STATUSES: Final[Mapping[Code, HTTPStatus]] = {
    "malformed_request": HTTPStatus.BAD_REQUEST,
    "invalid_token": HTTPStatus.UNAUTHORIZED,
    "insufficient_scope": HTTPStatus.FORBIDDEN,
    "self_approval": HTTPStatus.FORBIDDEN,
    "request_blocked": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "entry_locked": HTTPStatus.CONFLICT,
    "conflict": HTTPStatus.CONFLICT,
    "log_reset": HTTPStatus.GONE,
    "version_mismatch": HTTPStatus.PRECONDITION_FAILED,
    "precondition_required": HTTPStatus.PRECONDITION_REQUIRED,
    "payload_too_large": HTTPStatus.CONTENT_TOO_LARGE,
    "invalid_entry": HTTPStatus.UNPROCESSABLE_ENTITY,
    "idempotency_key_reused": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too_many_requests": HTTPStatus.TOO_MANY_REQUESTS,
    "internal_error": HTTPStatus.INTERNAL_SERVER_ERROR,
    "service_unavailable": HTTPStatus.SERVICE_UNAVAILABLE,
}

HEADERS: Final[Mapping[Code, Mapping[str, str]]] = {
    "invalid_token": {"WWW-Authenticate": 'Bearer error="invalid_token"'},
    "insufficient_scope": {"WWW-Authenticate": 'Bearer error="insufficient_scope"'},
    "service_unavailable": {"Retry-After": "1"},
}
"""Header fields of a code's responses (RFC 6750, section 3.1; RFC 9110, section 10.2.3)."""


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return the body of a problem (RFC 9457, section 3).

    `message` repeats `detail` for clients that know only API Gateway's own field.
    """
    body: dict[str, Any] = {
        "type": f"urn:timesheets:{problem.code}",
        "title": problem.code.replace("_", " ").capitalize(),
        "status": int(STATUSES[problem.code]),
        "detail": problem.detail,
        "code": problem.code,
        "message": problem.detail,
    }
    if problem.errors:
        body["errors"] = [asdict(error) for error in problem.errors]
    return body
