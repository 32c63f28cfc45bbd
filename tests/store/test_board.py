"""The board equals what everyone's entries and signatures add up to."""

from dataclasses import asdict
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.store.company import FIRST, USERS, Company
from tests.store.faults import Faults
from tests.store.support import NOW, entry
from tests.support import LONG
from timesheets.bulk.board import Board
from timesheets.model.board import BoardRow
from timesheets.model.ids import hash_of
from timesheets.model.person import Person
from timesheets.model.query import Only
from timesheets.model.week import Week, parse_week
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.people import People
from timesheets.store.weeks import Weeks

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WEEK = parse_week("2026-W47")
CALLER = USERS[0]
ANA = "auth0|ana"


def rows_of(table: Table, week: Week, only: Only | None, limit: int) -> list[BoardRow]:
    """Return the rows of all pages."""
    board, rows, after = Board(table, week), list[BoardRow](), None
    while True:
        page, after = board.page(after=after, limit=limit, only=only, not_user_id=CALLER)
        assert len(page) <= limit
        rows += page
        if after is None:
            return rows


def expected_row(company: Company, user: str, week: Week) -> dict[str, Any] | None:
    """Return a person's row; None for people who have neither entries nor signatures."""
    entries = company.entries_in(user, week)
    weeks = {f"{one.date:%G-W%V}" for one in company.kept if one.user_id == user}
    weeks |= {name for owner, name in company.signed if owner == user}
    if not weeks:
        return None
    before = {f"{week.first - timedelta(weeks=number):%G-W%V}" for number in range(1, 9)}
    signed = company.signed.get((user, week.name))
    days = sorted({one.date for one in entries})
    statuses = sorted({one.status for one in entries})
    return {
        "user_id": user,
        "total_hours": float(sum(one.hours for one in entries)),
        "by_day": {str(day): float(sum(one.hours for one in entries if one.date == day)) for day in days},
        "by_status": {
            status: float(sum(one.hours for one in entries if one.status == status)) for status in statuses
        },
        "current": None if signed is None else content(signed) == content(entries),
        "missing": week.name not in weeks and bool(weeks & before),
    }


def content(entries: Any) -> Any:
    names = ("id", "date", "project", "hours", "notes")
    return sorted([[asdict(one)[name] for name in names] for one in entries], key=lambda values: values[0])


def plain(row: BoardRow) -> dict[str, Any]:
    """Return a row's JSON in the form of `expected_row`."""
    found = row.to_json()
    assert found.pop("week") == row.week.week.name
    return found | {"current": found.pop("submitted")["current"] if "submitted" in found else None}


def keeps(only: Only | None, row: dict[str, Any]) -> bool:
    """Return whether a filter keeps a row."""
    kept = {
        "missing": row["missing"],
        "unsigned": row["current"] is False
        or (row["current"] is None and (row["by_status"] or row["missing"])),
        "pending": row["by_status"].get("pending", 0) > 0,
    }
    return only is None or bool(kept[only])


@pytest.mark.parametrize("seed", range(10 if LONG else 1))
@pytest.mark.parametrize("client", ["ministack"], indirect=True)
def test_rows_equal_what_entries_and_signatures_add_up_to(seed: int, database: Table) -> None:
    company = Company(database, seed, days=range(-75, 21))
    for turn in range(16):
        for _ in range(3):
            company.step()
        company.sign()
        week = parse_week(f"2026-W{(37, 38, 45, 46, 47, 48, 49)[turn % 7]}")
        wanted = [row for user in USERS[1:] if (row := expected_row(company, user, week))]
        only: Only | None = (None, "missing", "unsigned", "pending")[turn % 4]
        found = [plain(row) for row in rows_of(database, week, only, 1 + turn % 7)]
        assert sorted(found, key=lambda row: row["user_id"]) == [row for row in wanted if keeps(only, row)]


@pytest.mark.parametrize(
    ("logged", "signed", "missing"),
    [
        ([], [], False),
        ([date(2026, 9, 20)], [], False),
        ([date(2026, 9, 21)], [], True),
        ([date(2026, 11, 15)], [], True),
        ([date(2026, 11, 15), date(2026, 11, 23)], [], True),
        ([date(2026, 9, 20), date(2026, 11, 23)], [], False),
        ([date(2026, 11, 23)], ["2026-W46"], True),
        ([date(2026, 11, 23)], ["2026-W39"], True),
        ([date(2026, 11, 23)], ["2026-W38"], False),
        ([], ["2026-W46"], True),
        ([], ["2026-W46", "2026-W47"], False),
        ([date(2026, 11, 15), date(2026, 11, 16)], [], False),
        ([date(2026, 11, 15), date(2026, 11, 22)], [], False),
    ],
)
def test_someone_is_missing_if_active_in_the_eight_weeks_before(
    logged: list[date],
    signed: list[str],
    missing: bool,  # noqa: FBT001
    database: Table,
) -> None:
    weeks = Weeks(database)
    for day in logged:
        Entries(database).add(entry(date=day))
    for name in signed:
        found = weeks.find(ANA, parse_week(name))
        new = found.sign({found.tag}, user_id=ANA, user_email=None, user_name=None, now=NOW)
        weeks.sign(None, new)
    People(database).refresh(hash_of(ANA))
    week = weeks.find(ANA, WEEK)
    person = People(database).find(ANA)
    assert weeks.is_missing(person or Person(user_id=ANA), week) is missing
    assert weeks.is_missing(Person(user_id=ANA), week) is missing, "the weeks themselves tell, too"


def test_signatures_are_read_by_user(database: Table) -> None:
    weeks = Weeks(database)
    assert weeks.signatures([], WEEK) == {}
    for user in USERS[:2]:
        week = weeks.find(user, WEEK)
        weeks.sign(None, week.sign({week.tag}, user_id=user, user_email=None, user_name=None, now=NOW))
    (found,) = weeks.signatures(USERS[1:], WEEK).items()
    assert found == (USERS[1], weeks.find(USERS[1], WEEK).signature)


def test_a_page_takes_one_query_a_person_and_two_calls(client: "DynamoDBClient", table: str) -> None:
    """Only someone who is active in later weeks alone takes two more."""
    for number in range(9):
        Entries(Table(client, table)).add(entry(f"auth0|{number}", date=FIRST))
        People(Table(client, table)).refresh(hash_of(f"auth0|{number}"))
    counting = Faults()
    rows_of(Table(counting.of(client), table), WEEK, None, 100)
    assert counting.calls == 2 + 8
    rows_of(Table(counting.of(client), table), parse_week("2026-W48"), None, 100)
    assert counting.calls == 2 * (2 + 8)
    rows_of(Table(counting.of(client), table), parse_week("2026-W46"), None, 100)
    assert counting.calls == 3 * (2 + 8) + 2 * 8
