"""Rows of an export, and months."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.unit.support import APPROVED, PENDING, REJECTED
from timesheets.model.errors import Problem
from timesheets.model.export import COLUMNS, parse_month, rows_of
from timesheets.model.person import Person

ANA = Person(user_id="auth0|ana", user_email="ana@exampleco.com", user_name="Ana", last_week="2026-W47")


def test_a_row_has_the_hours_of_a_project_by_status() -> None:
    entries = [
        APPROVED,
        replace(PENDING, hours=Decimal("0.1"), date=date(2026, 11, 18)),
        replace(PENDING, hours=Decimal("0.2"), date=date(2026, 11, 22)),
        replace(REJECTED, hours=Decimal(8)),
        replace(PENDING, project="Harbour", hours=Decimal(2)),
    ]
    harbour, store_zero = rows_of(ANA, entries)
    assert store_zero == {
        "user_id": "auth0|ana",
        "user_email": "ana@exampleco.com",
        "user_name": "Ana",
        "project": "StoreZero",
        "approved_hours": 7.25,
        "pending_hours": 0.3,
        "rejected_hours": 8,
        "from": "2026-11-18",
        "to": "2026-11-22",
    }
    assert tuple(store_zero) == COLUMNS
    assert (harbour["project"], harbour["pending_hours"], harbour["approved_hours"]) == ("Harbour", 2, 0)


def test_a_person_without_hours_has_no_rows() -> None:
    assert rows_of(ANA, []) == []


def test_unknown_names_are_absent() -> None:
    (row,) = rows_of(Person(user_id="007", last_week="2026-W47"), [PENDING])
    assert "user_email" not in row
    assert "user_name" not in row


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-11", date(2026, 11, 1), date(2026, 11, 30)),
        ("2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        ("0001-01", date(1, 1, 1), date(1, 1, 31)),
        ("9999-12", date(9999, 12, 1), date(9999, 12, 31)),
    ],
)
def test_a_month_has_its_days(name: str, first: date, last: date) -> None:
    assert parse_month(name) == (first, last)


@pytest.mark.parametrize(
    "name", ["", "2026", "2026-13", "2026-00", "0000-01", "2026-1", "2026-11-01", "٢٠٢٦-١١"]
)
def test_other_months_are_refused(name: str) -> None:
    with pytest.raises(Problem) as refusal:
        parse_month(name)
    assert refusal.value.code == "malformed_request"
