"""Rows of a request that decides many entries."""

from decimal import Decimal
from typing import Any

import pytest

from timesheets.model.batch import DuplicateMember
from timesheets.model.decisions import DecisionRow, parse_decisions
from timesheets.model.entry import Decision
from timesheets.model.errors import Problem

APPROVE: dict[str, Any] = {"id": "1", "version": Decimal(3), "approved": True}
REJECT = APPROVE | {"approved": False, "reason": " Which customer? "}


def test_a_row_names_an_entry_its_version_and_a_decision() -> None:
    assert parse_decisions([APPROVE, REJECT, APPROVE | {"version": Decimal("1.0")}]) == [
        DecisionRow("1", 3, Decision(approved=True)),
        DecisionRow("1", 3, Decision(approved=False, reason="Which customer?")),
        DecisionRow("1", 1, Decision(approved=True)),
    ]


@pytest.mark.parametrize(
    ("row", "pointers"),
    [
        ({}, ["/id", "/version", "/approved"]),
        ([], [""]),
        (None, [""]),
        ("1", [""]),
        *((APPROVE | {"id": value}, ["/id"]) for value in (None, Decimal(1), ["1"], {"S": "1"}, True)),
        *(
            (APPROVE | {"version": value}, ["/version"])
            for value in (
                *map(Decimal, ("0", "-1", "1.5", "1000000000", "1e999999", "NaN")),
                "3",
                '"3"',
                True,
                None,
            )
        ),
        (APPROVE | {"approved": "true"}, ["/approved"]),
        (APPROVE | {"approved": None}, ["/approved"]),
        (APPROVE | {"reason": "Good"}, ["/reason"]),
        (REJECT | {"reason": " "}, ["/reason"]),
        ({name: REJECT[name] for name in ("id", "version", "approved")}, ["/reason"]),
        (APPROVE | {"user_id": "auth0|ana"}, ["/user_id"]),
        ({"id": None, "version": "x", "approved": 1, "a/b": 1}, ["/id", "/version", "/approved", "/a~1b"]),
    ],
)
def test_a_bad_row_is_a_problem_with_every_error(row: object, pointers: list[str]) -> None:
    first, bad, last = parse_decisions([APPROVE, row, REJECT])
    assert isinstance(bad, Problem)
    assert bad.code == "invalid_entry"
    assert [error.pointer for error in bad.errors] == pointers
    assert isinstance(first, DecisionRow)
    assert isinstance(last, DecisionRow)


@pytest.mark.parametrize(
    "body", [[], [APPROVE] * 101, APPROVE, {}, None, "x", Decimal(1), DuplicateMember("id")]
)
def test_anything_but_an_array_of_1_to_100_is_refused(body: object) -> None:
    with pytest.raises(Problem) as refusal:
        parse_decisions(body)
    assert refusal.value.code == "invalid_entry"
    assert [error.detail for error in refusal.value.errors] == ["must be an array of 1 to 100 decisions"]


def test_a_duplicate_member_refuses_only_its_row() -> None:
    good, bad = parse_decisions([APPROVE, DuplicateMember("approved")])
    assert isinstance(good, DecisionRow)
    assert isinstance(bad, Problem)
    assert bad.code == "malformed_request"
