"""Hours in the forms of people and tools, and their rounding."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.importer.support import check
from tests.unit.timesheets.model.support import load_cases
from timesheets_import.columns import Format
from timesheets_import.durations import HoursFormat, Rounding, parse_duration

HEAD = "user_id,date,project,hours,start,end\n"
HOURS = load_cases("hours")


@pytest.mark.parametrize("case", HOURS["cases"], ids=json.dumps)
def test_shared_cases(case: dict[str, Any]) -> None:
    line = json.dumps({"user_id": "a|1", "date": "2026-11-20", "project": "A", "hours": case["input"]})
    (row,) = check(line + "\n")
    fault = case.get("fault") if "importer" in case.get("only", ["importer"]) else "form"
    if fault == "decimals":  # rounded here, unless nothing is left
        assert row.row or "less than 0.01 h" in row.faults[0]
    elif fault:
        assert row.faults == [f"hours: {HOURS['faults'][fault]}"]
    else:
        assert row.row is not None, row.faults
        assert row.row.fields["hours"] == Decimal(case["value"])


@pytest.mark.parametrize(
    ("text", "unit", "hours"),
    [
        ("07:15:00", "hours", "7.25"),
        ("435 min", "hours", "7.25"),
        ("7h 15m", "hours", "7.25"),
        ("7h15m00s", "hours", "7.25"),
        ("7 hrs 15 mins", "hours", "7.25"),
        ("1.5 hours", "hours", "1.5"),
        ("90 s", "hours", "0.025"),
        ("PT7H15M", "hours", "7.25"),
        ("PT0.5H", "hours", "0.5"),
        ("pt90m", "hours", "1.5"),
        ("435", "minutes", "7.25"),
        ("26100", "seconds", "7.25"),
        ("7:15", "seconds", "7.25"),
        ("26,100", "seconds", None),
        ("7:60", "hours", None),
        ("PT", "hours", None),
        ("h", "hours", None),
        ("", "hours", None),
    ],
)
def test_forms_of_durations(text: str, unit: HoursFormat, hours: str | None) -> None:
    assert parse_duration(text, unit) == (None if hours is None else Fraction(hours))


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        ("09:00", "17:15", "8.25"),
        ("09:00:30", "9:01:06", "0.01"),
        ("09:00 AM", "05:15:00 pm", "8.25"),
        ("22:00", "02:00", "4"),
        ("2026-11-20 09:00:00", "2026-11-20T17:15", "8.25"),
        ("2026-11-20T23:00:00Z", "2026-11-21T02:00:00+01:00", "2"),
        ("20.11.2026 09:00", "20.11.2026 17:15", "8.25"),
    ],
)
def test_start_and_end_give_the_hours(start: str, end: str, hours: str) -> None:
    (row,) = check(f"{HEAD}a|1,20.11.2026,A,,{start},{end}\n", Format(date_format="%d.%m.%Y"))
    assert row.row is not None, row.faults
    assert row.row.fields["hours"] == Decimal(hours)


def test_date_format_may_have_a_time() -> None:
    form = Format({"date": "start"}, "%d.%m.%Y %H:%M")
    (row,) = check("user_id,project,start,end\na|1,A,20.11.2026 09:00,20.11.2026 17:15\n", form)
    assert (row.to_json()["date"], row.to_json()["hours"]) == ("2026-11-20", 8.25)
    (row,) = check("user_id,project,start,end\na|1,A,x,20.11.2026 17:15\n", form)
    assert row.faults[1] == "end: start and end must be times such as 09:00, or date-times"


def test_start_gives_the_date() -> None:
    rows = check("user_id,project,start,end\na|1,A,2026-11-20 23:00,2026-11-21 01:00\na|1,A,23:00,x\n")
    assert rows[0].to_json()["date"] == "2026-11-20"
    assert rows[1].faults == [
        "date: is required",
        "end: start and end must be times such as 09:00, or date-times",
    ]
    (row,) = check("user_id,project,start,end\na|1,A,x,01:00\n")
    assert row.faults[0] == "date: is required"


@pytest.mark.parametrize(
    ("start", "end", "fault"),
    [
        ("2026-11-20 09:00", "2026-11-20 09:00", "must be after start"),
        ("2026-11-20 09:00", "2026-11-20 08:00", "must be after start"),
        ("2026-11-20T09:00", "2026-11-20T10:00Z", "offset from UTC"),
        ("nine", "10:00", "must be times"),
    ],
)
def test_bad_start_and_end_are_a_fault(start: str, end: str, fault: str) -> None:
    (row,) = check(f"{HEAD}a|1,2026-11-20,A,,{start},{end}\n")
    assert fault in row.faults[0]


def test_parts_of_a_day_have_the_right_sum() -> None:
    first = "a|1,2026-11-20,A,0:20,,\nb|1,2026-11-20,A,0:20,,\n"
    rows = check(HEAD + first + "a|1,2026-11-20,B,20 min,,\n" * 2)
    hours = [row.to_json()["hours"] for row in rows]
    assert hours == [0.33, 0.33, 0.34, 0.33]
    # In another order, the rows are still the same.
    others = check(HEAD + "a|1,2026-11-20,B,0:20,,\n" * 2 + first)
    assert {row.external_id for row in rows} == {row.external_id for row in others}


def test_hours_below_a_cent_are_a_fault() -> None:
    (row,) = check(f"{HEAD}a|1,2026-11-20,A,0:00:10,,\n")
    assert row.faults == ["hours: is less than 0.01 h: delete the row, or add its time to another one"]


def test_more_than_a_day_is_a_fault_before_rounding() -> None:
    (row,) = check(f"{HEAD}a|1,2026-11-20,A,24:00:01,,\n")
    assert row.faults == ["hours: must be more than 0 and at most 24"]


@given(st.lists(st.integers(1, 86_400), max_size=30))
def test_rounded_parts_differ_from_their_sum_by_half_a_cent_at_most(seconds: list[int]) -> None:
    rounding = Rounding()
    parts = [Fraction(number, 3600) for number in seconds]
    rounded = [rounding.round(part, "day") for part in parts]
    assert abs(sum(parts, Fraction(0)) - sum(map(Fraction, rounded), Fraction(0))) <= Fraction(1, 200)
    assert all(
        abs(part - Fraction(cents)) <= Fraction(1, 100) for part, cents in zip(parts, rounded, strict=True)
    )
    assert all(cents.as_tuple().exponent == -2 for cents in rounded)
