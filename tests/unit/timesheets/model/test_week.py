"""ISO weeks and their sums."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timesheets.model.entry import Decision, decided, new_entry
from timesheets.model.errors import Problem
from timesheets.model.week import parse_week, summary, week_of

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2026-W47", date(2026, 11, 16), date(2026, 11, 22)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        ("0001-W01", date(1, 1, 1), date(1, 1, 7)),
        ("9999-W51", date(9999, 12, 20), date(9999, 12, 26)),
        ("9999-W52", date(9999, 12, 27), date(9999, 12, 31)),
    ],
)
def test_a_week_is_monday_to_sunday_within_the_calendar(name: str, first: date, last: date) -> None:
    week = parse_week(name)
    assert (week.name, week.first, week.last) == (name, first, last)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "2026",
        "2026-47",
        "2026-W7",
        "2026-W00",
        "2025-W53",
        "2026-W54",
        "0000-W01",
        "9999-W53",
        "2026-w47",
        "2026-W47-1",
        "２０２６-W47",
        "2026-W47 ",
        "2026-W47\n",
    ],
)
def test_other_texts_are_refused(name: str) -> None:
    with pytest.raises(Problem, match="such as 2026-W47") as refusal:
        parse_week(name)
    assert refusal.value.code == "malformed_request"


def test_hours_are_summed_exactly_by_day_by_project_and_by_status() -> None:
    entries = [
        new_entry(
            {"date": date(2026, 11, day), "project": project, "hours": Decimal(hours)},
            id=str(day),
            user_id="auth0|ana",
            now=NOW,
        )
        for day, project, hours in ((16, "A", "0.1"), (16, "B", "0.2"), (18, "A", "7.5"))
    ]
    entries[2] = decided(entries[2], Decision(approved=True), reviewer="auth0|mia", now=NOW)
    assert summary(parse_week("2026-W47"), entries) == {
        "week": "2026-W47",
        "from": "2026-11-16",
        "to": "2026-11-22",
        "total_hours": 7.8,
        "by_day": {"2026-11-16": 0.3, "2026-11-18": 7.5},
        "by_project": {"A": 7.6, "B": 0.2},
        "by_status": {"approved": 7.5, "pending": 0.3},
    }


@given(st.dates())
def test_the_week_of_any_date_can_be_read(day: date) -> None:
    year, number, _ = day.isocalendar()
    week = parse_week(f"{year:04}-W{number:02}")
    assert week.first <= day <= week.last


def test_forms_of_a_project_that_look_the_same_are_one_line() -> None:
    entries = [
        new_entry(
            {"date": date(2026, 11, 16), "project": project, "hours": Decimal(1)},
            id="1",
            user_id="auth0|ana",
            now=NOW,
        )
        for project in ("Café", "Cafe\u0301", "Café\u200b")
    ]
    assert summary(parse_week("2026-W47"), entries)["by_project"] == {"Café": 3}


def test_a_week_without_entries_is_empty() -> None:
    empty = summary(parse_week("2026-W47"), [])
    assert (empty["total_hours"], empty["by_day"], empty["by_project"], empty["by_status"]) == (0, {}, {}, {})


@given(st.dates())
def test_each_day_is_in_its_week(day: date) -> None:
    week = week_of(day)
    assert week == parse_week(week.name)
    assert week.first <= day <= week.last
