"""Interpret the API's responses to an upload."""

from typing import Any

import httpx2 as httpx

from timesheets_import.errors import DeliveryError, ImporterError, SignInError, UsageError
from timesheets_import.oauth import SCOPE
from timesheets_import.text import printable

type Result = dict[str, Any]
"""A row's result, as the API writes it."""


def row_results(response: httpx.Response, count: int) -> list[Result] | None:
    """Return the results of `count` rows in their order; None if the body is cut off or not the API's."""
    try:
        results = response.json()["results"]
        by_index = {result["index"]: result for result in results if isinstance(result["status"], str)}
    except (ValueError, TypeError, KeyError):
        return None
    return [by_index[index] for index in range(count)] if set(by_index) == set(range(count)) else None


def rejection_reason(result: Result) -> str:
    """Return the reason why a row was rejected: its fields' errors, else the problem's detail."""
    problem = result.get("problem") or {}
    errors: list[dict[str, str]] = problem.get("errors") or []
    fields = (f"{error.get('pointer', '').removeprefix('/')} {error.get('detail', '')}" for error in errors)
    return ("; ".join(fields) or str(problem.get("detail") or "the API gave no reason")).strip()


def permanent_error(response: httpx.Response) -> ImporterError | None:
    """Return the error of a response that a retry cannot improve; None for a temporary one."""
    status, detail = response.status_code, error_detail(response)
    if (
        status in (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_MANY_REQUESTS)
        or status >= httpx.codes.INTERNAL_SERVER_ERROR
    ):
        return None
    if status == httpx.codes.UNAUTHORIZED:
        return SignInError(
            f"The API refuses the token ({detail}). Check --audience, and that the API trusts --issuer"
        )
    if status == httpx.codes.FORBIDDEN:
        return SignInError(
            f"The API does not permit this application to import ({detail}). Grant it {SCOPE} for the API's"
            " audience"
        )
    if status == httpx.codes.NOT_FOUND or response.has_redirect_location or response.is_success:
        return UsageError(
            f"{printable(str(response.url))} is not a Timesheets API (it answers {status}). Check --api: the"
            " URL before /timesheets, stage included"
        )
    return DeliveryError(
        f"The API refuses a whole batch: {status}, {detail}. Check that this importer is as new as the API"
    )


def error_detail(response: httpx.Response) -> str:
    """Return a problem's detail (RFC 9457), else the status line's reason."""
    try:
        body = response.json()
        detail = body.get("detail") or body.get("message")
    except (ValueError, AttributeError):
        detail = None
    return printable(detail) if isinstance(detail, str) and detail else response.reason_phrase or "no detail"
