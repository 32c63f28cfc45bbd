"""Rows of the board, and the people who are expected in a week."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.support import APPROVED, NOW, PENDING, REJECTED
from timesheets.model.board import COLUMNS, BoardRow, days_before, is_expected
from timesheets.model.person import Person
from timesheets.model.query import Only
from timesheets.model.signature import PersonWeek
from timesheets.model.week import Week, parse_week, week_of

ANA = Person(user_id="auth0|ana", user_email="ana@exampleco.com", user_name="Ana", last_week="2026-W47")
WEEK = parse_week("2026-W47")
EMPTY = PersonWeek(WEEK, (), None)


def signed(week: PersonWeek) -> PersonWeek:
    """Return a week that its owner has signed."""
    new = week.sign({week.tag}, user_id="auth0|ana", user_email=None, user_name=None, now=NOW)
    return replace(week, signature=new)


WORKED = PersonWeek(
    WEEK,
    (
        replace(APPROVED, date=date(2026, 11, 16), hours=Decimal("0.1")),
        replace(PENDING, date=date(2026, 11, 16), hours=Decimal("0.2")),
        replace(REJECTED, date=date(2026, 11, 22), hours=Decimal(8)),
    ),
    None,
)


def test_a_row_has_exact_hours_by_day_and_by_status() -> None:
    row = BoardRow(ANA, signed(WORKED), missing=False)
    assert row.to_json() == {
        "user_id": "auth0|ana",
        "user_email": "ana@exampleco.com",
        "user_name": "Ana",
        "week": "2026-W47",
        "total_hours": 8.3,
        "by_day": {"2026-11-16": 0.3, "2026-11-22": 8},
        "by_status": {"approved": 0.1, "pending": 0.2, "rejected": 8},
        "submitted": signed(WORKED).to_json()["submitted"],
        "missing": False,
    }
    cells = row.to_cells()
    assert [cells[name] for name in COLUMNS] == [
        *("auth0|ana", "ana@exampleco.com", "Ana", "2026-W47", 8.3),
        *(0.3, 0, 0, 0, 0, 0, 8),
        *(0.1, 0.2, 8),
        *(row.to_json()["submitted"]["at"], True, False),
    ]


def test_unknown_names_and_signatures_are_absent() -> None:
    row = BoardRow(Person(user_id="007"), EMPTY, missing=True)
    assert row.to_json() == {
        "user_id": "007",
        "week": "2026-W47",
        "total_hours": 0,
        "by_day": {},
        "by_status": {},
        "missing": True,
    }
    cells = row.to_cells()
    assert (cells["submitted_at"], cells["current"], cells["missing"]) == (None, False, True)


@pytest.mark.parametrize(
    ("week", "missing", "filters"),
    [
        (EMPTY, True, {"missing", "unsigned"}),
        (EMPTY, False, set()),
        (signed(EMPTY), False, set()),
        (WORKED, False, {"unsigned", "pending"}),
        (signed(WORKED), False, {"pending"}),
        (replace(signed(WORKED), entries=WORKED.entries[:1]), False, {"unsigned"}),
        (replace(signed(EMPTY), entries=(REJECTED,)), False, {"unsigned"}),
    ],
)
def test_a_filter_keeps_its_rows(week: PersonWeek, missing: bool, filters: set[Only]) -> None:  # noqa: FBT001
    row = BoardRow(ANA, week, missing=missing)
    assert row.matches(None)
    assert {only for only in get_args(Only.__value__) if row.matches(only)} == filters


@pytest.mark.parametrize(
    ("last_week", "expected"),
    [
        ("2025-W47", False),
        ("2026-W38", False),
        ("2026-W39", True),
        ("2026-W46", True),
        ("2026-W47", None),
        ("2026-W48", None),
        ("2027-W01", None),
        (None, None),
    ],
)
def test_the_last_week_decides_unless_it_is_a_later_one(last_week: str | None, expected: object) -> None:
    assert is_expected(last_week, WEEK) is expected


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-W47", date(2026, 9, 21), date(2026, 11, 15)),
        ("2027-W03", date(2026, 11, 23), date(2027, 1, 17)),
        ("0001-W03", date(1, 1, 1), date(1, 1, 14)),
        ("0001-W01", date(1, 1, 1), date(1, 1, 1)),
        ("9999-W52", date(9999, 11, 1), date(9999, 12, 26)),
    ],
)
def test_eight_weeks_before_count_within_the_calendar(name: str, first: date, last: date) -> None:
    assert days_before(parse_week(name)) == (first, last)


@given(week=st.dates(date(1, 3, 1)).map(week_of), day=st.dates())
def test_the_last_week_agrees_with_the_days_before(week: Week, day: date) -> None:
    first, last = days_before(week)
    expected = is_expected(week_of(day).name, week)
    assert expected is (None if day >= week.first else first <= day <= last)
