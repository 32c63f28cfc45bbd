"""`make restore`: lost entries come back as new versions, existing and deleted ones stay."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ops import restore
from ops.environment import StepFailed
from ops.restore import Restorer
from tests.support import table_definition
from tests.unit.support import APPROVED, NOW, PENDING, REMINDER
from timesheets.model.change import Change, change_to
from timesheets.model.entry import Entry, corrected, rfc3339
from timesheets.model.errors import Conflict, NotFound
from timesheets.model.ids import HALF, id_of_request, new_id
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Action, Table
from timesheets.store.entries import Entries
from timesheets.store.imports import Imports
from timesheets.store.items import erasure_key, import_item, import_key, to_item, tombstone
from timesheets.store.log import HEAD_KEY
from timesheets.store.reminders import Reminders

IMPORTED = replace(PENDING, id=new_id("auth0|ana"), source="job", external_id="1")
KEYED = replace(PENDING, id=id_of_request("auth0|ana", "key"), request_digest="digest")
ROW = import_item("job", "1", IMPORTED.id, "digest")
pytestmark = pytest.mark.usefixtures("table")


class Tables:
    """A restored table and the stack's own."""

    def __init__(self, client: Any, template: dict[str, Any]) -> None:
        self.client = client
        self.source, self.target = Table(client, "restored"), Table(client, "timesheets")
        self.restorer = Restorer(self.source, self.target)
        self.store, self.changes = Entries(self.target), Changes(self.target)
        client.create_table(TableName="restored", **table_definition(template))

    def put(self, table: str, *items: dict[str, Any]) -> None:
        for item in items:
            self.client.put_item(TableName=table, Item=item)

    def entry(self, entry: Entry) -> Entry | None:
        try:
            return self.store.find(entry.id)
        except NotFound:
            return None

    def history(self, entry: Entry) -> list[Change]:
        return self.changes.own_history(entry.user_id, entry.id)


def as_restored(entry: Entry, now: Entry | None, version: int) -> Entry:
    """Return an entry as it is expected after its restoration."""
    assert now is not None
    assert now.modified_at > entry.modified_at
    return replace(entry, version=version, modified_at=now.modified_at, modified_by="restore")


@pytest.fixture
def tables(dynamodb: Any, template: dict[str, Any]) -> Tables:
    return Tables(dynamodb, template)


def test_missing_entries_are_restored_once(tables: Tables) -> None:
    entries = (PENDING, KEYED, IMPORTED)
    tables.put("restored", *map(to_item, entries), ROW)
    Reminders(tables.source).mark(REMINDER, rfc3339(NOW))
    restored = {entry.id: "restored" for entry in entries}
    assert dict(replace(tables.restorer, dry_run=True).restore_missing()) == restored
    assert tables.entry(PENDING) is None
    assert dict(tables.restorer.restore_missing()) == restored
    for entry in entries:
        assert (now := tables.entry(entry)) == as_restored(entry, now, 2)
        assert tables.history(entry) == [change_to("restored", now)]
    row = tables.target.get(import_key("job", "1"))
    assert row["entry_id"]["S"] == IMPORTED.id
    assert dict(tables.restorer.restore_missing()) == dict.fromkeys(restored, "present")


def test_the_log_goes_on_in_the_target_and_is_not_copied(tables: Tables) -> None:
    for table in (tables.source, tables.target):
        Entries(table).add(PENDING)
    Entries(tables.source).replace(PENDING, APPROVED, "approved")
    number = {"log_number": {"N": "7"}}
    tables.put("restored", HEAD_KEY | number)
    lost = to_item(PENDING)
    tables.client.delete_item(TableName="timesheets", Key={name: lost[name] for name in ("PK", "SK")})
    assert list(tables.restorer.restore_missing()) == [(PENDING.id, "restored")]
    assert (now := tables.entry(PENDING)) == as_restored(APPROVED, now, 2)
    assert tables.history(PENDING) == [change_to("created", PENDING), change_to("restored", now)]
    assert tables.target.get(HEAD_KEY) == {}


def test_existing_and_deleted_entries_stay(tables: Tables) -> None:
    deleted = replace(PENDING, id=new_id("auth0|ana"))
    tables.put("restored", to_item(PENDING), to_item(KEYED), to_item(deleted))
    tables.put("timesheets", to_item(APPROVED), tombstone(KEYED))
    tables.store.add(deleted)
    tables.store.remove(deleted, by="auth0|ana", now=NOW)
    outcomes = {PENDING.id: "present", KEYED.id: "deleted", deleted.id: "deleted"}
    assert dict(tables.restorer.restore_missing()) == outcomes
    assert [tables.entry(entry) for entry in (PENDING, KEYED, deleted)] == [APPROVED, None, None]
    assert tables.restorer.restore(deleted.id) == "restored"
    assert (now := tables.entry(deleted)) == as_restored(deleted, now, 3)
    assert [change.kind for change in tables.history(deleted)] == ["created", "deleted", "restored"]


def test_a_used_key_stays_used(tables: Tables) -> None:
    tables.put("restored", tombstone(KEYED))
    for _ in range(2):
        assert list(tables.restorer.restore_missing()) == []
    assert tables.store.add(KEYED) == (KEYED, False)


def test_a_row_imported_again_is_not_doubled(tables: Tables) -> None:
    again = replace(IMPORTED, id=new_id("auth0|ana"))
    tables.put("restored", to_item(IMPORTED), ROW)
    Imports(tables.target).add(again, "digest")
    assert list(tables.restorer.restore_missing()) == [(IMPORTED.id, "imported again")]
    assert tables.entry(IMPORTED) is None
    with pytest.raises(StepFailed, match="belongs to another entry"):
        tables.restorer.restore(IMPORTED.id)


def test_a_named_entry_is_restored_as_a_new_version(tables: Tables) -> None:
    tables.store.add(PENDING)
    tables.put("restored", to_item(PENDING))
    spoilt = PENDING
    for hours in (1, 2):
        old, spoilt = spoilt, corrected(spoilt, {"hours": Decimal(hours)}, by="auth0|ana", now=NOW)
        tables.store.replace(old, spoilt, "corrected")
    assert tables.restorer.restore(PENDING.id) == "restored"
    assert (now := tables.entry(PENDING)) == as_restored(PENDING, now, spoilt.version + 1)
    assert [change.version for change in tables.history(PENDING)] == [1, 2, 3, 4]
    assert tables.restorer.restore(PENDING.id) == "present"


def test_a_named_entry_is_restored_after_its_deletion(tables: Tables) -> None:
    tables.put("restored", to_item(KEYED))
    tables.put("timesheets", tombstone(KEYED))
    assert tables.restorer.restore(KEYED.id) == "restored"
    assert (now := tables.entry(KEYED)) == as_restored(KEYED, now, 2)
    with pytest.raises(StepFailed, match="has no entry"):
        tables.restorer.restore(APPROVED.id[:-1] + "0")


def test_erased_entries_are_not_restored(tables: Tables) -> None:
    tables.put("restored", to_item(PENDING), tombstone(KEYED))
    tables.put("timesheets", erasure_key(PENDING.id[HALF:]))
    assert list(tables.restorer.restore_missing()) == [(PENDING.id, "erased")]
    assert tables.restorer.restore(PENDING.id) == "erased"
    assert [item["PK"]["S"][:6] for item in tables.client.scan(TableName="timesheets")["Items"]] == ["ERASED"]


class Interrupted(Table):
    """A table that others change before each of the first writes."""

    def __init__(self, client: Any, *others: Callable[[], object]) -> None:
        super().__init__(client, "timesheets")
        self.others = list(others)

    def write(self, *actions: Action) -> None:
        if self.others:
            self.others.pop(0)()
        super().write(*actions)


def test_a_live_write_is_not_lost(tables: Tables) -> None:
    tables.store.add(PENDING)
    tables.put("restored", to_item(replace(PENDING, notes="lost")))
    target = Interrupted(tables.client, lambda: tables.store.replace(PENDING, APPROVED, "approved"))
    assert Restorer(tables.source, target).restore(PENDING.id) == "restored"
    assert [change.kind for change in tables.history(PENDING)] == ["created", "approved", "restored"]


def test_an_erasure_beside_the_restoration_wins(tables: Tables) -> None:
    tables.put("restored", to_item(PENDING))
    target = Interrupted(tables.client, lambda: tables.put("timesheets", erasure_key(PENDING.id[HALF:])))
    assert list(Restorer(tables.source, target).restore_missing()) == [(PENDING.id, "erased")]


def test_an_entry_that_changes_all_the_time_is_not_restored(
    tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: Action) -> None:
        raise Conflict

    monkeypatch.setattr("ops.restore.time.sleep", lambda _: None)
    monkeypatch.setattr(tables.target, "write", lose)
    tables.put("restored", to_item(PENDING))
    with pytest.raises(StepFailed, match="run the command again"):
        tables.restorer.restore(PENDING.id)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["live", "restored"], "ENV must be one of dev, staging, prod, as in samconfig.toml"),
        (["dev", ""], "FROM must name the restored table"),
        (["dev", "restored", "an id"], "IDS has an id, which is no id"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        restore.main(arguments)
    assert message in capsys.readouterr().err
