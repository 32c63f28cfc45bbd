"""Dates of a named form, and the shared cases of ISO 8601."""

import json
from typing import Any

import pytest

from tests.unit.importer.support import check
from tests.unit.timesheets.model.support import load_cases
from timesheets_import.columns import Format
from timesheets_import.dates import check_date_format, convert_date
from timesheets_import.errors import UsageError

DATES = load_cases("dates")


@pytest.mark.parametrize("case", DATES["cases"], ids=json.dumps)
def test_shared_cases(case: dict[str, Any]) -> None:
    line = json.dumps({"user_id": "a|1", "date": case["input"], "project": "A", "hours": 1})
    (row,) = check(line + "\n")
    if "fault" in case:
        assert row.faults == [f"date: {DATES['faults'][case['fault']]}"]
    else:
        assert row.to_json()["date"] == case["value"]


@pytest.mark.parametrize(
    "form",
    [
        "%d.%m.",
        "%m/%d",
        "%Y-%m",
        "%H:%M",
        "%A",
        "%Y-W%W",
        "%Y",
        "%Q",
        "%",
        "x",
        "%d.%m.%Y %",
        "%-d.%m",
        "%d.%m.%Y %d",
    ],
)
def test_format_without_day_month_and_year_is_a_usage_error(form: str) -> None:
    with pytest.raises(UsageError, match="does not name a day, a month and a year"):
        check_date_format(form)


@pytest.mark.parametrize("form", ["%d.%m.%Y", "%m/%d/%y", "%Y-%j", "%G-W%V-%u", "%d %b %Y", "%Y%m%d %H:%M"])
def test_complete_format_is_accepted(form: str) -> None:
    assert check_date_format(form) == form


@pytest.mark.parametrize(
    ("text", "form", "day"),
    [
        ("20.11.2026", "%d.%m.%Y", "2026-11-20"),
        ("11/20/26", "%m/%d/%y", "2026-11-20"),
        ("2026-11-20", "%d.%m.%Y", "2026-11-20"),
        ("2026-11-20", "%Y-%m-%d %H:%M", "2026-11-20"),
        ("2026-20-11", "%Y-%d-%m", "2026-11-20"),
        ("2026-11-20", "%Y-%d-%m", None),
        ("11/20/2026", "%d.%m.%Y", None),
    ],
)
def test_date_of_a_form_or_of_iso(text: str, form: str, day: str | None) -> None:
    if day:
        assert convert_date(text, form) == day
    else:
        with pytest.raises(ValueError, match=r"does not match|Invalid|unconverted"):
            convert_date(text, form)


def test_fault_names_the_form() -> None:
    (row,) = check("user_id,date,project,hours\na|1,20/11/2026,A,1\n", Format(date_format="%d.%m.%Y"))
    assert row.faults == ["date: must be a date that exists, of the form %d.%m.%Y (--date-format)"]
