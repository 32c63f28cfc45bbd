"""Changes of an entry."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from timesheets.model.entry import (
    MEMBERS,
    SERVER_FIELDS,
    Decision,
    Entry,
    check_unlocked,
    corrected,
    decided,
    new_entry,
    reopened,
)
from timesheets.model.errors import Problem

LOGGED = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER = datetime(2026, 11, 20, 10, 0, 0, 1999, tzinfo=UTC)

PENDING = new_entry(
    {"date": date(2026, 11, 20), "project": "StoreZero", "hours": Decimal("7.25"), "notes": "Release"},
    id="1",
    user_id="auth0|ana",
    now=LOGGED,
)
APPROVE, REJECT = Decision(approved=True), Decision(approved=False, reason="Which customer?")
APPROVED = decided(PENDING, APPROVE, reviewer="auth0|mia", now=LATER)
REJECTED = decided(PENDING, REJECT, reviewer="auth0|mia", now=LATER)

NOW_PENDING = {"status": "pending", "reviewed_by": None, "reviewed_at": None, "reason": None}
BY_MIA = {"modified_by": "auth0|mia"}
REASON = {"status": "rejected", "reason": "Which customer?"}
NOW_DECIDED = {"reviewed_by": "auth0|mia", "reviewed_at": "2026-11-20T10:00:00.001Z"}

type Change = Callable[[Entry], Entry]


def correct(**changes: Any) -> Change:
    return lambda entry: corrected(entry, changes, by="auth0|ana", now=LATER)


def decide(decision: Decision, reviewer: str = "auth0|mia") -> Change:
    return lambda entry: decided(entry, decision, reviewer=reviewer, now=LATER)


def reopen(reviewer: str = "auth0|mia") -> Change:
    return lambda entry: reopened(entry, reviewer=reviewer, now=LATER)


def test_a_new_entry_is_pending_at_version_1() -> None:
    assert PENDING.to_json() == {
        "id": "1",
        "user_id": "auth0|ana",
        "date": "2026-11-20",
        "project": "StoreZero",
        "hours": 7.25,
        "notes": "Release",
        "status": "pending",
        "approved": False,
        "created_at": "2026-11-20T09:30:00.000Z",
        "modified_at": "2026-11-20T09:30:00.000Z",
        "modified_by": "auth0|ana",
        "version": 1,
    }


@pytest.mark.parametrize(
    ("entry", "change", "expected"),
    [
        (PENDING, correct(hours=Decimal(8)), {"hours": Decimal(8)}),
        (PENDING, correct(date=date(2026, 1, 1)), {"date": date(2026, 1, 1)}),
        (PENDING, correct(notes=None), {"notes": None}),
        (REJECTED, correct(), NOW_PENDING),
        (REJECTED, correct(hours=Decimal(8)), NOW_PENDING | {"hours": Decimal(8)}),
        (PENDING, decide(APPROVE), NOW_DECIDED | BY_MIA | {"status": "approved"}),
        (PENDING, decide(REJECT), NOW_DECIDED | BY_MIA | REASON),
        (APPROVED, reopen(), NOW_PENDING | BY_MIA),
        (REJECTED, reopen(), NOW_PENDING | BY_MIA),
    ],
)
def test_a_change_increments_the_version(entry: Entry, change: Change, expected: dict[str, Any]) -> None:
    modified = {"modified_at": "2026-11-20T10:00:00.001Z", "modified_by": "auth0|ana"}
    next_version = replace(entry, **modified, version=entry.version + 1)  # type: ignore[arg-type]
    assert change(entry) == replace(next_version, **expected)


@pytest.mark.parametrize(
    ("entry", "change"),
    [
        (PENDING, correct()),
        (PENDING, correct(hours=Decimal("7.250"), project="StoreZero")),
        (APPROVED, decide(APPROVE)),
        (APPROVED, decide(APPROVE, "auth0|max")),
        (REJECTED, decide(REJECT)),
        (REJECTED, decide(Decision(approved=False, reason="Another"))),
        (PENDING, reopen()),
    ],
)
def test_an_unchanged_entry_keeps_its_version(entry: Entry, change: Change) -> None:
    assert change(entry) is entry


@pytest.mark.parametrize(
    ("entry", "change", "code"),
    [
        (APPROVED, correct(hours=Decimal(8)), "entry_locked"),
        (APPROVED, correct(), "entry_locked"),
        (APPROVED, decide(REJECT), "conflict"),
        (REJECTED, decide(APPROVE), "conflict"),
        (PENDING, decide(APPROVE, "auth0|ana"), "self_approval"),
        (APPROVED, decide(APPROVE, "auth0|ana"), "self_approval"),
        (PENDING, decide(REJECT, "auth0|ana"), "self_approval"),
        (APPROVED, reopen("auth0|ana"), "self_approval"),
        (PENDING, reopen("auth0|ana"), "self_approval"),
    ],
)
def test_a_forbidden_change_is_refused(entry: Entry, change: Change, code: str) -> None:
    with pytest.raises(Problem) as refusal:
        change(entry)
    assert refusal.value.code == code


def test_only_an_approved_entry_is_locked() -> None:
    check_unlocked(PENDING)
    check_unlocked(REJECTED)
    with pytest.raises(Problem, match="approved"):
        check_unlocked(APPROVED)


def test_approved_follows_the_status() -> None:
    assert [entry.to_json()["approved"] for entry in (PENDING, APPROVED, REJECTED)] == [False, True, False]


def test_positions_sort_by_date_creation_and_row() -> None:
    day_before = replace(PENDING, date=date(2026, 11, 19), created_at="2026-11-20T12:00:00.000Z")
    minute_after = replace(PENDING, created_at="2026-11-20T09:31:00.000Z", id="0")
    first_row, last_row = (replace(PENDING, id=str(9 - n), sequence=n) for n in (0, 9))
    positions = [e.position for e in (day_before, PENDING, first_row, last_row, minute_after)]
    assert positions == sorted(positions)


def test_the_fields_that_only_the_server_sets_follow_from_the_entry() -> None:
    assert {*MEMBERS} - {"date", "project", "hours", "notes", "external_id"} == SERVER_FIELDS
    assert not {"request_digest", "sequence"} & {*MEMBERS}
    assert "approved" in SERVER_FIELDS
