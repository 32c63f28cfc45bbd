"""`make restore`: missing entries come back, existing ones stay."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from ops import restore
from ops.environment import StepFailed
from ops.restore import Restorer
from tests.support import table_definition
from tests.unit.support import APPROVED, NOW, PENDING
from timesheets.model.entry import Entry, corrected
from timesheets.model.ids import id_of_request, new_id
from timesheets.store.items import entry_key, from_item, import_item, import_key, is_entry, to_item, tombstone

IMPORTED = replace(PENDING, id=new_id("auth0|ana"), source="job", external_id="1")
KEYED = replace(PENDING, id=id_of_request("auth0|ana", "key"), request_digest="digest")
ROW = import_item("job", "1", IMPORTED.id, "digest")
pytestmark = pytest.mark.usefixtures("table")


class Tables:
    """A restored table and the stack's own."""

    def __init__(self, client: Any, template: dict[str, Any]) -> None:
        self.client = client
        self.restorer = Restorer(client, "restored", "timesheets")
        client.create_table(TableName="restored", **table_definition(template))

    def put(self, table: str, *items: dict[str, Any]) -> None:
        for item in items:
            self.client.put_item(TableName=table, Item=item)

    def entry(self, entry: Entry) -> Entry | None:
        item = self.client.get_item(TableName="timesheets", Key=entry_key(entry.id)).get("Item", {})
        return from_item(item) if is_entry(item) else None


@pytest.fixture
def tables(dynamodb: Any, template: dict[str, Any]) -> Tables:
    return Tables(dynamodb, template)


def test_missing_entries_are_restored_once(tables: Tables) -> None:
    tables.put("restored", to_item(PENDING), to_item(KEYED), to_item(IMPORTED), ROW)
    assert len(list(replace(tables.restorer, dry_run=True).restore_missing())) == 3
    assert tables.entry(PENDING) is None
    assert set(tables.restorer.restore_missing()) == {PENDING.id, KEYED.id, IMPORTED.id}
    assert [tables.entry(entry) for entry in (PENDING, KEYED, IMPORTED)] == [PENDING, KEYED, IMPORTED]
    row = tables.client.get_item(TableName="timesheets", Key=import_key("job", "1"))["Item"]
    assert row["entry_id"]["S"] == IMPORTED.id
    assert list(tables.restorer.restore_missing()) == []


def test_existing_and_deleted_entries_stay(tables: Tables) -> None:
    tables.put("restored", to_item(PENDING), to_item(KEYED))
    tables.put("timesheets", to_item(APPROVED), tombstone(KEYED))
    assert list(tables.restorer.restore_missing()) == []
    assert tables.entry(PENDING) == APPROVED
    assert tables.entry(KEYED) is None


def test_a_row_imported_again_is_not_doubled(tables: Tables) -> None:
    again = replace(IMPORTED, id=new_id("auth0|ana"))
    tables.put("restored", to_item(IMPORTED), ROW)
    tables.put("timesheets", to_item(again), import_item("job", "1", again.id, "digest"))
    assert list(tables.restorer.restore_missing()) == []
    assert tables.entry(IMPORTED) is None
    with pytest.raises(StepFailed, match="belongs to another entry"):
        tables.restorer.restore(IMPORTED.id)


def test_a_named_entry_is_restored_as_a_new_version(tables: Tables) -> None:
    spoilt = PENDING
    for hours in (1, 2):
        spoilt = corrected(spoilt, {"hours": Decimal(hours)}, by="auth0|ana", now=NOW)
    tables.put("restored", to_item(PENDING))
    tables.put("timesheets", to_item(spoilt))
    assert tables.restorer.restore(PENDING.id)
    assert (entry := tables.entry(PENDING))
    assert entry == replace(PENDING, version=spoilt.version + 1, modified_at=entry.modified_at)
    assert not tables.restorer.restore(PENDING.id)


def test_a_named_entry_is_restored_after_its_deletion(tables: Tables) -> None:
    tables.put("restored", to_item(KEYED))
    tables.put("timesheets", tombstone(KEYED))
    assert tables.restorer.restore(KEYED.id)
    assert tables.entry(KEYED) == KEYED
    with pytest.raises(StepFailed, match="has no entry"):
        tables.restorer.restore(APPROVED.id[:-1] + "0")


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
