"""`make backfill`: each entry from before the log gets its first row once."""

from dataclasses import replace
from typing import Any

import pytest

from ops.backfill import backfill, log_creation
from tests.unit.support import APPROVED, NOW, PENDING, REMINDER
from timesheets.model.change import Change
from timesheets.model.entry import rfc3339
from timesheets.model.errors import NotFound
from timesheets.model.ids import id_of_request, new_id
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.items import to_item, tombstone
from timesheets.store.reminders import Reminders

IMPORTED = replace(PENDING, id=new_id("auth0|ana"), source="job", external_id="1", modified_by=None)
KEYED = replace(PENDING, id=id_of_request("auth0|ana", "key"), request_digest="digest")


@pytest.fixture
def database(table: None, dynamodb: Any) -> Table:  # noqa: ARG001 the table is there
    return Table(dynamodb, "timesheets")


def put(database: Table, *items: Any) -> None:
    for item in items:
        database.client.put_item(TableName=database.name, Item=item)


def test_each_entry_without_a_row_gets_one(database: Table) -> None:
    logged = replace(PENDING, id=new_id("auth0|ana"))
    Entries(database).add(logged)
    put(database, to_item(APPROVED), to_item(IMPORTED), tombstone(KEYED))
    Reminders(database).mark(REMINDER, rfc3339(NOW))
    assert backfill(database, dry_run=True) == {True: 2, False: 1}
    assert Changes(database).last(APPROVED.id) is None
    assert backfill(database) == {True: 2, False: 1}
    for entry, by in ((APPROVED, "auth0|ana"), (IMPORTED, "job")):
        change = Change("created", entry.id, entry.version, entry.created_at, by, entry)
        assert Changes(database).own_history("auth0|ana", entry.id) == [change]
        assert Entries(database).find(entry.id) == entry
    assert backfill(database) == {False: 3}


def test_an_entry_that_was_changed_or_deleted_meanwhile_is_skipped(database: Table) -> None:
    put(database, to_item(PENDING), to_item(IMPORTED))
    Entries(database).replace(PENDING, APPROVED, "approved")
    Entries(database).remove(IMPORTED, by="auth0|ana", now=NOW)
    assert not log_creation(database, PENDING)
    assert not log_creation(database, IMPORTED)
    assert [change.kind for change in Changes(database).own_history("auth0|ana", PENDING.id)] == ["approved"]
    assert [change.kind for change in Changes(database).own_history("auth0|ana", IMPORTED.id)] == ["deleted"]


def test_an_entry_that_old_code_changed_or_deleted_is_read_again(database: Table) -> None:
    put(database, to_item(APPROVED))
    assert log_creation(database, PENDING)
    assert not log_creation(database, IMPORTED)
    (change,) = Changes(database).own_history("auth0|ana", PENDING.id)
    assert (change.version, change.entry) == (2, APPROVED)
    with pytest.raises(NotFound):
        Changes(database).own_history("auth0|ana", IMPORTED.id)
