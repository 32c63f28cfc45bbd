"""`make backfill` beside live writes: each change of each entry is logged once."""

import threading
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any

from ops.backfill import backfill
from tests.store.support import NOW, entry, listed
from tests.support import LONG
from timesheets.model.entry import Decision, Entry, corrected, decided
from timesheets.model.errors import Conflict
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.items import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ANA, CARL = "auth0|ana", "auth0|carl"
COUNT = 120 if LONG else 30


def repeat(write: Callable[[], None]) -> None:
    """Write until no other transaction interferes."""
    for _ in range(100):
        try:
            return write()
        except Conflict:
            continue
    raise Conflict


def change_all(store: Entries, entries: Sequence[Entry]) -> None:
    """Correct each entry; then delete a third of them and approve another third."""
    for n, one in enumerate(entries):
        new = corrected(one, {"hours": Decimal(1)}, by=CARL, now=NOW)
        repeat(partial(store.replace, one, new, "corrected"))
        if n % 3 == 0:
            repeat(partial(store.remove, new, by=CARL, now=NOW))
        elif n % 3 == 1:
            approved = decided(new, Decision(approved=True), reviewer="auth0|mia", now=NOW)
            repeat(partial(store.replace, new, approved, "approved"))


def test_live_writes_and_backfills_log_each_change_once(
    client: "DynamoDBClient", table: str, database: Table, store: Entries
) -> None:
    quiet, busy = ([entry(user) for _ in range(COUNT)] for user in (ANA, CARL))
    for one in quiet + busy:
        item: Any = to_item(one)
        client.put_item(TableName=table, Item=item)
    jobs: list[Callable[[], object]] = [
        partial(change_all, store, busy),
        partial(backfill, database),
        partial(backfill, database),
    ]
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert backfill(database)[True] == 0
    changes = Changes(database)
    for one in quiet:
        assert [change.entry for change in changes.own_history(ANA, one.id)] == [one]
    kept = {one.id: one for one in listed(store, CARL)}
    for n, one in enumerate(busy):
        history = changes.own_history(CARL, one.id)
        kinds = [change.kind for change in history]
        steps = ["corrected", *[["deleted"], ["approved"], []][n % 3]]
        # The backfill of an entry may come before or after its first live write.
        first = history[0].version
        assert kinds in (steps, ["created", *steps])
        assert [change.version for change in history] == list(range(first, first + len(history)))
        assert (first == 1) == (kinds[0] == "created")
        assert kinds[-1] == "deleted" or history[-1].entry == kept[one.id]
