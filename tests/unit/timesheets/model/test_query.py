"""The query parameters of a list."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from timesheets.model.entry import new_entry
from timesheets.model.errors import Problem
from timesheets.model.query import APPROVALS, CHANGES, OWN_LIST, ListQuery, parse_filters


@pytest.mark.parametrize(
    ("parameters", "members"),
    [
        ({}, {}),
        ({"from": "2026-11-01"}, {"first": date(2026, 11, 1)}),
        ({"to": "2026-11-30"}, {"last": date(2026, 11, 30)}),
        (
            {"from": "2026-11-01", "to": "2026-11-01"},
            {"first": date(2026, 11, 1), "last": date(2026, 11, 1)},
        ),
        ({"project": "StoreZero"}, {"project": "StoreZero"}),
        ({"project": " Cafe\u0301\u200b "}, {"project": "Café"}),
        ({"from": " 2026-11-01\u00a0"}, {"first": date(2026, 11, 1)}),
        ({"status": "approved"}, {"status": "approved"}),
        ({"order": "asc"}, {"ascending": True}),
        ({"order": "desc"}, {"ascending": False}),
        ({"limit": "100"}, {"limit": 100}),
        ({"cursor": "abc"}, {"cursor": "abc"}),
    ],
)
def test_parameters_become_members_of_the_query(parameters: dict[str, str], members: dict[str, Any]) -> None:
    assert parse_filters(parameters, OWN_LIST) == members


def test_only_approvals_have_the_filter_user_id() -> None:
    assert parse_filters({"user_id": "auth0|carl"}, APPROVALS) == {"user_id": "auth0|carl"}
    with pytest.raises(Problem, match="Unknown"):
        parse_filters({"user_id": "auth0|carl"}, OWN_LIST)


def test_a_project_matches_stored_forms_that_look_the_same() -> None:
    stored = new_entry(
        {"date": date(2026, 11, 16), "project": "Cafe\u0301", "hours": Decimal(1)},
        id="1",
        user_id="auth0|ana",
        now=datetime(2026, 11, 20, tzinfo=UTC),
    )
    assert ListQuery(**parse_filters({"project": "Café"}, OWN_LIST)).matches(stored)
    assert not ListQuery(project="Cafe").matches(stored)


def test_a_page_has_50_entries_by_default() -> None:
    assert ListQuery().limit == 50


@pytest.mark.parametrize(
    "parameters",
    [
        {"from": ""},
        {"from": "2026-02-30"},
        {"from": "2026-W47-5"},
        {"from": "2026-11-20T00:00:00Z"},
        {"from": "2026-11-02", "to": "2026-11-01"},
        {"project": ""},
        {"project": "x" * 101},
        {"project": " \u200b"},
        {"project": "x\u202e"},
        {"project": "M\ufffdller"},
        {"status": "open"},
        {"order": "up"},
        {"limit": "0"},
        {"limit": "101"},
        {"limit": "-1"},
        {"limit": "1.0"},
        {"limit": "９"},
        {"limit": ""},
        {"limit": "1" * 5000},
        {"limit": "0001"},
        {"limit": "01001"},
        {"limit": "00019999999999999999999999"},
        {"user_id": "auth0|carl"},
        {"sort": "date"},
    ],
)
def test_a_problem_names_the_bad_or_unknown_parameter(parameters: dict[str, str]) -> None:
    with pytest.raises(Problem) as refusal:
        parse_filters(parameters, OWN_LIST)
    assert refusal.value.code == "malformed_request"
    assert f"'{next(iter(parameters))}'" in refusal.value.detail


@pytest.mark.parametrize("number", [0, 1, 48211, 999_999_999_999_999])
def test_the_feed_starts_after_a_number(number: int) -> None:
    assert parse_filters({"after": str(number), "limit": "7"}, CHANGES) == {"after": number, "limit": 7}


@pytest.mark.parametrize(
    "parameters",
    [
        *({"after": text} for text in ("", "-1", "+1", " 1", "1.0", "1e3", "01", "00", "\u0661", "null")),
        {"after": "1000000000000000"},
        {"after": "9" * 5000},
        {"limit": "0"},
        {"limit": "101"},
        {"from": "2026-11-01"},
        {"cursor": "abc"},
    ],
)
def test_a_problem_names_the_bad_or_unknown_parameter_of_the_feed(parameters: dict[str, str]) -> None:
    with pytest.raises(Problem) as refusal:
        parse_filters(parameters, CHANGES)
    assert refusal.value.code == "malformed_request"
    assert f"'{next(iter(parameters))}'" in refusal.value.detail
