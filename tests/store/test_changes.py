"""Histories, numbers and the feed of changes."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.store.support import NOW, entry
from timesheets.model.change import Change
from timesheets.model.entry import Decision, Entry, corrected, decided
from timesheets.model.errors import Conflict, NotFound
from timesheets.store.changes import MAX_NUMBERED, Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.log import BLOCK, HEAD_KEY, log_key
from timesheets.stream.numbering import number_entries

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ANA = "auth0|ana"
LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def changes(database: Table) -> Changes:
    return Changes(database)


def history(store: Entries, steps: int = 3) -> Entry:
    """Store an entry with `steps` versions and return it."""
    one = entry()
    store.add(one)
    for n in range(1, steps):
        new = corrected(one, {"hours": Decimal(n)}, by=ANA, now=LATER)
        store.replace(one, new, "corrected")
        one = new
    return one


def numbers(found: list[Change]) -> list[int | None]:
    return [change.number for change in found]


def move_head(client: "DynamoDBClient", table: str, number: int) -> None:
    client.put_item(TableName=table, Item={**HEAD_KEY, "log_number": {"N": str(number)}})


def test_a_history_is_in_order_of_version_and_ends_with_the_deletion(
    store: Entries, changes: Changes
) -> None:
    one = history(store, steps=12)
    store.remove(one, by=ANA, now=LATER)
    found = changes.own_history(ANA, one.id)
    assert [change.version for change in found] == list(range(1, 14))
    assert [change.kind for change in found] == ["created", *["corrected"] * 11, "deleted"]
    assert found == changes.others_history("auth0|mia", one.id)
    assert changes.find(one.id, 13) == found[-1]
    assert changes.find(one.id, 14) is None
    assert changes.last(one.id) == found[-1]
    assert changes.last("0" * 48) is None


@pytest.mark.parametrize("entry_id", ["", "1", "0" * 48])
def test_a_history_of_nothing_is_not_found(entry_id: str, changes: Changes) -> None:
    for read, user in ((changes.own_history, ANA), (changes.others_history, "auth0|mia")):
        with pytest.raises(NotFound):
            read(user, entry_id)


def test_a_history_is_found_only_on_its_side(store: Entries, changes: Changes) -> None:
    one = history(store)
    with pytest.raises(NotFound):
        changes.own_history("auth0|carl", one.id)
    with pytest.raises(NotFound):
        changes.others_history(ANA, one.id)


def test_numbers_have_no_gap_and_follow_the_versions(store: Entries, changes: Changes) -> None:
    first, second = history(store), history(store, steps=2)
    assert number_entries(changes, [second.id, first.id, first.id]) == set()
    assert numbers(changes.own_history(ANA, second.id)) == [1, 2]
    assert numbers(changes.own_history(ANA, first.id)) == [3, 4, 5]
    approved = decided(first, Decision(approved=True), reviewer="auth0|mia", now=LATER)
    store.replace(first, approved, "approved")
    for _ in range(2):
        assert number_entries(changes, [first.id, "0" * 48]) == set()
    feed = changes.read(0, 100)
    assert (feed.head, numbers(feed.changes)) == (6, [1, 2, 3, 4, 5, 6])
    assert feed.changes[-1].entry == approved


def test_a_batch_may_hold_more_changes_than_a_transaction(store: Entries, changes: Changes) -> None:
    entries = [history(store, steps=30) for _ in range(4)]
    assert number_entries(changes, [one.id for one in entries]) == set()
    assert numbers(changes.read(0, 200).changes) == list(range(1, 121))


def test_the_feed_is_read_in_pages_over_the_blocks_of_the_index(
    store: Entries, changes: Changes, client: "DynamoDBClient", table: str
) -> None:
    move_head(client, table, BLOCK - 5)
    entries = [history(store, steps=1) for _ in range(12)]
    number_entries(changes, [one.id for one in entries])
    after, found = BLOCK - 5, list[int | None]()
    while page := changes.read(after, 4).changes:
        found += numbers(page)
        after += len(page)
    assert found == list(range(BLOCK - 4, BLOCK + 8))
    assert numbers(changes.read(BLOCK - 5, 100).changes) == found
    assert changes.read(BLOCK + 7, 10).changes == []
    assert changes.read(BLOCK + 9999, 10).changes == []


def test_the_feed_ends_before_a_number_that_the_index_does_not_have_yet(
    store: Entries, changes: Changes, client: "DynamoDBClient", table: str
) -> None:
    one = history(store, steps=6)
    number_entries(changes, [one.id])
    key: Any = log_key(one.id, 4)
    client.update_item(TableName=table, Key=key, UpdateExpression="REMOVE log_block")
    feed = changes.read(0, 100)
    assert (feed.head, numbers(feed.changes)) == (6, [1, 2, 3])
    assert changes.read(3, 100).changes == []
    block: Any = {":block": {"N": "0"}}
    client.update_item(
        TableName=table,
        Key=key,
        UpdateExpression="SET log_block = :block",
        ExpressionAttributeValues=block,
    )
    assert numbers(changes.read(2, 2).changes) == [3, 4]


def test_a_change_gets_one_number(store: Entries, changes: Changes) -> None:
    one = history(store)
    keys = changes.unnumbered(one.id)
    changes.number(keys[:2])
    with pytest.raises(Conflict):
        changes.number(keys)
    assert number_entries(changes, [one.id]) == set()
    assert numbers(changes.own_history(ANA, one.id)) == [1, 2, 3]


class Refusing:
    """A client that fails to number some changes for good."""

    def __init__(self, client: "DynamoDBClient", *refused: Any) -> None:
        self._client = client
        self._refused = refused

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return getattr(self._client, operation)  # type: ignore[no-any-return]

    def transact_write_items(self, *, TransactItems: list[Any]) -> Any:  # noqa: N803 AWS's name
        keys = [target["Key"] for action in TransactItems for target in action.values()]
        if any(key in self._refused for key in keys):
            raise ValueError("a fault")
        return self._client.transact_write_items(TransactItems=TransactItems)


def test_a_change_that_cannot_be_numbered_holds_back_only_its_successors(
    store: Entries, changes: Changes, client: "DynamoDBClient", table: str
) -> None:
    one, *others = [history(store, steps=5) for _ in range(4)]
    refusing: Any = Refusing(client, log_key(one.id, 3))
    ids = [others[0].id, one.id, *(other.id for other in others[1:])]
    assert number_entries(Changes(Table(refusing, table)), ids) == {one.id}
    found = changes.own_history(ANA, one.id)
    assert [change.number is None for change in found] == [False, False, True, True, True]
    for other in others:
        assert None not in numbers(changes.own_history(ANA, other.id))
    assert numbers(changes.read(0, 100).changes) == list(range(1, 18))
    assert number_entries(changes, [one.id]) == set()
    assert numbers(changes.own_history(ANA, one.id))[2:] == [18, 19, 20]


def test_a_transaction_numbers_as_many_changes_as_it_may(store: Entries, changes: Changes) -> None:
    one = history(store, steps=MAX_NUMBERED)
    changes.number(changes.unnumbered(one.id))
    assert changes.read(0, 1).head == MAX_NUMBERED
