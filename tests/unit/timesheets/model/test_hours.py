"""Hours: the shared cases, and values that only JSON has."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.timesheets.model.support import load_cases
from timesheets.model.entry import json_number
from timesheets.model.hours import parse_hours

HOURS = load_cases("hours")


@pytest.mark.parametrize("case", HOURS["cases"], ids=json.dumps)
def test_shared_cases(case: dict[str, Any]) -> None:
    fault = case.get("fault") if "api" in case.get("only", ["api"]) else "form"
    if fault:
        with pytest.raises(ValueError, match=f"^{HOURS['faults'][fault]}$"):
            parse_hours(case["input"])
    else:
        assert parse_hours(case["input"]) == Decimal(case["value"])


@pytest.mark.parametrize(("number", "hours"), [("5", "5"), ("24.0", "24"), ("7.250", "7.25"), ("2E+1", "20")])
def test_json_numbers_are_hours(number: str, hours: str) -> None:
    assert parse_hours(Decimal(number)) == Decimal(hours)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (Decimal(0), "range"),
        (Decimal(-1), "range"),
        (Decimal("24.01"), "range"),
        (Decimal("1e400"), "range"),
        (Decimal("Infinity"), "range"),
        (Decimal("7.255"), "decimals"),
        (Decimal("1e-400000"), "decimals"),
        (Decimal("NaN"), "form"),
        (True, "form"),
        (None, "form"),
        ([Decimal(1)], "form"),
        ({}, "form"),
        ("9" * 5000, "form"),
    ],
)
def test_other_values_are_refused(value: object, fault: str) -> None:
    with pytest.raises(ValueError, match=f"^{HOURS['faults'][fault]}$"):
        parse_hours(value)


@given(st.decimals(min_value=Decimal("0.01"), max_value=24, places=2))
def test_hours_survive_json(hours: Decimal) -> None:
    text = json.dumps(json_number(hours))
    assert Decimal(text) == hours
    assert parse_hours(text) == parse_hours(Decimal(text)) == hours
