"""The API refuses callers without a good token, and opens the routes of a token's scopes and no others."""

import os
from datetime import UTC, datetime

import httpx2 as httpx
import pytest

from tests.live.support import GATEWAY, address, describe, expect, expect_problem, fail, names
from timesheets.routes import ROUTES, Route

SENT = {"authorization", "content-type", "idempotency-key", "if-match"}
REFUSED = "If the answer is 401, the API refuses the token itself: make check-issuer says why."
IMPORTED = {"user_id": "smoke|test", "external_id": "smoke-test", "project": "Smoke test", "hours": 0.25}
"""A row of one entry, the same in every run: a program cannot delete."""


@pytest.mark.parametrize("authorization", ["", "Bearer junk", "Bearer anVuaw.anVuaw.anVuaw"])
def test_a_request_without_a_good_token_is_401(anonymous: httpx.Client, authorization: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    expect_problem(anonymous.get("/timesheets", headers=headers), 401, "invalid_token", remedy=GATEWAY)


@pytest.mark.parametrize("client", ["anonymous", "caller"])
def test_an_unknown_path_is_404(request: pytest.FixtureRequest, client: str) -> None:
    answer = request.getfixturevalue(client).get("/smoke-test")
    expect_problem(answer, 404, "not_found", remedy=GATEWAY)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_preflight_allows_the_route(anonymous: httpx.Client, route: Route) -> None:
    origin = os.environ.get("ORIGIN") or "https://smoke-test.invalid"
    headers = {"Origin": origin, "Access-Control-Request-Method": route.method}
    headers["Access-Control-Request-Headers"] = ",".join(SENT)
    answer = anonymous.request("OPTIONS", address(route), headers=headers)
    if os.environ.get("ORIGIN"):
        expect(answer, 200, 204)
    missing = {route.method.lower()} - names(answer, "access-control-allow-methods")
    missing |= SENT - names(answer, "access-control-allow-headers")
    if missing:
        fail(f"{describe(answer)}; it does not allow {sorted(missing)}.", GATEWAY)


def test_routes_outside_the_scopes_are_403(caller: httpx.Client, scopes: set[str]) -> None:
    closed = [route for route in ROUTES if route.scope not in scopes]
    if not closed:
        pytest.skip("the token's scopes open every route")
    for route in closed:
        answer = caller.request(route.method, address(route), json={})
        expect_problem(answer, 403, "insufficient_scope", remedy=REFUSED)


@pytest.mark.scopes("approve:timesheets")
def test_approvers_list_pending_entries(caller: httpx.Client) -> None:
    assert isinstance(expect(caller.get("/approvals"), 200), list)


@pytest.mark.scopes("batch:upload")
def test_an_import_is_idempotent(caller: httpx.Client) -> None:
    row = IMPORTED | {"date": datetime.now(UTC).date().isoformat()}
    (first,) = expect(caller.post("/timesheets/upload", json=[row]), 207)["results"]
    if first.get("problem", {}).get("code") == "entry_locked":
        pytest.skip("the imported entry of smoke|test is approved; an approver can reopen it")
    assert first["status"] in {"created", "updated", "unchanged"}, first
    (second,) = expect(caller.post("/timesheets/upload", json=[row]), 207)["results"]
    assert second["status"] == "unchanged", second
