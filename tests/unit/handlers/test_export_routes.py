"""GET /exports/weeks/{week} and GET /exports/months/{month}."""

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.unit.aws import CLIENT
from tests.unit.support import NOW, PENDING, Answer
from timesheets.model.entry import Decision, Entry, decided
from timesheets.model.errors import Unavailable
from timesheets.model.ids import hash_of, new_id
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.people import People
from timesheets.stream.numbering import number_entries

pytestmark = pytest.mark.usefixtures("table")
type Call = Callable[..., Answer]
USERS = [f"auth0|{n}" for n in range(5)]


def logged(
    user: str, day: date, hours: str = "8", project: str = "StoreZero", *, approved: bool = False
) -> Entry:
    """Store an entry, number its changes and refresh its owner's row, as the stream's function does."""
    table = Table(CLIENT)
    one = replace(PENDING, id=new_id(user), user_id=user, date=day, hours=Decimal(hours), project=project)
    Entries(table).add(one)
    if approved:
        done = decided(one, Decision(approved=True), reviewer="auth0|mia", now=NOW)
        Entries(table).replace(one, done, "approved")
    number_entries(Changes(table), [one.id])
    People(table).refresh(hash_of(user))
    return one


def following(answer: Answer) -> dict[str, list[str]]:
    """Return the query of the link to the next page."""
    link = answer.headers["Link"].removeprefix("<?").partition(">")[0]
    pairs = (part.partition("=") for part in link.split("&"))
    return {name: [value] for name, _, value in pairs}


def test_a_week_is_exported_by_person_and_project(call: Call) -> None:
    logged("auth0|ana", date(2026, 11, 16), approved=True)
    logged("auth0|ana", date(2026, 11, 20), "0.1")
    logged("auth0|ana", date(2026, 11, 22), "0.2", "Harbour")
    logged("auth0|ana", date(2026, 11, 23), "5")
    logged("auth0|carl", date(2026, 11, 15), "5")
    answer = call("export_week")
    assert answer.status == 200
    assert answer.headers["Timesheets-Number"] == "6"
    assert "Link" not in answer.headers
    harbour, store_zero = answer.json
    assert harbour["pending_hours"] == 0.2
    assert store_zero["approved_hours"] == 8
    assert store_zero["pending_hours"] == 0.1
    assert (store_zero["from"], store_zero["to"]) == ("2026-11-16", "2026-11-20")


def test_a_month_counts_each_day_of_a_split_week_where_it_falls(call: Call) -> None:
    for day in (date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1)):
        logged("auth0|ana", day, "1")
    (row,) = call("export_month").json
    assert (row["pending_hours"], row["from"], row["to"]) == (2, "2026-11-01", "2026-11-30")
    (october,) = call("export_month", path={"month": "2026-10"}).json
    assert october["pending_hours"] == 1


def test_pages_hold_each_person_once_and_never_split_one(call: Call) -> None:
    for user in USERS:
        for project in ("Harbour", "StoreZero"):
            logged(user, date(2026, 11, 20), "1", project)
    for limit in (1, 2, 5):
        query: dict[str, list[str]] = {"limit": [str(limit)]}
        found: list[tuple[str, str]] = []
        while True:
            answer = call("export_week", query=query)
            found += [(row["user_id"], row["project"]) for row in answer.json]
            assert len(answer.json) <= 2 * limit
            if "Link" not in answer.headers:
                break
            query = following(answer)
        assert sorted(found) == [(user, project) for user in USERS for project in ("Harbour", "StoreZero")]


def test_a_cursor_is_valid_for_its_period_only(call: Call) -> None:
    for user in USERS[:2]:
        logged(user, date(2026, 11, 20))
    query = following(call("export_week", query={"limit": ["1"]}))
    assert call("export_week", query=query).status == 200
    assert call("export_week", query=query, path={"week": "2026-W46"}).problem["code"] == "malformed_request"
    assert call("export_month", query=query).problem["code"] == "malformed_request"


def test_one_person_can_be_exported_again_at_once(call: Call) -> None:
    logged("auth0|ana", date(2026, 11, 20))
    one = replace(PENDING, id=new_id("auth0|new"), user_id="auth0|new")
    Entries(Table(CLIENT)).add(one)
    (row,) = call("export_week", query={"user_id": ["auth0|new"]}).json
    assert (row["user_id"], row["pending_hours"]) == ("auth0|new", 7.25)
    assert call("export_week", query={"user_id": ["auth0|nobody"]}).json == []


def test_an_export_as_csv_has_the_rows_of_the_json(call: Call) -> None:
    logged("auth0|ana", date(2026, 11, 20), "7.5", "=SUM(A1)")
    answer = call("export_week", headers={"Accept": "text/csv"})
    (row,) = csv.DictReader((answer.text or "").splitlines())
    assert (row["project"], row["pending_hours"]) == ("'=SUM(A1)", "7.5")
    excel = call("export_month", query={"format": ["excel"]}, headers={"Accept-Language": "de"})
    assert excel.headers["Content-Disposition"] == 'attachment; filename="timesheets-2026-11.csv"'
    assert excel.headers["Timesheets-Number"] == "1"
    assert ";7,5;" in (excel.text or "")


@pytest.mark.parametrize(
    "query", [{"limit": ["0"]}, {"limit": ["101"]}, {"cursor": ["x"]}, {"status": ["pending"]}]
)
def test_a_bad_parameter_is_refused(query: dict[str, list[str]], call: Call) -> None:
    assert call("export_week", query=query).problem["code"] == "malformed_request"


@pytest.mark.parametrize(
    ("handler", "path"), [("export_week", {"week": "2026-W54"}), ("export_month", {"month": "2026-13"})]
)
def test_a_period_that_does_not_exist_is_refused(handler: str, path: dict[str, str], call: Call) -> None:
    assert call(handler, path=path).problem["code"] == "malformed_request"


def test_only_the_export_scope_opens_exports(call: Call) -> None:
    for handler in ("export_week", "export_month"):
        assert call(handler, scope="approve:timesheets read:timesheets").status == 403


def test_an_outage_gives_no_partial_export(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: Any, **__: Any) -> Any:
        raise Unavailable

    logged("auth0|ana", date(2026, 11, 20))
    monkeypatch.setattr(Entries, "entries_of", unavailable)
    assert call("export_week").problem["code"] == "service_unavailable"
