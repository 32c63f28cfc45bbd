"""A web page of another origin can read every response, errors included."""

from typing import Any

import httpx2 as httpx
import pytest

from tests.local.callers import EXPORT, MANAGER, Newcomers
from timesheets.model.signature import PersonWeek
from timesheets.model.week import parse_week

ORIGIN = {"Origin": "https://app.example"}
GOOD = {"date": "2026-11-20", "project": "StoreZero", "hours": 7.5}
EMPTY = f'"{PersonWeek(parse_week("2000-W01"), (), None).tag}"'
"""The ETag of a week without entries."""
EXPOSED = {"link", "etag", "location", "retry-after", "x-amzn-requestid"}

ROUTES = [
    ("/timesheets", {"GET", "POST"}),
    ("/timesheets/an-id", {"GET", "PATCH", "DELETE"}),
    ("/timesheets/weeks/2026-W47", {"GET"}),
    ("/timesheets/weeks/2026-W47/submission", {"PUT", "DELETE"}),
    ("/timesheets/upload", {"POST"}),
    ("/approvals", {"GET", "POST"}),
    ("/approvals/an-id", {"GET", "PUT", "DELETE"}),
    ("/timesheets/an-id/history", {"GET"}),
    ("/approvals/an-id/history", {"GET"}),
    ("/changes", {"GET"}),
    ("/approvals/weeks/2026-W47", {"GET"}),
    ("/exports/weeks/2026-W47", {"GET"}),
    ("/exports/months/2026-11", {"GET"}),
]


@pytest.mark.parametrize(("path", "methods"), ROUTES)
def test_preflight_permits_each_method_and_header(path: str, methods: set[str], http: httpx.Client) -> None:
    for method in methods:
        answer = http.options(
            path,
            headers=ORIGIN
            | {
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": "authorization, content-type, if-match, idempotency-key",
            },
        )
        assert answer.status_code in {200, 204}
        assert answer.headers["access-control-allow-origin"] == "*"
        assert methods <= set(answer.headers["access-control-allow-methods"].replace(" ", "").split(","))
        allowed = set(answer.headers["access-control-allow-headers"].lower().replace(" ", "").split(","))
        assert {"authorization", "content-type", "if-match", "idempotency-key"} <= allowed


ANSWERS: list[tuple[str, str, str, dict[str, Any], int]] = [
    ("mia", "GET", "/timesheets", {}, 200),
    ("mia", "GET", "/timesheets", {"headers": {"Accept": "text/csv"}}, 200),
    ("mia", "POST", "/timesheets", {"json": GOOD}, 201),
    ("mia", "GET", "/timesheets/{own}", {}, 200),
    ("mia", "PATCH", "/timesheets/{own}", {"json": {}}, 200),
    ("mia", "GET", "/timesheets/weeks/2026-W47", {}, 200),
    ("mia", "PUT", "/timesheets/weeks/2000-W01/submission", {"headers": {"If-Match": EMPTY}}, 200),
    ("mia", "DELETE", "/timesheets/weeks/2000-W01/submission", {}, 204),
    ("mia", "GET", "/timesheets/{own}/history", {}, 200),
    ("mia", "GET", "/approvals", {}, 200),
    ("mia", "POST", "/approvals", {"json": [{"id": "{own}", "version": 1, "approved": True}]}, 207),
    ("mia", "GET", "/approvals/{ana}/history", {}, 200),
    ("payroll", "GET", "/changes", {}, 200),
    ("mia", "GET", "/approvals/weeks/2026-W47?limit=1", {}, 200),
    ("payroll", "GET", "/exports/weeks/2026-W47?limit=1", {}, 200),
    ("payroll", "GET", "/exports/months/2026-11?limit=1", {}, 200),
    ("mia", "GET", "/approvals/{ana}", {}, 200),
    ("mia", "PUT", "/approvals/{ana}", {}, 200),
    ("mia", "DELETE", "/approvals/{ana}", {}, 200),
    ("program", "POST", "/timesheets/upload", {"json": GOOD | {"user_id": "cors"}}, 201),
    ("program", "POST", "/timesheets/upload", {"json": [GOOD]}, 207),
    ("mia", "GET", "/timesheets?limit=0", {}, 400),
    ("mia", "POST", "/timesheets", {"content": b"{", "headers": {"Content-Type": "application/json"}}, 400),
    ("mia", "POST", "/timesheets", {"content": b"{}", "headers": {"Content-Type": "text/plain"}}, 400),
    ("nobody", "GET", "/timesheets", {}, 401),
    ("nobody", "PATCH", "/timesheets/{ana}", {"json": {}}, 401),
    ("nobody", "PUT", "/approvals/{ana}", {}, 401),
    ("nobody", "DELETE", "/approvals/{ana}", {}, 401),
    ("program", "GET", "/timesheets", {}, 403),
    ("program", "DELETE", "/timesheets/{ana}", {}, 403),
    ("mia", "PUT", "/approvals/{own}", {}, 403),
    ("mia", "GET", "/nowhere", {}, 404),
    ("mia", "PUT", "/timesheets", {}, 404),
    ("mia", "GET", "/timesheets/{ana}", {}, 404),
    ("mia", "GET", "/approvals/{own}", {}, 404),
    ("mia", "DELETE", "/approvals/nothing", {}, 404),
    ("mia", "PATCH", "/timesheets/{locked}", {"json": {}}, 409),
    ("payroll", "GET", "/changes?after=999999999999999", {}, 410),
    ("mia", "PATCH", "/timesheets/{own}", {"json": {}, "headers": {"If-Match": '"9"'}}, 412),
    ("mia", "POST", "/timesheets", {"json": GOOD | {"notes": "x" * 2_000_000}}, 413),
    ("program", "POST", "/timesheets/upload", {"json": [GOOD | {"notes": "x" * 2_000_000}]}, 413),
    ("mia", "POST", "/timesheets", {"json": {}}, 422),
    ("mia", "PUT", "/timesheets/weeks/2000-W01/submission", {}, 428),
    ("mia", "POST", "/approvals", {"json": []}, 422),
    ("mia", "PUT", "/approvals/{ana}", {"json": {"approved": 1}}, 422),
    ("mia", "DELETE", "/timesheets/{own}", {}, 204),
]
CODES = {
    400: {"malformed_request"},
    401: {"invalid_token"},
    403: {"insufficient_scope", "self_approval"},
    404: {"not_found"},
    409: {"entry_locked"},
    410: {"log_reset"},
    412: {"version_mismatch"},
    413: {"payload_too_large"},
    422: {"invalid_entry"},
    428: {"precondition_required"},
}


def test_another_origin_may_read_each_kind_of_response(http: httpx.Client, newcomers: Newcomers) -> None:
    ana, mia, max_ = (newcomers.person(name, MANAGER) for name in ("ana", "mia", "max"))
    callers = {
        "mia": mia,
        "program": newcomers.program(),
        "payroll": newcomers.program("payroll", EXPORT),
    }
    ids = {"own": mia.entry()["id"], "ana": ana.entry()["id"], "locked": mia.entry()["id"]}
    assert max_("PUT", f"/approvals/{ids['locked']}").status_code == 200
    for who, method, path, request, status in ANSWERS:
        headers = ORIGIN | request.get("headers", {})
        send = callers.get(who, http.request)
        answer = send(method, path.format(**ids), **request | {"headers": headers})
        what = (who, method, path, answer.status_code, answer.text[:300])
        assert answer.status_code == status, what
        assert answer.headers["access-control-allow-origin"] == "*", what
        exposed = answer.headers["access-control-expose-headers"].lower().replace(" ", "").split(",")
        assert set(exposed) >= EXPOSED, what
        if status >= 400:
            assert_problem(answer)


def assert_problem(answer: httpx.Response) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"] in CODES[answer.status_code]
    assert problem["type"] == f"urn:timesheets:{problem['code']}"
    assert problem["status"] == answer.status_code
    assert problem["title"]
    assert problem["detail"] == problem["message"]
    assert ("errors" in problem) == (problem["code"] == "invalid_entry")
    expected = {401: 'Bearer error="invalid_token"'}
    if problem["code"] == "insufficient_scope":
        expected[403] = 'Bearer error="insufficient_scope"'
    assert answer.headers.get("www-authenticate") == expected.get(answer.status_code)
