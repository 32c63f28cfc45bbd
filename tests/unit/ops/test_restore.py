"""What comes back from a restored table, and what does not."""

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from moto import mock_aws

from ops import restore
from ops.restore import Restorer
from tests.support import table_definition
from tests.unit.handlers.test_publish_changes import APPROVED, NOW, PENDING
from timesheets.model.entry import Entry, corrected
from timesheets.model.ids import id_of_request, new_id
from timesheets.store.items import entry_key, from_item, import_item, import_key, is_entry, to_item, tombstone

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

IMPORTED = replace(PENDING, id=new_id("auth0|ana"), source="job", external_id="1")
KEYED = replace(PENDING, id=id_of_request("auth0|ana", "key"), request="digest")


class Tables:
    """The table as it was at a minute, and as it is."""

    def __init__(self, client: "DynamoDBClient", template: dict[str, Any]) -> None:
        self.client = client
        for name in ("was", "now"):
            client.create_table(TableName=name, **table_definition(template))

    def put(self, table: str, *items: dict[str, Any]) -> None:
        for item in items:
            self.client.put_item(TableName=table, Item=item)

    def now(self, key: dict[str, Any]) -> dict[str, Any]:
        return self.client.get_item(TableName="now", Key=key).get("Item", {})

    def entry(self, entry: Entry) -> Entry | None:
        item = self.now(entry_key(entry.id))
        return from_item(item) if is_entry(item) else None

    def restorer(self, *, dry_run: bool = False) -> Restorer:
        return Restorer(self.client, "was", "now", dry_run=dry_run)

    def lost(self) -> list[str]:
        return sorted(self.restorer().put_back_what_is_lost())


@pytest.fixture
def tables(dynamodb: "DynamoDBClient", template: dict[str, Any]) -> "Iterator[Tables]":
    with mock_aws():
        yield Tables(dynamodb, template)


def test_what_is_lost_comes_back_once(tables: Tables) -> None:
    tables.put("was", to_item(PENDING), to_item(KEYED), to_item(IMPORTED))
    tables.put("was", import_item("job", "1", IMPORTED.id, "digest"))
    assert len(list(tables.restorer(dry_run=True).put_back_what_is_lost())) == 3
    assert tables.entry(PENDING) is None
    assert tables.lost() == sorted([PENDING.id, KEYED.id, IMPORTED.id])
    assert [tables.entry(one) for one in (PENDING, KEYED, IMPORTED)] == [PENDING, KEYED, IMPORTED]
    assert tables.now(import_key("job", "1"))["entry_id"]["S"] == IMPORTED.id
    assert tables.lost() == []


def test_what_is_there_stays_as_it_is(tables: Tables) -> None:
    tables.put("was", to_item(PENDING), to_item(KEYED))
    tables.put("now", to_item(APPROVED), tombstone(KEYED, 1))
    assert tables.lost() == []
    assert tables.entry(PENDING) == APPROVED
    assert tables.entry(KEYED) is None


def test_a_row_that_was_sent_again_as_another_entry_is_not_doubled(tables: Tables) -> None:
    again = replace(IMPORTED, id=new_id("auth0|ana"))
    tables.put("was", to_item(IMPORTED), import_item("job", "1", IMPORTED.id, "digest"))
    tables.put("now", to_item(again), import_item("job", "1", again.id, "digest"))
    assert tables.lost() == []
    assert tables.entry(IMPORTED) is None
    with pytest.raises(LookupError, match="another entry's"):
        tables.restorer().put_back(IMPORTED.id)


def test_a_named_entry_becomes_what_it_was_as_a_new_version(tables: Tables) -> None:
    spoilt = corrected(corrected(PENDING, {"hours": Decimal(1)}, now=NOW), {"hours": Decimal(2)}, now=NOW)
    tables.put("was", to_item(PENDING))
    tables.put("now", to_item(spoilt))
    assert tables.restorer().put_back(PENDING.id)
    entry = tables.entry(PENDING)
    assert entry is not None
    assert entry == replace(PENDING, version=spoilt.version + 1, modified_at=entry.modified_at)
    assert not tables.restorer().put_back(PENDING.id)


def test_a_named_entry_comes_back_from_its_tombstone_too(tables: Tables) -> None:
    tables.put("was", to_item(KEYED))
    tables.put("now", tombstone(KEYED, 1))
    assert tables.restorer().put_back(KEYED.id)
    assert tables.entry(KEYED) == KEYED
    with pytest.raises(LookupError, match="holds no entry"):
        tables.restorer().put_back(APPROVED.id[:-1] + "0")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["live", "restored"], "ENV must be one of default, dev"),
        (["dev", ""], "FROM must name the restored table"),
        (["dev", "restored", "an id"], "no entry's id: an id"),
    ],
)
def test_a_wrong_use_is_told(arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        restore.main(arguments)
    assert caught.value.code == 2
    assert said in capsys.readouterr().err
