"""Checks of the live tests: a failure shows the answer and says what to do."""

import re
from collections.abc import Mapping
from typing import Any, NoReturn

import httpx2 as httpx
import pytest

from ops.check_issuer import bare_token, client_credentials, fetch_metadata, is_secure
from timesheets.routes import Route

GATEWAY = "API Gateway makes this answer itself: compare the API's gateway responses with template.yaml."
LOGS = "Search the log group of the stack's output FunctionLogGroup for the request id."
EXPOSED = {"link", "etag", "location", "retry-after"}
CREDENTIALS = ("CLIENT_ID", "CLIENT_SECRET", "ISSUER", "AUDIENCE")
TIMEOUT = 30  # seconds; API Gateway itself waits 29 seconds for a function


def usage_fault(environ: Mapping[str, str]) -> str:
    """Return why API_URL, or TOKEN or the credentials for one, cannot be used; empty if they can."""
    api_url, missing = environ.get("API_URL", ""), [name for name in CREDENTIALS if not environ.get(name)]
    local = re.match(r"http://(127\.0\.0\.1|localhost)[:/]", f"{api_url}/")
    if not is_secure(api_url, api_url if local else "https://"):
        return "API_URL must be an https address (http only on this machine): make smoke API_URL=https://..."
    if "TOKEN" in environ:
        usable = re.fullmatch(r"[!-~]+", bare_token(environ))
        return "" if usable else "TOKEN is set but holds no token; unset it to skip the tests that need one"
    started = environ.get("CLIENT_ID") or environ.get("CLIENT_SECRET")  # CI sets both, maybe empty
    return f"For client credentials, set {', '.join(missing)} too" if started and missing else ""


def access_token(environ: Mapping[str, str]) -> str:
    """Return TOKEN, or a token got by client credentials; empty without credentials."""
    if bare_token(environ) or not environ.get("CLIENT_ID"):
        return bare_token(environ)
    endpoint = fetch_metadata(environ["ISSUER"]).get("token_endpoint", "")
    answer = client_credentials(endpoint, environ["AUDIENCE"], environ)
    if not answer.get("access_token"):
        fail(f"The issuer refused client credentials: {answer}.", "Run make check-issuer with the same.")
    return str(answer["access_token"])


def address(route: Route) -> str:
    """Return a path of the route that names nothing which exists."""
    return route.path.replace("{id}", "smoke-test").replace("{week}", "2026-W01")


def fail(fault: str, remedy: str) -> NoReturn:
    """Fail the test with one line on the fault and one on the remedy."""
    pytest.fail(f"{fault}\n{remedy}", pytrace=False)


def describe(answer: httpx.Response) -> str:
    """Return an answer in one line, without the token of its request."""
    request, request_id = answer.request, answer.headers.get("x-amzn-requestid", "none")
    token = request.headers.get("authorization", "").removeprefix("Bearer ") or "\0"
    text = answer.text.replace(token, "(hidden)")[:300]
    return f"{request.method} {request.url.path} (request id {request_id}): {answer.status_code} {text!r}"


def expect(answer: httpx.Response, *statuses: int, remedy: str = LOGS) -> Any:
    """Check the status and CORS (Fetch, section 3.2); return the JSON body, None without a body."""
    if answer.status_code not in statuses:
        fail(f"{describe(answer)}; expected {' or '.join(map(str, statuses))}.", remedy)
    origin = answer.request.headers.get("origin")
    if origin and answer.headers.get("access-control-allow-origin") not in {"*", origin}:
        fail(f"{describe(answer)}; it does not allow {origin}.", "Deploy with this origin in AllowedOrigins.")
    missing = EXPOSED - names(answer, "access-control-expose-headers")
    if missing and answer.request.method != "OPTIONS":
        fail(f"{describe(answer)}; Access-Control-Expose-Headers lacks {sorted(missing)}.", GATEWAY)
    try:
        return answer.json() if answer.content else None
    except ValueError:
        fail(f"{describe(answer)}; expected JSON.", remedy)


def expect_problem(answer: httpx.Response, status: int, code: str, *, remedy: str = LOGS) -> None:
    """Compare an answer with a problem of the API (RFC 9457) and its challenge (RFC 6750, section 3)."""
    body = expect(answer, status, remedy=remedy)
    if not isinstance(body, dict) or body.get("code") != code:
        fail(f"{describe(answer)}; expected the code {code}.", remedy)
    expect_header(answer, "Content-Type", "application/problem+json", remedy=remedy)
    if code in {"invalid_token", "insufficient_scope"}:
        expect_header(answer, "WWW-Authenticate", f'Bearer error="{code}"', remedy=remedy)


def expect_header(answer: httpx.Response, name: str, value: str, *, remedy: str = LOGS) -> None:
    """Compare a header field."""
    given = answer.headers.get(name)
    if given != value:
        fail(f"{describe(answer)} with {name}: {given}; expected {value}.", remedy)


def names(answer: httpx.Response, header: str) -> set[str]:
    """Return the comma-separated names of a header field, in lower case."""
    return {name.strip().lower() for name in answer.headers.get(header, "").split(",")}
