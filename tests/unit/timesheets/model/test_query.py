"""The query parameters of a list."""

from datetime import date
from typing import Any

import pytest

from timesheets.model.errors import Problem
from timesheets.model.query import APPROVALS, OWN_LIST, ListQuery, parse_filters


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
        ({"status": "approved"}, {"status": "approved"}),
        ({"order": "asc"}, {"ascending": True}),
        ({"order": "desc"}, {"ascending": False}),
        ({"limit": "100"}, {"limit": 100}),
        ({"cursor": "abc"}, {"cursor": "abc"}),
    ],
)
def test_good_parameters_are_read(parameters: dict[str, str], members: dict[str, Any]) -> None:
    assert parse_filters(parameters, OWN_LIST) == members


def test_approvals_are_narrowed_by_user_and_own_entries_by_status() -> None:
    assert parse_filters({"user_id": "auth0|carl"}, APPROVALS) == {"user_id": "auth0|carl"}
    for parameters, known in (({"user_id": "auth0|carl"}, OWN_LIST), ({"status": "pending"}, APPROVALS)):
        with pytest.raises(Problem, match="Unknown"):
            parse_filters(parameters, known)


def test_a_page_holds_50_unless_asked_otherwise() -> None:
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
def test_bad_or_unknown_parameters_are_refused_by_name(parameters: dict[str, str]) -> None:
    with pytest.raises(Problem) as refusal:
        parse_filters(parameters, OWN_LIST)
    assert refusal.value.code == "malformed_request"
    assert f"'{next(iter(parameters))}'" in refusal.value.detail
