"""Bodies of requests: new entries, merge patches and decisions."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support import DATES
from tests.unit.timesheets.model.support import FIELDS
from timesheets.model.entry import Decision, parse_changes, parse_decision, parse_entry
from timesheets.model.errors import Problem
from timesheets.web.problems import problem_json


def errors_of(body: object) -> dict[str, str]:
    with pytest.raises(Problem) as refusal:
        parse_entry(body, DATES)
    assert refusal.value.code == "invalid_entry"
    return {error.pointer: error.detail for error in refusal.value.errors}


def test_an_entry_has_a_date_a_project_hours_and_notes() -> None:
    assert parse_entry(FIELDS, DATES) == {
        "date": date(2026, 11, 20),
        "project": "StoreZero",
        "hours": Decimal("7.25"),
    }
    assert parse_entry(FIELDS | {"notes": " Release\n"}, DATES)["notes"] == "Release"


def test_every_error_is_reported_at_once() -> None:
    body = {"date": "2026-02-30", "project": " ", "hours": Decimal(0), "notes": 1, "hour": 1, "a/b~c": 1}
    assert list(errors_of(body)) == ["/date", "/project", "/hours", "/notes", "/hour", "/a~1b~0c"]


def test_missing_fields_are_named() -> None:
    assert errors_of({}) == {"/date": "is required", "/project": "is required", "/hours": "is required"}


@pytest.mark.parametrize("body", [[], [FIELDS], "text", Decimal(1), True, None])
def test_a_body_that_is_not_an_object_is_refused_as_a_whole(body: object) -> None:
    assert list(errors_of(body)) == [""]


def test_server_fields_are_ignored() -> None:
    sent = {
        "id": "1",
        "user_id": "someone-else",
        "user_email": "x",
        "user_name": "x",
        "status": "approved",
        "approved": True,
        "reviewed_by": "me",
        "reviewed_at": "now",
        "reason": "x",
        "source": "x",
        "created_at": "x",
        "modified_at": "x",
        "version": Decimal(9),
    }
    assert parse_entry(FIELDS | sent, DATES) == parse_entry(FIELDS, DATES)


def test_a_problem_stays_small_for_a_body_of_many_long_names() -> None:
    sent = {f"{i}{'x' * 1000}": 1 for i in range(5000)}
    with pytest.raises(Problem) as refusal:
        parse_entry(FIELDS | sent, DATES)
    assert len(json.dumps(problem_json(refusal.value))) < 20_000
    assert refusal.value.errors[-1].detail == "has 4950 more unknown fields"


anything = st.recursive(
    st.none() | st.booleans() | st.text() | st.decimals(allow_nan=True),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["date", "project", "hours", "notes", "x"]), anything) | anything)
def test_any_body_is_an_entry_or_a_problem_with_errors(body: Any) -> None:
    try:
        fields = parse_entry(body, DATES)
    except Problem as problem:
        assert problem.errors
    else:
        assert 0 < fields["hours"] <= 24
        assert 1 <= len(fields["project"]) <= 100


@pytest.mark.parametrize(
    ("body", "changes"),
    [
        ({}, {}),
        ({"hours": Decimal(8)}, {"hours": Decimal(8)}),
        ({"notes": None}, {"notes": None}),
        ({"project": " X ", "version": Decimal(3)}, {"project": "X"}),
        ({"date": "2026-11-19"}, {"date": date(2026, 11, 19)}),
    ],
)
def test_a_merge_patch_has_only_the_changes(body: object, changes: dict[str, Any]) -> None:
    assert parse_changes(body, DATES) == changes


@pytest.mark.parametrize("body", [{"hours": None}, {"date": None}, {"project": None}, {"hour": 1}, [], None])
def test_a_merge_patch_clears_only_notes(body: object) -> None:
    with pytest.raises(Problem) as refusal:
        parse_changes(body, DATES)
    assert refusal.value.code == "invalid_entry"


@pytest.mark.parametrize(
    ("body", "decision"),
    [
        ({}, Decision(approved=True)),
        ({"approved": True}, Decision(approved=True)),
        (
            {"approved": False, "reason": " Which customer? "},
            Decision(approved=False, reason="Which customer?"),
        ),
    ],
)
def test_a_decision_approves_or_rejects_with_a_reason(body: object, decision: Decision) -> None:
    assert parse_decision(body) == decision


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"reason": "x"}, ["/approved"]),
        ({"approved": "yes"}, ["/approved"]),
        ({"approved": Decimal(1)}, ["/approved"]),
        ({"approved": None}, ["/approved"]),
        ({"approved": False}, ["/reason"]),
        ({"approved": False, "reason": "  "}, ["/reason"]),
        ({"approved": False, "reason": "x" * 1001}, ["/reason"]),
        ({"approved": True, "reason": "fine"}, ["/reason"]),
        ({"aproved": False}, ["/approved", "/aproved"]),
        ([], [""]),
        (None, [""]),
    ],
)
def test_other_decisions_are_refused(body: object, pointers: list[str]) -> None:
    with pytest.raises(Problem) as refusal:
        parse_decision(body)
    assert [error.pointer for error in refusal.value.errors] == pointers
