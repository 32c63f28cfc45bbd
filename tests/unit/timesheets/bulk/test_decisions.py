"""The decision of one row about one entry."""

from dataclasses import replace

import pytest

from tests.unit.support import APPROVED, NOW, PENDING, REJECTED
from timesheets.bulk.decisions import decide
from timesheets.model.decisions import DecisionRow
from timesheets.model.entry import Decision, Entry, decided
from timesheets.model.errors import Problem

MIA = "auth0|mia"
APPROVE = Decision(approved=True)
REJECT = Decision(approved=False, reason="Which site?")
REOPENED = replace(PENDING, version=3)


def at(version: int, decision: Decision) -> DecisionRow:
    return DecisionRow(PENDING.id, version, decision)


@pytest.mark.parametrize("decision", [APPROVE, REJECT])
@pytest.mark.parametrize("entry", [PENDING, REOPENED])
def test_a_pending_entry_is_decided_at_its_version(decision: Decision, entry: Entry) -> None:
    expected = decided(entry, decision, reviewer=MIA, now=NOW)
    assert decide(at(entry.version, decision), entry, reviewer=MIA, now=NOW) == expected


@pytest.mark.parametrize(("decision", "entry"), [(APPROVE, APPROVED), (REJECT, REJECTED)])
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("reviewer", [MIA, "auth0|max"])
def test_a_decision_that_was_made_at_the_rows_version_is_unchanged(
    decision: Decision, entry: Entry, version: int, reviewer: str
) -> None:
    assert decide(at(version, decision), entry, reviewer=reviewer, now=NOW) is entry


@pytest.mark.parametrize(
    ("row", "entry", "code"),
    [
        (at(2, REJECT), APPROVED, "conflict"),
        (at(2, APPROVE), REJECTED, "conflict"),
        (at(1, REJECT), APPROVED, "version_mismatch"),
        (at(1, APPROVE), REJECTED, "version_mismatch"),
        (at(2, APPROVE), PENDING, "version_mismatch"),  # a version of the future
        (at(3, APPROVE), APPROVED, "version_mismatch"),
        (at(1, APPROVE), replace(PENDING, version=2), "version_mismatch"),
        (at(1, APPROVE), REOPENED, "version_mismatch"),
        (at(2, APPROVE), REOPENED, "version_mismatch"),
        (at(1, APPROVE), replace(APPROVED, version=3), "version_mismatch"),  # decided at a later version
    ],
)
def test_another_version_and_another_decision_are_refused(row: DecisionRow, entry: Entry, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        decide(row, entry, reviewer=MIA, now=NOW)
    assert refusal.value.code == code


@pytest.mark.parametrize("version", [1, 2, 9])
@pytest.mark.parametrize("entry", [PENDING, APPROVED, REJECTED])
def test_an_owner_is_refused_before_the_version_is_compared(version: int, entry: Entry) -> None:
    with pytest.raises(Problem) as refusal:
        decide(at(version, APPROVE), entry, reviewer=entry.user_id, now=NOW)
    assert refusal.value.code == "self_approval"
