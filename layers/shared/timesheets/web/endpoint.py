"""The decorator that makes a Lambda handler of a function from request to response."""

import functools
import time
from collections.abc import Callable, Mapping
from typing import Any

from timesheets.model.errors import Conflict, Problem, insufficient_scope, invalid_token, version_mismatch
from timesheets.routes import Route
from timesheets.settings import settings
from timesheets.telemetry import count, internal_error, logger
from timesheets.web.problems import STATUSES
from timesheets.web.request import Request, read_headers
from timesheets.web.response import Response, cors_headers, problem_response, proxy_response

type Handler = Callable[[dict[str, Any], object], dict[str, Any]]


def endpoint(route: Route) -> Callable[[Callable[[Request], Response]], Handler]:
    """Return a decorator for the function that serves `route`.

    The Lambda handler never raises: every exception becomes a response with a problem.
    """

    def decorate(serve: Callable[[Request], Response]) -> Handler:
        @functools.wraps(serve)
        def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
            headers: dict[str, str] = {}
            cors: dict[str, str] = {}
            try:
                logger.append_keys(request_id=event["requestContext"]["requestId"])
                headers = read_headers(event)
                cors = cors_headers(headers.get("origin"))
                _check_token(event["requestContext"]["authorizer"], route)
                response = serve(Request.from_event(event, headers))
            except Problem as problem:
                response = _refuse(problem, headers)
            except Exception as error:  # noqa: BLE001 every fault becomes a response
                response = _refuse(internal_error(error), headers)
            else:
                logger.info("served", status=response.status)
            return proxy_response(response, cors)

        return lambda_handler

    return decorate


def _check_token(claims: Mapping[str, str], route: Route) -> None:
    """Check expiry and scope again: API Gateway may keep the authorizer's policy longer than a token lives.

    API Gateway renames the `WWW-Authenticate` of these two responses to
    `x-amzn-Remapped-WWW-Authenticate`. The status and the code in the body tell clients the same, so the
    checks stay; `openapi.yaml` makes the header optional.
    """
    if int(claims["exp"]) + settings.token_leeway <= time.time():
        raise invalid_token()
    if route.scope not in claims["scope"].split():
        raise insufficient_scope()


def _refuse(problem: Problem, headers: Mapping[str, str]) -> Response:
    """Log and count a problem, and return its response."""
    if isinstance(problem, Conflict) and headers.get("if-match", "*").strip() != "*":
        problem = version_mismatch(problem.noun)  # the race made the version in If-Match stale
    count("RequestsRefused", code=problem.code)
    cause = type(problem.__cause__).__name__ if problem.__cause__ else None
    logger.info("refused", status=int(STATUSES[problem.code]), code=problem.code, cause=cause)
    return problem_response(problem)
