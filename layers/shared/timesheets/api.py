"""The HTTP side of every handler: API Gateway's proxy event in, its proxy answer out."""

import functools
import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

from timesheets.access import Route, clock_leeway
from timesheets.problems import Problem, insufficient_scope, invalid_token

MAX_BODY: Final = 1024 * 1024
"""Bytes of a request's body."""

EXPOSED_HEADERS: Final = "Link, ETag, Location, Retry-After, x-amzn-RequestId"

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
    query: Mapping[str, str]
    headers: Mapping[str, str]
    """Names in lower case."""
    body: str

    def json(self) -> object:
        """Return the decoded body, its numbers as `Decimal`.

        Raises
        ------
        Problem
            `malformed_request` if it isn't JSON (RFC 8259), `payload_too_large` over 1 MiB.

        """
        media_type = self.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
        if media_type != "application/json":
            raise Problem("malformed_request", "Send the body as Content-Type: application/json")
        if len(self.body) > MAX_BODY or len(self.body.encode(errors="replace")) > MAX_BODY:
            raise Problem("payload_too_large", "The body is over 1 MiB; send less at a time")
        if not self.body.strip():
            raise Problem("malformed_request", "The body is empty; send a JSON object")
        return _decode_json(self.body)


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; `body` is anything JSON can hold."""

    status: int
    body: object
    headers: Mapping[str, str] = field(default_factory=dict)


def count(metric: str, **dimensions: str) -> None:
    """Count one event, under a metric's name and the dimensions that tell its kinds apart."""
    for name, value in dimensions.items():
        metrics.add_dimension(name=name, value=value)
    metrics.add_metric(name=metric, unit=MetricUnit.Count, value=1)
    metrics.flush_metrics()


def endpoint(route: Route) -> Callable[[Callable[[Request], Response]], Handler]:
    """Make a Lambda handler of a function that serves `route`.

    The caller's scope and the token's expiry are checked again here: API Gateway caches the
    authorizer's answer, and a policy may outlive the token that earned it.
    """

    def decorate(serve: Callable[[Request], Response]) -> Handler:
        @functools.wraps(serve)
        def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
            logger.append_keys(request_id=event["requestContext"]["requestId"])
            try:
                response = serve(_request(event, route))
            except Problem as problem:
                response = _refuse(problem)
            except Exception as error:
                logger.exception("failed", error=type(error).__name__)
                response = _refuse(
                    Problem("internal_error", "Something went wrong on our side; try again later")
                )
            else:
                logger.info("served", status=response.status)
            return _proxy_answer(response, event)

        return lambda_handler

    return decorate


def _request(event: dict[str, Any], route: Route) -> Request:
    claims = event["requestContext"]["authorizer"]
    if int(claims["exp"]) + clock_leeway(os.environ) <= time.time():
        raise invalid_token()
    if route.scope not in claims["scope"].split():
        raise insufficient_scope()
    return Request(
        caller=Caller(sub=claims["sub"], client_id=claims["client_id"], email=claims.get("email")),
        query=_query(event),
        headers={name.lower(): value for name, value in (event["headers"] or {}).items()},
        body=event["body"] or "",
    )


def _query(event: dict[str, Any]) -> dict[str, str]:
    values: dict[str, list[str]] = event.get("multiValueQueryStringParameters") or {}
    for name, given in values.items():
        if len(given) > 1:
            raise Problem("malformed_request", f"Query parameter {name[:100]!r} is given more than once")
    return {name: given[0] for name, given in values.items()}


def _decode_json(text: str) -> object:
    try:
        return json.loads(
            text,
            parse_int=_decimal,
            parse_float=_decimal,
            parse_constant=Decimal,  # NaN and Infinity: no JSON, but the model says what is wrong with them
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise Problem(
            "malformed_request",
            f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}",
        ) from None
    except RecursionError:
        raise Problem("malformed_request", "The body is nested too deeply") from None


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent past what Decimal holds
        return Decimal("NaN")


def _object(members: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(members)
    if len(value) < len(members):
        raise Problem("malformed_request", "The body names the same member twice")
    return value


def _refuse(problem: Problem) -> Response:
    count("RequestsRefused", code=problem.code)
    logger.info("refused", status=int(problem.status), code=problem.code)
    headers = {"Content-Type": "application/problem+json", **problem.headers}
    return Response(problem.status, problem.to_json(), headers)


def _proxy_answer(response: Response, event: dict[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": int(response.status),
        "headers": {"Content-Type": "application/json", **_cors(event), **response.headers},
        "body": json.dumps(response.body, separators=(",", ":")),
    }


def _cors(event: dict[str, Any]) -> dict[str, str]:
    """Name the caller's origin if it is a configured one (Fetch standard, section 3.3)."""
    allowed = os.environ["ALLOWED_ORIGINS"].split(",")
    headers = {"Access-Control-Expose-Headers": EXPOSED_HEADERS}
    if "*" in allowed:
        return {"Access-Control-Allow-Origin": "*", **headers}
    origin = next((v for name, v in (event["headers"] or {}).items() if name.lower() == "origin"), None)
    headers["Vary"] = "Origin"
    return {"Access-Control-Allow-Origin": origin, **headers} if origin in allowed else headers
