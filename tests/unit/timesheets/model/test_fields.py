"""What clients may say of an entry."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timesheets.model.entry import json_number, parse_changes, parse_decision, parse_entry
from timesheets.model.errors import Problem
from timesheets.web.problems import problem_json

GOOD = {"date": "2026-11-20", "project": "StoreZero", "hours": Decimal("7.25")}


def faults(body: object) -> dict[str, str]:
    with pytest.raises(Problem) as refusal:
        parse_entry(body)
    assert refusal.value.code == "invalid_entry"
    return {fault.pointer: fault.detail for fault in refusal.value.errors}


@pytest.mark.parametrize(
    ("given_date", "kept"),
    [
        ("2026-11-20", date(2026, 11, 20)),
        ("2024-02-29", date(2024, 2, 29)),
        ("2017-05-10T17:40:20.095Z", date(2017, 5, 10)),
        ("2017-05-10T23:59:59-11:00", date(2017, 5, 10)),
        ("2017-05-10T00:00:00+14:00", date(2017, 5, 10)),
        ("2017-05-10T17:40", date(2017, 5, 10)),
    ],
)
def test_a_date_or_the_date_that_a_date_time_states_is_kept(given_date: str, kept: date) -> None:
    assert parse_entry(GOOD | {"date": given_date})["date"] == kept


@pytest.mark.parametrize(
    "bad",
    [
        "2026-02-30",
        "2026-13-01",
        "0000-01-01",
        "20261120",
        "2026-W47-5",
        "20.11.2026",
        "tomorrow",
        "",
        "2026-11-20 ",
        "2026-11-20Tnoon",
        "2026-11-20T25:00:00Z",
        "20261120T120000Z",
        "２０２６-11-20",
        1795167000,
        None,
        True,
        ["2026-11-20"],
    ],
)
def test_no_other_date_is_accepted(bad: object) -> None:
    assert list(faults(GOOD | {"date": bad})) == ["/date"]


@pytest.mark.parametrize(
    ("hours", "kept"),
    [
        (Decimal(5), "5"),
        (Decimal(24), "24"),
        (Decimal("0.01"), "0.01"),
        (Decimal("7.250"), "7.25"),
        (Decimal("2E+1"), "20"),
        ("7.25", "7.25"),
        ("8", "8"),
        (" 7.5 ", "7.5"),
    ],
)
def test_hours_are_kept_exactly(hours: object, kept: str) -> None:
    assert parse_entry(GOOD | {"hours": hours})["hours"] == Decimal(kept)


@pytest.mark.parametrize(
    "bad",
    [
        Decimal(0),
        Decimal(-1),
        Decimal("24.01"),
        Decimal("1e400"),
        Decimal("1e-400000"),
        Decimal("NaN"),
        Decimal("Infinity"),
        Decimal("-Infinity"),
        Decimal("7.255"),
        True,
        False,
        None,
        "abc",
        "",
        "NaN",
        "1_0",
        "0x10",
        "7,5",
        "1e1",
        "٧",
        "9" * 5000,
        [Decimal(1)],
        {},
    ],
)
def test_no_other_hours_are_accepted(bad: object) -> None:
    assert list(faults(GOOD | {"hours": bad})) == ["/hours"]


@pytest.mark.parametrize("project", ["x", "x" * 100, "Ünïcødé 🦆", "  padded  ", f" {'x' * 100} "])
def test_a_project_is_kept_without_the_space_around_it(project: str) -> None:
    assert parse_entry(GOOD | {"project": project})["project"] == project.strip()


@pytest.mark.parametrize("bad", ["", " ", "\t\n", "x" * 101, "\ud800", 5, None, ["x"]])
def test_no_other_project_is_accepted(bad: object) -> None:
    assert list(faults(GOOD | {"project": bad})) == ["/project"]


@pytest.mark.parametrize("notes", [None, "", "x" * 1000, "two\nlines"])
def test_notes_are_optional(notes: str | None) -> None:
    assert parse_entry(GOOD | {"notes": notes})["notes"] == notes
    assert "notes" not in parse_entry(GOOD)


@pytest.mark.parametrize("bad", ["x" * 1001, 5, "\udfff", ["x"]])
def test_no_other_notes_are_accepted(bad: object) -> None:
    assert list(faults(GOOD | {"notes": bad})) == ["/notes"]


def test_every_fault_is_named_at_once() -> None:
    body = {"date": "2026-02-30", "project": " ", "hours": Decimal(0), "notes": 1, "hour": 1, "a/b~c": 1}
    assert list(faults(body)) == ["/date", "/project", "/hours", "/notes", "/hour", "/a~1b~0c"]


def test_missing_fields_are_named() -> None:
    assert faults({}) == {"/date": "is required", "/project": "is required", "/hours": "is required"}


@pytest.mark.parametrize("body", [[], [GOOD], "text", Decimal(1), True, None])
def test_a_body_that_is_no_object_is_refused_as_a_whole(body: object) -> None:
    assert list(faults(body)) == [""]


def test_what_only_the_server_sets_is_accepted_and_not_used() -> None:
    sent = {
        "id": "1",
        "user_id": "someone-else",
        "user_email": "x",
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
    assert parse_entry(GOOD | sent) == parse_entry(GOOD)


def test_a_refusal_stays_small_whatever_was_sent() -> None:
    sent = {f"{i}{'x' * 1000}": 1 for i in range(5000)}
    with pytest.raises(Problem) as refusal:
        parse_entry(GOOD | sent)
    assert len(json.dumps(problem_json(refusal.value))) < 20_000
    assert refusal.value.errors[-1].detail == "has 4950 more unknown fields"


@given(st.decimals(min_value=Decimal("0.01"), max_value=24, places=2))
def test_hours_read_back_from_json_are_the_hours_sent(hours: Decimal) -> None:
    assert Decimal(json.dumps(json_number(hours))) == hours
    assert parse_entry(GOOD | {"hours": str(hours)})["hours"] == hours


anything = st.recursive(
    st.none() | st.booleans() | st.text() | st.decimals(allow_nan=True),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.sampled_from(["date", "project", "hours", "notes", "x"]), anything) | anything)
def test_any_body_is_either_an_entry_or_a_named_refusal(body: Any) -> None:
    try:
        fields = parse_entry(body)
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
def test_a_merge_patch_says_only_what_changes(body: object, changes: dict[str, Any]) -> None:
    assert parse_changes(body) == changes


@pytest.mark.parametrize("body", [{"hours": None}, {"date": None}, {"project": None}, {"hour": 1}, [], None])
def test_a_merge_patch_clears_notes_alone(body: object) -> None:
    with pytest.raises(Problem) as refusal:
        parse_changes(body)
    assert refusal.value.code == "invalid_entry"


@pytest.mark.parametrize(
    ("body", "approved", "reason"),
    [
        ({"approved": True}, True, None),
        ({"approved": False, "reason": " Which customer? "}, False, "Which customer?"),
    ],
)
def test_a_decision_is_to_approve_or_to_reject_with_a_reason(
    body: object,
    approved: bool,  # noqa: FBT001
    reason: str | None,
) -> None:
    decision = parse_decision(body)
    assert (decision.approved, decision.reason) == (approved, reason)


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/approved"]),
        ({"approved": "yes"}, ["/approved"]),
        ({"approved": Decimal(1)}, ["/approved"]),
        ({"approved": False}, ["/reason"]),
        ({"approved": False, "reason": "  "}, ["/reason"]),
        ({"approved": False, "reason": "x" * 1001}, ["/reason"]),
        ({"approved": True, "reason": "fine"}, ["/reason"]),
        ({"aproved": False}, ["/approved", "/aproved"]),
        ([], [""]),
    ],
)
def test_no_other_decision_is_accepted(body: object, pointers: list[str]) -> None:
    with pytest.raises(Problem) as refusal:
        parse_decision(body)
    assert [fault.pointer for fault in refusal.value.errors] == pointers
