"""The HTTP side of every handler: API Gateway's proxy event in, its proxy answer out."""

# What modules make while they load is kept, not garbage: to look for some would prolong each cold start.
# `endpoint`, the last that a handler's module calls, turns the collector on.
import gc

gc.disable()

import functools
import json
import os
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from timesheets.model.entry import Entry
from timesheets.model.errors import Conflict, Problem, insufficient_scope, invalid_token, version_mismatch
from timesheets.routes import Route
from timesheets.settings import clock_leeway
from timesheets.strict_json import Decoder
from timesheets.web.problems import HEADERS, STATUSES, problem_json

MAX_BODY: Final = 1024 * 1024
"""Bytes of a request's body."""

MAX_KEY: Final = 255
"""Characters of an idempotency key."""

JSON: Final = ("application/json",)
MERGE_PATCH: Final = ("application/merge-patch+json", "application/json")
"""RFC 7396, section 4; JSON too, for clients that can send nothing else."""

EXPOSED_HEADERS: Final = "Link, ETag, Location, Retry-After, x-amzn-RequestId"

# An entity tag (RFC 9110, section 8.8.3), or several, or any.
_ETAGS = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"(?:\s*,\s*(?:W/)?"[\x21\x23-\x7e]*")*')

_decoder = Decoder(decimals=True)
logger = Logger()
metrics = Metrics()

type Handler = Callable[[dict[str, Any], object], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as the authorizer read it from the access token."""

    sub: str
    client_id: str
    email: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """What a handler may know of a request."""

    caller: Caller
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: str

    def json(self, media_types: Sequence[str] = JSON) -> object:
        """Return the decoded body, its numbers as `Decimal`.

        Raises
        ------
        Problem
            `malformed_request` if it isn't JSON (RFC 8259), `payload_too_large` over 1 MiB.

        """
        media_type = self.headers.get("content-type", JSON[0]).partition(";")[0].strip().lower()
        if media_type not in media_types:
            raise Problem("malformed_request", f"Send the body as Content-Type: {media_types[0]}")
        if len(self.body) > MAX_BODY or len(self.body.encode(errors="replace")) > MAX_BODY:
            raise Problem("payload_too_large", "The body is over 1 MiB; send less at a time")
        if not self.body.strip():
            raise Problem("malformed_request", "The body is empty; send a JSON object")
        try:
            return _decoder.decode(self.body)
        except ValueError as error:
            raise Problem("malformed_request", f"The body is not valid JSON: {error}") from None

    @property
    def idempotency_key(self) -> str | None:
        """The client's own name for this request, the same each time it is sent.

        Raises
        ------
        Problem
            `malformed_request` for one that is empty, too long or not printable ASCII.

        """
        key = self.headers.get("idempotency-key")
        if key is not None and not (0 < len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
            raise Problem(
                "malformed_request", f"Idempotency-Key must be 1 to {MAX_KEY} printable ASCII characters"
            )
        return key

    def check_version(self, entry: Entry) -> None:
        """Refuse a change of another version than `If-Match` names (RFC 9110, section 13.1.1).

        To be called once it is known that the caller may change the entry: what they may not, a precondition
        does not hide (section 13.2.1).

        Raises
        ------
        Problem
            `version_mismatch`; `malformed_request` for a header that isn't one.

        """
        given = self.headers.get("if-match", "*").strip()
        if given == "*":
            return
        if not _ETAGS.fullmatch(given):
            raise Problem("malformed_request", 'If-Match must be an ETag such as "3", in its quotes, or *')
        if etag(entry) not in re.split(r"\s*,\s*", given):
            raise version_mismatch()


@dataclass(frozen=True, slots=True)
class Response:
    """An answer. `body` is anything JSON can hold; a string is sent as it is, None not at all."""

    status: int
    body: object = None
    headers: Mapping[str, str] = field(default_factory=dict)


def etag(entry: Entry) -> str:
    """Return a strong entity tag (RFC 9110, section 8.8.3): the entry's version."""
    return f'"{entry.version}"'


def entry_response(entry: Entry, status: int = 200, **headers: str) -> Response:
    """Answer with an entry and its tag."""
    return Response(status, entry.to_json(), {"ETag": etag(entry), **headers})


def count(metric: str, times: int = 1, **dimensions: str) -> None:
    """Count events, under a metric's name and the dimensions that tell their kinds apart."""
    for name, value in dimensions.items():
        metrics.add_dimension(name=name, value=value)
    metrics.add_metric(name=metric, unit=MetricUnit.Count, value=times)
    metrics.flush_metrics()


def unexpected(error: Exception) -> Problem:
    """Log a fault of ours, and return what the caller may know of it."""
    logger.error("failed", error=type(error).__name__, exc_info=error)
    return Problem("internal_error", "Something went wrong on our side; try again later")


def endpoint(route: Route) -> Callable[[Callable[[Request], Response]], Handler]:
    """Make a Lambda handler of a function that serves `route`.

    The caller's scope and the token's expiry are checked again here: API Gateway caches the
    authorizer's answer, and a policy may outlive the token that earned it.
    """

    def decorate(serve: Callable[[Request], Response]) -> Handler:
        @functools.wraps(serve)
        def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
            logger.append_keys(request_id=event["requestContext"]["requestId"])
            headers = _headers(event)
            try:
                response = serve(_request(event, headers, route))
            except Problem as problem:
                response = _refuse(_seen_by(problem, headers))
            except Exception as error:  # noqa: BLE001 whatever it is, the caller gets an answer
                response = _refuse(unexpected(error))
            else:
                logger.info("served", status=response.status)
            return _proxy_answer(response, headers)

        gc.freeze()
        gc.enable()
        return lambda_handler

    return decorate


def _request(event: dict[str, Any], headers: Mapping[str, str], route: Route) -> Request:
    claims = event["requestContext"]["authorizer"]
    if int(claims["exp"]) + clock_leeway(os.environ) <= time.time():
        raise invalid_token()
    if route.scope not in claims["scope"].split():
        raise insufficient_scope()
    return Request(
        caller=Caller(sub=claims["sub"], client_id=claims["client_id"], email=claims.get("email")),
        path=event.get("pathParameters") or {},
        query=_query(event),
        headers=headers,
        body=event["body"] or "",
    )


def _headers(event: dict[str, Any]) -> dict[str, str]:
    """Return the header fields by their names in lower case."""
    # A field may come in several lines (RFC 9110, section 5.3).
    return {name.lower(): ", ".join(values) for name, values in (event["multiValueHeaders"] or {}).items()}


def _query(event: dict[str, Any]) -> dict[str, str]:
    values: dict[str, list[str]] = event.get("multiValueQueryStringParameters") or {}
    for name, given in values.items():
        if len(given) != 1:
            raise Problem("malformed_request", f"Query parameter {name[:100]!r} is given more than once")
    return {name: given[0] for name, given in values.items()}


def _seen_by(problem: Problem, headers: Mapping[str, str]) -> Problem:
    """Tell who named a version that it has passed, rather than that there was a race."""
    named = headers.get("if-match", "*") != "*"
    return version_mismatch() if named and isinstance(problem, Conflict) else problem


def _refuse(problem: Problem) -> Response:
    count("RequestsRefused", code=problem.code)
    cause = type(problem.__cause__).__name__ if problem.__cause__ else None
    logger.info("refused", status=int(STATUSES[problem.code]), code=problem.code, cause=cause)
    headers = {"Content-Type": "application/problem+json", **HEADERS.get(problem.code, {})}
    return Response(STATUSES[problem.code], problem_json(problem), headers)


def _proxy_answer(response: Response, asked: Mapping[str, str]) -> dict[str, Any]:
    cors = _cors(asked.get("origin"))
    if "Vary" in cors and "Vary" in response.headers:
        cors["Vary"] += f", {response.headers['Vary']}"
    answer: dict[str, Any] = {"statusCode": int(response.status), "headers": {**response.headers, **cors}}
    if response.body is not None:
        is_text = isinstance(response.body, str)
        answer["headers"].setdefault("Content-Type", "application/json")
        answer["body"] = response.body if is_text else json.dumps(response.body, separators=(",", ":"))
    return answer


def _cors(origin: str | None) -> dict[str, str]:
    """Name the caller's origin if it is a configured one (Fetch standard, section 3.3)."""
    allowed = os.environ["ALLOWED_ORIGINS"].split(",")
    headers = {"Access-Control-Expose-Headers": EXPOSED_HEADERS}
    if "*" in allowed:
        return {"Access-Control-Allow-Origin": "*", **headers}
    headers["Vary"] = "Origin"
    return {"Access-Control-Allow-Origin": origin, **headers} if origin in allowed else headers
