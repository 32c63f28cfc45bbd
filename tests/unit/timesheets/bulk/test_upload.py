"""Decisions about the rows of an upload."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from timesheets.bulk.upload import Creation, State, Update, decide
from timesheets.model.entry import Decision, Entry, decided, new_entry
from timesheets.model.errors import Problem
from timesheets.model.ids import new_id
from timesheets.model.results import RowResult
from timesheets.model.rows import Row
from timesheets.store.items import Import

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)
LATER_TEXT = "2026-11-20T09:35:00.000Z"


def row(**changes: Any) -> Row:
    fields = {"date": date(2026, 11, 20), "project": "StoreZero", "hours": Decimal(5), **changes}
    return Row(fields=fields, user_id=fields.pop("user_id", "007"), external_id="1")


def created_by(one: Row) -> Entry:
    return new_entry(
        one.fields, id=new_id(one.user_id), user_id=one.user_id, external_id="1", source="import", now=NOW
    )


OLD_ROW = row(notes="Release")
OLD = created_by(OLD_ROW)
RECORD = Import(OLD.id, OLD_ROW.digest)
APPROVED = decided(OLD, Decision(approved=True), reviewer="auth0|mia", now=NOW)
REJECTED = decided(OLD, Decision(approved=False, reason="Why?"), reviewer="auth0|mia", now=NOW)
EDITED = replace(OLD, hours=Decimal(8), version=2)


def test_a_row_without_a_record_creates_an_entry() -> None:
    new = created_by(row())
    assert decide(row(), State(), new, now=LATER) == Creation(new)


@pytest.mark.parametrize("entry", [None, OLD, EDITED, APPROVED])
def test_a_row_that_was_imported_before_changes_nothing(entry: Entry | None) -> None:
    result = decide(OLD_ROW, State(RECORD, entry), created_by(OLD_ROW), now=LATER)
    assert result == RowResult("unchanged", OLD.id, entry)


@pytest.mark.parametrize("old", [OLD, EDITED, REJECTED])
def test_a_changed_row_replaces_all_fields_of_the_entry(old: Entry) -> None:
    changed = row(hours=Decimal(6))
    decision = decide(changed, State(RECORD, old), created_by(changed), now=LATER)
    assert isinstance(decision, Update)
    assert (decision.record, decision.old) == (RECORD, old)
    assert decision.new.modified_by == "import"
    expected = replace(OLD, hours=Decimal(6), notes=None, modified_at=LATER_TEXT, version=old.version + 1)
    assert decision.new == expected


def test_a_row_of_another_user_moves_the_entry_to_a_new_id() -> None:
    moved = row(user_id="008", notes="Release")
    new = created_by(moved)
    old = replace(OLD, user_email="007@exampleco.com", user_name="James")
    decision = decide(moved, State(RECORD, old), new, now=LATER)
    assert isinstance(decision, Update)
    assert decision.new == replace(OLD, id=new.id, user_id="008", modified_at=LATER_TEXT, version=2)


@pytest.mark.parametrize(("entry", "code"), [(APPROVED, "entry_locked"), (None, "conflict")])
def test_a_changed_row_of_an_approved_or_missing_entry_is_refused(entry: Entry | None, code: str) -> None:
    changed = row(hours=Decimal(6))
    with pytest.raises(Problem) as refusal:
        decide(changed, State(RECORD, entry), created_by(changed), now=LATER)
    assert refusal.value.code == code


def test_a_change_is_never_dated_before_the_entrys_last_change() -> None:
    changed = row(hours=Decimal(6))
    old = replace(OLD, modified_at=LATER_TEXT, version=2)
    decision = decide(changed, State(RECORD, old), created_by(changed), now=NOW)
    assert isinstance(decision, Update)
    assert decision.new.modified_at == LATER_TEXT


@pytest.mark.parametrize(
    ("state", "code"),
    [
        (State(), "invalid_entry"),
        (State(Import(new_id("008"), OLD_ROW.digest), OLD), "invalid_entry"),
        (State(RECORD), "conflict"),
        (State(RECORD, EDITED), "version_mismatch"),
    ],
)
def test_an_exported_row_never_creates_an_entry_nor_changes_a_later_version(state: State, code: str) -> None:
    exported = replace(row(hours=Decimal(6)), entry_id=OLD.id, version=1)
    new = replace(created_by(exported), source="erp")
    if state.entry:
        state = replace(state, entry=replace(state.entry, source="erp"))
    with pytest.raises(Problem) as refusal:
        decide(exported, state, new, now=LATER)
    assert refusal.value.code == code
