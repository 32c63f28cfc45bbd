"""The query parameters of a list."""

from datetime import date

import pytest

from timesheets.filters import ListQuery, parse_list_query
from timesheets.problems import Problem


@pytest.mark.parametrize(
    ("parameters", "query"),
    [
        ({}, ListQuery()),
        ({"from": "2026-11-01"}, ListQuery(first=date(2026, 11, 1))),
        ({"to": "2026-11-30"}, ListQuery(last=date(2026, 11, 30))),
        (
            {"from": "2026-11-01", "to": "2026-11-01"},
            ListQuery(first=date(2026, 11, 1), last=date(2026, 11, 1)),
        ),
        ({"project": "StoreZero"}, ListQuery(project="StoreZero")),
        ({"status": "approved"}, ListQuery(status="approved")),
        ({"order": "asc"}, ListQuery(ascending=True)),
        ({"order": "desc"}, ListQuery()),
        ({"limit": "100"}, ListQuery(limit=100)),
    ],
)
def test_good_parameters_are_read(parameters: dict[str, str], query: ListQuery) -> None:
    assert parse_list_query(parameters) == query


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
        parse_list_query(parameters)
    assert refusal.value.code == "malformed_request"
    assert f"'{next(iter(parameters))}'" in refusal.value.detail
