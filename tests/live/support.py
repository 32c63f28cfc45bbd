"""Checks of the live tests: a failure shows the answer and says what to do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from ops.check_issuer import client_credentials, fetch_metadata, is_secure
from timesheets.routes import Route

LOOPBACK = {"127.0.0.1", "localhost"}

TIMEOUT = 30  # seconds; API Gateway itself waits 29 seconds for a function
GATEWAY = "API Gateway makes this answer itself: compare the API's gateway responses with template.yaml."
LOGS = "Search the log group of the stack's output FunctionLogGroup for the request id."
CORS = "Deploy with this origin in AllowedOrigins."
EXPOSED = {"link", "etag", "location", "retry-after"}
CHALLENGES = {
    "invalid_token": 'Bearer error="invalid_token"',
    "insufficient_scope": 'Bearer error="insufficient_scope"',
}


@dataclass(frozen=True)
class Target:
    """The deployment under test, and a token or the credentials for one."""

    api_url: str
    origin: str
    token: str = field(repr=False)
    environ: Mapping[str, str] = field(repr=False)

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Target":
        """Read API_URL, ORIGIN, and TOKEN or CLIENT_ID, CLIENT_SECRET, ISSUER and AUDIENCE.

        Raises
        ------
        pytest.UsageError
            If a variable is missing or malformed.

        """
        api_url, token = environ.get("API_URL", ""), environ.get("TOKEN", "").removeprefix("Bearer ").strip()
        if not is_secure(api_url, api_url if urlsplit(api_url).hostname in LOOPBACK else "https://"):
            raise pytest.UsageError(
                "API_URL must be an https address (http only on this machine), the stack's output ApiUrl:"
                " make smoke API_URL=https://..."
            )
        if "TOKEN" in environ and not re.fullmatch(r"[!-~]+", token):
            raise pytest.UsageError(
                "TOKEN is set but holds no token; unset it to skip the tests that need one"
            )
        # CI sets a variable that is not configured to the empty text.
        names = ("CLIENT_ID", "CLIENT_SECRET", "ISSUER", "AUDIENCE")
        missing = [name for name in names if not environ.get(name)]
        if not token and missing and (environ.get("CLIENT_ID") or environ.get("CLIENT_SECRET")):
            raise pytest.UsageError(f"To get a token by client credentials, set {', '.join(missing)} too")
        return cls(api_url.rstrip("/"), environ.get("ORIGIN", ""), token, environ)

    def access_token(self) -> str:
        """Return the given token, or one got by client credentials; empty without credentials."""
        if self.token or not self.environ.get("CLIENT_ID"):
            return self.token
        endpoint = fetch_metadata(self.environ["ISSUER"]).get("token_endpoint", "")
        answer = client_credentials(endpoint, self.environ["AUDIENCE"], self.environ)
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
    request = answer.request
    token = request.headers.get("authorization", "").removeprefix("Bearer ") or "\0"
    text = answer.text.replace(token, "(hidden)")[:300]
    request_id = answer.headers.get("x-amzn-requestid", "none")
    asked = f"{request.method} {request.url.path} (request id {request_id})"
    return f"{asked} answered {answer.status_code} {text!r}"


def expect(answer: httpx.Response, *statuses: int, remedy: str = LOGS) -> Any:
    """Return the JSON body of an answer with one of these statuses, None without a body."""
    if answer.status_code not in statuses:
        fail(f"{describe(answer)}; expected {' or '.join(map(str, statuses))}.", remedy)
    expect_cors(answer)
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
    if code in CHALLENGES:
        expect_header(answer, "WWW-Authenticate", CHALLENGES[code], remedy=remedy)


def expect_header(answer: httpx.Response, name: str, value: str, *, remedy: str = LOGS) -> None:
    """Compare a header field."""
    given = answer.headers.get(name)
    if given != value:
        fail(f"{describe(answer)} with {name}: {given}; expected {value}.", remedy)


def expect_cors(answer: httpx.Response) -> None:
    """Check that a page of the request's origin may read the answer (Fetch, section 3.2)."""
    origin = answer.request.headers.get("origin")
    if origin and answer.headers.get("access-control-allow-origin") not in {"*", origin}:
        fail(f"{describe(answer)} without Access-Control-Allow-Origin for {origin}.", CORS)
    missing = EXPOSED - names(answer, "access-control-expose-headers")
    if missing and answer.request.method != "OPTIONS":
        fail(f"{describe(answer)}; Access-Control-Expose-Headers lacks {sorted(missing)}.", GATEWAY)


def names(answer: httpx.Response, header: str) -> set[str]:
    """Return the comma-separated names of a header field, in lower case."""
    return {name.strip().lower() for name in answer.headers.get(header, "").split(",")}
