"""The API refuses callers without a good token, and lets pages ask before they call."""

import httpx2 as httpx
import pytest

from tests.live.support import CORS, GATEWAY, address, describe, expect, expect_problem, fail, names
from timesheets.routes import ROUTES, Route

SENT = {"authorization", "content-type", "idempotency-key", "if-match"}
"""Header fields that a page of another origin must be allowed to send."""


@pytest.mark.parametrize("authorization", ["", "Bearer junk", "Bearer anVuaw.anVuaw.anVuaw"])
def test_a_request_without_a_good_token_is_401(anonymous: httpx.Client, authorization: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = anonymous.get("/timesheets", headers=headers)
    expect_problem(answer, 401, "invalid_token", remedy=GATEWAY)


def test_an_unknown_path_is_404(anonymous: httpx.Client) -> None:
    expect_problem(anonymous.get("/smoke-test"), 404, "not_found", remedy=GATEWAY)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_preflight_allows_the_route(anonymous: httpx.Client, origin: str, route: Route) -> None:
    headers = {
        "Origin": origin or "https://smoke-test.invalid",
        "Access-Control-Request-Method": route.method,
        "Access-Control-Request-Headers": ",".join(SENT),
    }
    answer = anonymous.request("OPTIONS", address(route), headers=headers)
    if origin:
        expect(answer, 200, 204, remedy=CORS)
    allowed = names(answer, "access-control-allow-methods")
    missing = SENT - names(answer, "access-control-allow-headers")
    if route.method.lower() not in allowed or missing:
        fail(f"{describe(answer)}; it allows {sorted(allowed)} and lacks {sorted(missing)}.", GATEWAY)
