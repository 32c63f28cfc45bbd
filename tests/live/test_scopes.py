"""A token opens the routes of its scopes and no others."""

from datetime import UTC, datetime

import httpx2 as httpx
import pytest

from tests.live.support import GATEWAY, address, expect, expect_problem
from timesheets.routes import ROUTES

REFUSED = "If the answer is 401, the API refuses the token itself: make check-issuer says why."
IMPORTED = {"user_id": "smoke|test", "external_id": "smoke-test", "project": "Smoke test", "hours": 0.25}
"""A row of one entry, the same in every run: a program cannot delete."""


def test_routes_outside_the_scopes_are_403(caller: httpx.Client, scopes: frozenset[str]) -> None:
    closed = [route for route in ROUTES if route.scope not in scopes]
    if not closed:
        pytest.skip("the token's scopes open every route")
    for route in closed:
        answer = caller.request(route.method, address(route), json={})
        expect_problem(answer, 403, "insufficient_scope", remedy=REFUSED)


def test_an_unknown_path_is_404_with_a_token(caller: httpx.Client) -> None:
    expect_problem(caller.get("/smoke-test"), 404, "not_found", remedy=GATEWAY)


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
