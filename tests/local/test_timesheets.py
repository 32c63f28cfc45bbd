"""Logging hours and listing them, over HTTP."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2 as httpx
import pytest

from tests.local.callers import Caller, Newcomers
from tests.support import LONG

type SignIn = Callable[..., str]


@pytest.fixture(scope="session")
def as_user(http: httpx.Client, sign_in: SignIn) -> Callable[..., httpx.Response]:
    """Return a function that calls the API as a seeded user."""
    tokens = {user: sign_in(user) for user in ("ana", "carl", "mia")}

    def call(user: str, method: str, path: str = "/timesheets", **kwargs: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {tokens[user]}"} | kwargs.pop("headers", {})
        return http.request(method, path, headers=headers, **kwargs)

    return call


type AsUser = Callable[..., httpx.Response]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (
            {"date": "2017-05-10T17:40:20.095Z", "project": "StoreZero", "hours": 5},
            {"date": "2017-05-10", "project": "StoreZero", "hours": 5},
        ),
        (
            {
                "date": "2026-11-20",
                "project": "Auth0 Dashboard",
                "hours": "7.25",
                "user_id": "someone-else",
                "approved": True,
            },
            {"date": "2026-11-20", "project": "Auth0 Dashboard", "hours": 7.25},
        ),
    ],
)
def test_only_the_owner_lists_a_new_entry_and_at_once(
    body: dict[str, Any], kept: dict[str, Any], as_user: AsUser
) -> None:
    created = as_user("ana", "POST", json=body)
    assert created.status_code == 201
    entry = created.json()
    assert entry == entry | kept | {"user_id": "auth0|ana", "approved": False, "status": "pending"}
    assert created.headers["location"] == f"timesheets/{entry['id']}"
    assert created.headers["etag"] == '"1"'
    assert entry in as_user("ana", "GET").json()
    assert entry not in as_user("carl", "GET").json()
    assert entry not in as_user("mia", "GET").json()


@pytest.mark.parametrize("hours", ["0", "-1", "24.01", "1e400", "true", '"abc"'])
def test_a_bad_entry_is_422_with_every_fault(hours: str, as_user: AsUser) -> None:
    body = f'{{"date": "2026-02-30", "project": " ", "hours": {hours}, "hour": 1}}'
    answer = as_user("ana", "POST", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert [e["pointer"] for e in answer.json()["errors"]] == ["/date", "/project", "/hours", "/hour"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b'{"date": "2026-11-20", "project": "StoreZero", "hours": NaN}', 400),
        (b"\xff\xfe", 400),
        (b'{"date": "2026-11-20", "date": "2026-11-21"}', 400),
        (b"[]", 422),
        (b'"' + b"x" * 2_000_000 + b'"', 413),
    ],
)
def test_a_malformed_body_is_a_4xx_problem(body: bytes, status: int, as_user: AsUser) -> None:
    answer = as_user("ana", "POST", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["message"]


@pytest.mark.parametrize(
    "query", ["limit=0", "from=yesterday", "from=2026-11-21&to=2026-11-20", "user_id=auth0%7Ccarl"]
)
def test_a_bad_query_is_400(query: str, as_user: AsUser) -> None:
    answer = as_user("ana", "GET", f"/timesheets?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed_request"


@pytest.mark.parametrize(("count", "people"), [(40, 2), pytest.param(1000, 10, marks=pytest.mark.long)])
def test_concurrent_creates_are_all_kept(count: int, people: int, newcomers: Newcomers) -> None:
    """A thousand entries belong to ten people: for each query, MiniStack reads all items of a person."""
    callers = [newcomers.person("ana") for _ in range(people)]

    def create(n: int) -> tuple[Caller, httpx.Response]:
        caller = callers[n % people]
        return caller, caller("POST", json={"date": "2025-01-01", "project": f"P{n}", "hours": "0.25"})

    with ThreadPoolExecutor(16 if LONG else 4) as pool:
        answers = list(pool.map(create, range(count)))
    assert {answer.status_code for _, answer in answers} == {201}
    for caller in callers:
        created = {answer.json()["id"] for creator, answer in answers if creator == caller}
        listed = caller.every("/timesheets", {"limit": "40"})
        assert {entry["id"] for entry in listed} == created
        assert {entry["user_id"] for entry in listed} == {caller.sub}
