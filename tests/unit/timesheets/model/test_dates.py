"""Dates: the shared cases, the range, and texts of every kind."""

import json
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.timesheets.model.support import load_cases
from timesheets.model.dates import DateRange, parse_date, parse_day

CASES = load_cases("dates")
RANGE = DateRange.around(date.fromisoformat(CASES["today"]))


@pytest.mark.parametrize("case", CASES["cases"], ids=json.dumps)
def test_shared_cases(case: dict[str, Any]) -> None:
    if "fault" in case:
        with pytest.raises(ValueError, match=f"^{CASES['faults'][case['fault']]}$"):
            RANGE.parse(case["input"])
    else:
        assert RANGE.parse(case["input"]) == date.fromisoformat(case["value"])


@pytest.mark.parametrize("case", CASES["range"], ids=json.dumps)
def test_shared_cases_of_the_range(case: dict[str, Any]) -> None:
    assert (str(RANGE.first), str(RANGE.last)) == (CASES["first"], CASES["last"])
    assert (RANGE.first <= date.fromisoformat(case["input"]) <= RANGE.last) == case["inside"]


@pytest.mark.parametrize("value", [1795167000, None, True, ["2026-11-20"], {}])
def test_only_strings_are_dates(value: object) -> None:
    with pytest.raises(ValueError, match="must be a string holding a date"):
        RANGE.parse(value)


def test_the_range_ends_with_the_calendar() -> None:
    assert DateRange.around(date(9999, 12, 1)).last == date.max


@given(st.datetimes(timezones=st.integers(-1439, 1439).map(lambda n: timezone(timedelta(minutes=n)))))
def test_a_date_time_has_its_own_calendar_date(moment: datetime) -> None:
    assert parse_date(moment.isoformat()) == moment.date()
    assert parse_date(moment.isoformat(" ")) == moment.date()


@given(st.text(st.sampled_from("0123456789-+:., TtZz\u00a0GMT")) | st.text())
def test_any_text_is_a_date_or_refused(text: str) -> None:
    try:
        parsed = parse_date(text)
    except ValueError as error:
        assert str(error).startswith("must ")
    else:
        assert f"{parsed:%Y}".zfill(4) in text


def test_a_fraction_may_be_long() -> None:
    assert parse_date(f"2026-11-20T24:00:00.{'0' * 10_000}Z") == date(2026, 11, 20)


@pytest.mark.parametrize("text", ["2026-11-20", " 2026-11-20 ", "\ufeff2026-11-20"])
def test_a_day_is_written_as_iso_8601_extended(text: str) -> None:
    assert parse_day(text) == date(2026, 11, 20)


@pytest.mark.parametrize(
    "text", ["", "20261120", "2026-W47-5", "2026-11-20T00:00:00Z", "2026-02-30", "２０２６-11-20"]
)
def test_other_forms_of_a_day_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a date"):
        parse_day(text)
