"""Responses of the handlers, and their form for API Gateway's proxy integration."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from timesheets.model.entry import Entry
from timesheets.model.errors import Problem
from timesheets.model.results import DecisionResult, RowResult
from timesheets.settings import settings
from timesheets.web.problems import HEADERS, STATUSES, problem_json

EXPOSED_HEADERS: Final = "Link, ETag, Location, Retry-After, Timesheets-Number, x-amzn-RequestId"
"""The response headers that scripts of other origins may read (Fetch standard, section 3.3)."""


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP response."""

    status: int
    body: object = None
    """Sent as JSON; a string is sent as it is, None without a body."""
    headers: Mapping[str, str] = field(default_factory=dict)


def etag(tag: int | str) -> str:
    """Return a strong entity tag (RFC 9110, section 8.8.3): an entry's version or a week's tag, in quotes."""
    return f'"{tag}"'


def entry_response(entry: Entry, status: int = 200, **headers: str) -> Response:
    """Return a response with an entry and its entity tag."""
    return Response(status, entry.to_json(), {"ETag": etag(entry.version), **headers})


def problem_response(problem: Problem) -> Response:
    """Return a response with problem details (RFC 9457)."""
    headers = {"Content-Type": "application/problem+json", **HEADERS.get(problem.code, {})}
    return Response(STATUSES[problem.code], problem_json(problem), headers)


def multi_status(results: Iterable[RowResult | DecisionResult | Problem], *, refusal: str) -> Response:
    """Return a response with the result of each row, in order; a problem has the status `refusal`."""

    def members(result: RowResult | DecisionResult | Problem) -> dict[str, Any]:
        if isinstance(result, Problem):
            return {"status": refusal, "problem": problem_json(result)}
        return result.to_json()

    rows = [{"index": index, **members(result)} for index, result in enumerate(results)]
    return Response(207, {"results": rows})


def cors_headers(origin: str | None) -> dict[str, str]:
    """Return the headers that let `origin` read a response (Fetch standard, section 3.3).

    Raises
    ------
    SettingError
        If `ALLOWED_ORIGINS` is not set.

    """
    allowed = settings.allowed_origins
    headers = {"Access-Control-Expose-Headers": EXPOSED_HEADERS}
    if "*" in allowed:
        return {"Access-Control-Allow-Origin": "*", **headers}
    headers["Vary"] = "Origin"
    return {"Access-Control-Allow-Origin": origin, **headers} if origin in allowed else headers


def proxy_response(response: Response, cors: Mapping[str, str]) -> dict[str, Any]:
    """Return a response, with its CORS headers, as API Gateway's Lambda proxy integration takes it."""
    headers = {**response.headers, **cors}
    if "Vary" in cors and "Vary" in response.headers:
        headers["Vary"] = f"{cors['Vary']}, {response.headers['Vary']}"
    proxy: dict[str, Any] = {"statusCode": int(response.status), "headers": headers}
    if response.body is not None:
        is_text = isinstance(response.body, str)
        headers.setdefault("Content-Type", "application/json")
        proxy["body"] = response.body if is_text else json.dumps(response.body, separators=(",", ":"))
    return proxy
