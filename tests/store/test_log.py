"""Each change of an entry writes a row of the log in the same transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.store.support import NOW, entry
from timesheets.model.change import Change, change_to, deletion
from timesheets.model.entry import Decision, corrected, decided, reopened
from timesheets.model.errors import Conflict
from timesheets.model.ids import id_of_request, new_id
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.imports import Imports
from timesheets.store.items import Import
from timesheets.store.log import LOG_PREFIX, change_of

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ANA = "auth0|ana"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def log(client: "DynamoDBClient", table: str) -> Callable[[], list[Change]]:
    """Return a function that returns all changes in the log, by entry and version."""

    def read() -> list[Change]:
        items: list[Any] = client.scan(TableName=table, ConsistentRead=True)["Items"]
        rows = [item for item in items if item["SK"]["S"].startswith(LOG_PREFIX)]
        return [change_of(row) for row in sorted(rows, key=lambda row: row["SK"]["S"])]

    return read


def test_every_change_is_logged_with_its_author(store: Entries, log: Callable[[], list[Change]]) -> None:
    created = entry(notes="first\nsecond")
    changed = corrected(created, {"hours": Decimal(8)}, by=ANA, now=LATER)
    rejected = decided(changed, Decision(approved=False, reason="Why?"), reviewer="auth0|mia", now=LATER)
    pending = reopened(rejected, reviewer="auth0|max", now=LATER)
    approved = decided(pending, Decision(approved=True), reviewer="auth0|mia", now=LATER)
    again = reopened(approved, reviewer="auth0|mia", now=LATER)
    store.add(created)
    store.replace(created, changed, "corrected")
    store.replace(changed, rejected, "rejected")
    store.replace(rejected, pending, "reopened")
    store.replace(pending, approved, "approved")
    store.replace(approved, again, "reopened")
    store.remove(again, by=ANA, now=LATER)
    changes = log()
    assert changes == [
        change_to("created", created),
        change_to("corrected", changed),
        change_to("rejected", rejected),
        change_to("reopened", pending),
        change_to("approved", approved),
        change_to("reopened", again),
        deletion(again, by=ANA, at=again.modified_at),
    ]
    assert [change.by for change in changes] == [
        ANA, ANA, "auth0|mia", "auth0|max", "auth0|mia", "auth0|mia", ANA
    ]  # fmt: skip
    assert [change.version for change in changes] == [1, 2, 3, 4, 5, 6, 7]


def test_a_change_that_loses_a_race_is_not_logged(store: Entries, log: Callable[[], list[Change]]) -> None:
    one = entry()
    store.add(one)
    winner = decided(one, Decision(approved=True), reviewer="auth0|mia", now=LATER)
    store.replace(one, winner, "approved")
    with pytest.raises(Conflict):
        store.replace(one, corrected(one, {"hours": Decimal(1)}, by=ANA, now=LATER), "corrected")
    with pytest.raises(Conflict):
        store.remove(one, by=ANA, now=LATER)
    assert log() == [change_to("created", one), change_to("approved", winner)]


def test_a_repeated_change_is_logged_once(store: Entries, log: Callable[[], list[Change]]) -> None:
    one = entry(id=id_of_request(ANA, "key"), request_digest="digest")
    changed = corrected(one, {"hours": Decimal(1)}, by=ANA, now=LATER)
    for _ in range(2):
        store.add(one)
    for _ in range(2):
        store.replace(one, changed, "corrected")
    for _ in range(2):
        store.remove(changed, by=ANA, now=LATER)
    assert [change.kind for change in log()] == ["created", "corrected", "deleted"]


def test_each_step_of_an_import_is_logged(
    store: Entries, imports: Imports, log: Callable[[], list[Change]]
) -> None:
    one = entry(external_id="row 1", source="timesheets-import")
    changed = corrected(one, {"hours": Decimal(1)}, by="timesheets-import", now=LATER)
    moved = replace(
        corrected(changed, {"hours": Decimal(2)}, by="timesheets-import", now=LATER),
        id=new_id("auth0|carl"),
        user_id="auth0|carl",
    )
    imports.add(one, "a")
    imports.replace(Import(one.id, "a"), one, changed, "b")
    imports.replace(Import(one.id, "b"), changed, moved, "c")
    store.remove(moved, by="auth0|carl", now=LATER)
    changes: dict[str, list[Change]] = {change.entry_id: [] for change in log()}
    for change in log():
        changes[change.entry_id].append(change)
    assert changes[one.id] == [
        change_to("created", one),
        change_to("corrected", changed),
        deletion(changed, by="timesheets-import", at=moved.modified_at),
    ]
    assert changes[moved.id] == [
        change_to("created", moved),
        deletion(moved, by="auth0|carl", at=moved.modified_at),
    ]


def test_a_version_without_an_author_is_logged_without_one(
    store: Entries, log: Callable[[], list[Change]]
) -> None:
    old = replace(entry(), modified_by=None)  # from before the field
    store.add(old)
    assert [change.by for change in log()] == [None]


def test_an_entry_that_was_never_stored_is_deleted_without_a_change(
    database: Table, log: Callable[[], list[Change]]
) -> None:
    Entries(database).remove(entry(), by=ANA, now=LATER)
    assert log() == []
