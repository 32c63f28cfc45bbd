"""GET /approvals/weeks/{week}."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.aws import CLIENT
from tests.unit.support import NOW, PENDING, Answer
from timesheets.model.entry import Decision, Entry, decided
from timesheets.model.errors import Unavailable
from timesheets.model.ids import hash_of, new_id
from timesheets.model.week import parse_week
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.people import People
from timesheets.store.weeks import Weeks

pytestmark = pytest.mark.usefixtures("table")
type Call = Callable[..., Answer]
FRIDAY = date(2026, 11, 20)
WEEK = parse_week("2026-W47")


def logged(user: str, day: date = FRIDAY, hours: str = "8", *, approved: bool = False) -> Entry:
    """Store an entry, and refresh its owner's row as the stream's function does."""
    table = Table(CLIENT)
    one = replace(PENDING, id=new_id(user), user_id=user, date=day, hours=Decimal(hours))
    Entries(table).add(one)
    if approved:
        done = decided(one, Decision(approved=True), reviewer="auth0|mia", now=NOW)
        Entries(table).replace(one, done, "approved")
    People(table).refresh(hash_of(user))
    return one


def signed(user: str) -> None:
    """Sign a user's week as it is."""
    table = Table(CLIENT)
    weeks = Weeks(table)
    week = weeks.find(user, WEEK)
    weeks.sign(None, week.sign({week.tag}, user_id=user, user_email=None, user_name=None, now=NOW))
    People(table).refresh(hash_of(user))


def following(answer: Answer) -> dict[str, list[str]]:
    """Return the query of the link to the next page."""
    link = answer.headers["Link"].removeprefix("<?").partition(">")[0]
    pairs = (part.partition("=") for part in link.split("&"))
    return {name: [value] for name, _, value in pairs}


def by_user(answer: Answer) -> dict[str, dict[str, Any]]:
    return {row["user_id"]: row for row in answer.json}


def test_the_board_shows_everyone_elses_week(call: Call) -> None:
    logged("auth0|ana", approved=True)
    logged("auth0|ana", date(2026, 11, 22), "0.25")
    signed("auth0|ana")
    logged("auth0|carl", date(2026, 11, 13))
    logged("auth0|mia")
    answer = call("get_board")
    assert answer.status == 200
    assert "Link" not in answer.headers
    rows = by_user(answer)
    assert rows.keys() == {"auth0|ana", "auth0|carl"}
    ana, carl = rows["auth0|ana"], rows["auth0|carl"]
    assert (ana["total_hours"], ana["by_status"]) == (8.25, {"approved": 8, "pending": 0.25})
    assert (ana["submitted"]["current"], len(ana["submitted"]["versions"])) == (True, 2)
    assert not ana["missing"]
    assert (carl["total_hours"], carl["missing"]) == (0, True)
    assert "submitted" not in carl


def test_only_keeps_the_rows_of_a_kind(call: Call) -> None:
    logged("signed")
    signed("signed")
    logged("changed")
    signed("changed")
    logged("changed")
    logged("decided", approved=True)
    signed("empty")
    logged("missing", FRIDAY - timedelta(weeks=8))
    logged("gone", FRIDAY - timedelta(weeks=9))
    for only, users in {
        None: {"signed", "changed", "decided", "empty", "missing", "gone"},
        "missing": {"missing"},
        "unsigned": {"changed", "decided", "missing"},
        "pending": {"signed", "changed"},
    }.items():
        answer = call("get_board", query={"only": [only]} if only else None)
        assert by_user(answer).keys() == users, only


def test_pages_hold_each_person_once_but_the_caller(call: Call) -> None:
    users = sorted(f"auth0|{n}" for n in range(5))
    for user in (*users, "auth0|mia"):
        logged(user)
    for limit in (1, 2, 6, 100):
        query: dict[str, list[str]] = {"limit": [str(limit)]}
        found, sizes = list[str](), list[int]()
        while True:
            answer = call("get_board", query=query)
            found += [row["user_id"] for row in answer.json]
            sizes.append(len(answer.json))
            if "Link" not in answer.headers:
                break
            query = following(answer)
        assert sorted(found) == users
        assert max(sizes) <= limit
        assert len(sizes) == -(-6 // limit), "the caller's place on a page stays empty"


def test_a_filtered_page_may_be_empty_and_have_a_next(call: Call) -> None:
    for user in ("auth0|0", "auth0|1"):
        logged(user)
    first = call("get_board", query={"only": ["missing"], "limit": ["1"]})
    assert first.json == []
    assert call("get_board", query=following(first)).json == []


def test_a_cursor_is_valid_for_its_week_its_filter_and_its_caller_only(call: Call) -> None:
    for user in ("auth0|0", "auth0|1"):
        logged(user)
    query = following(call("get_board", query={"limit": ["1"]}))
    assert call("get_board", query=query | {"limit": ["100"]}).status == 200
    for others in (
        {"query": query | {"only": ["missing"]}},
        {"query": query, "path": {"week": "2026-W46"}},
        {"query": query, "sub": "auth0|max"},
    ):
        assert call("get_board", **others).problem["code"] == "malformed_request"


def test_the_csv_has_the_rows_of_the_json(call: Call) -> None:
    logged("=1+1", hours="7.5")
    signed("=1+1")
    answer = call("get_board", headers={"Accept": "text/csv"})
    (row,) = csv.DictReader((answer.text or "").splitlines())
    assert ",".join(row) == (
        "user_id,user_email,user_name,week,total_hours,mon,tue,wed,thu,fri,sat,sun,approved,pending,rejected,"
        "submitted_at,current,missing"
    )
    assert (row["user_id"], row["week"], row["total_hours"]) == ("'=1+1", "2026-W47", "7.5")
    assert (row["mon"], row["fri"], row["pending"], row["approved"]) == ("0", "7.5", "7.5", "0")
    assert (row["submitted_at"], row["current"], row["missing"]) == (
        "2026-11-20T09:30:00.000Z",
        "true",
        "false",
    )
    excel = call("get_board", query={"format": ["excel"]}, headers={"Accept-Language": "de"})
    assert excel.headers["Content-Disposition"] == 'attachment; filename="board-2026-W47.csv"'
    assert ";7,5;" in (excel.text or "")


@pytest.mark.parametrize(
    "query",
    [
        {"limit": ["0"]},
        {"limit": ["101"]},
        {"cursor": ["x"]},
        {"only": ["approved"]},
        {"only": [""]},
        {"only": ["missing", "pending"]},
        {"user_id": ["auth0|ana"]},
    ],
)
def test_a_bad_parameter_is_refused(query: dict[str, list[str]], call: Call) -> None:
    assert call("get_board", query=query).problem["code"] == "malformed_request"


def test_a_week_that_does_not_exist_is_refused(call: Call) -> None:
    assert call("get_board", path={"week": "2026-W54"}).problem["code"] == "malformed_request"


def test_only_approvers_see_the_board(call: Call) -> None:
    assert call("get_board", scope="read:timesheets export:timesheets").status == 403


def test_an_outage_gives_no_partial_board(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: Any, **__: Any) -> Any:
        raise Unavailable

    logged("auth0|ana")
    monkeypatch.setattr(Entries, "entries_of", unavailable)
    assert call("get_board").problem["code"] == "service_unavailable"
