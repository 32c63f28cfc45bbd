"""Random histories of entries, and the promises of the log that hold after any of them."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TYPE_CHECKING, Any

from tests.store.support import NOW, entry, listed
from timesheets.bulk.upload import Upload
from timesheets.model.change import Change
from timesheets.model.entry import Decision, Entry, corrected, decided, reopened
from timesheets.model.errors import Problem
from timesheets.model.ids import id_of_request
from timesheets.model.results import RowResult
from timesheets.model.rows import Row
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.items import from_item, is_entry
from timesheets.store.log import HEAD_KEY, LOG_PREFIX, change_of, number_of
from timesheets.stream.events import state_change

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

OWNERS = ("auth0|ana", "auth0|carl", "auth0|dora")
SOURCE = "timesheets-import"


class Writer:
    """Makes random changes of anyone's entries, beside other writers, and keeps those that succeed."""

    def __init__(self, table: Table, random: Random, name: str = "mia") -> None:
        self._table = table
        self._entries = Entries(table)
        self._random = random
        self._name = f"auth0|{name}"
        self.made: set[tuple[str, int, str]] = set()
        """Id, version and kind of each change but those of imports."""
        self.imported: set[tuple[str, int]] = set()

    def step(self) -> None:
        """Try to make one change."""
        moves: list[Callable[[], None]] = [self._create, self._upload, *[self._change] * 3]
        with suppress(Problem):  # another writer was first, or the entry's state does not allow it
            self._random.choice(moves)()

    def _create(self) -> None:
        owner, key = self._random.choice(OWNERS), self._random.randrange(40)
        keyed: Any = (
            {"id": id_of_request(owner, f"key {key}"), "request_digest": "digest"} if key < 20 else {}
        )
        one, is_new = self._entries.add(entry(owner, **keyed))
        if is_new:
            self.made.add((one.id, 1, "created"))

    def _change(self) -> None:
        found = listed(self._entries, self._random.choice(OWNERS))
        if not found:
            return
        old = self._random.choice(found)
        if self._random.random() < 0.2 and old.status != "approved":
            self._entries.remove(old, by=self._name, now=NOW)
            self.made.add((old.id, old.version + 1, "deleted"))
            return
        kind, new = self._next(old)
        self._entries.replace(old, new, kind)
        if new is not old:
            self.made.add((new.id, new.version, kind))

    def _next(self, old: Entry) -> tuple[Any, Entry]:
        """Return a random change of an entry; reviewers are other people than owners."""
        if old.status != "pending" and self._random.random() < 0.5:
            return "reopened", reopened(old, reviewer=self._name, now=NOW)
        if self._random.random() < 0.5:
            choices: list[dict[str, Any]] = [
                {"hours": Decimal(self._random.randrange(1, 24))},
                {"date": self._day()},
                {"notes": "on site"},
            ]
            changes = self._random.choice(choices)
            return "corrected", corrected(old, changes, by=self._name, now=NOW)
        decision = Decision(approved=self._random.random() < 0.5, reason=None)
        return decision.status, decided(old, decision, reviewer=self._name, now=NOW)

    def _upload(self) -> None:
        """Import a row that creates, changes or moves an entry."""
        fields = {"date": self._day(), "project": "Import", "hours": Decimal(self._random.randrange(1, 24))}
        external_id = f"row {self._random.randrange(6)}"
        row = Row(fields=fields, user_id=self._random.choice(OWNERS), external_id=external_id)
        (result,) = Upload(self._table, source=SOURCE, key=None, clock=lambda: NOW).run([row])
        if isinstance(result, RowResult) and result.entry:
            self.imported.add((result.entry.id, result.entry.version))

    def _day(self) -> date:
        return date(2026, 11, 1) + timedelta(days=self._random.randrange(30))


def changes_in(client: "DynamoDBClient", table: str, writers: Iterable[Writer]) -> list[Change]:
    """Check the numbered log of a table against its entries and writers; return its changes by number."""
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    items: list[Any] = [item for page in pages for item in page["Items"]]
    changes = [change_of(item) for item in items if item["SK"]["S"].startswith(LOG_PREFIX)]
    changes.sort(key=lambda change: change.number or 0)
    histories = defaultdict[str, list[Change]](list)
    for change in changes:
        histories[change.entry_id].append(change)
    assert [change.number for change in changes] == list(range(1, len(changes) + 1))
    (head,) = (number_of(item) for item in items if item["PK"] == HEAD_KEY["PK"])
    assert head == len(changes)
    for history in histories.values():
        first = history[0].version
        assert [change.version for change in history] == list(range(first, first + len(history)))
        assert [change.kind for change in history].index("created") == 0
        assert "created" not in [change.kind for change in history[1:]]
        assert "deleted" not in [change.kind for change in history[:-1]]
    entries = {item["SK"]["S"]: from_item(item) for item in items if is_entry(item)}
    assert copy_of(changes) == entries
    records = {item["entry_id"]["S"] for item in items if item["PK"]["S"].startswith("IMPORT#")}
    assert records == {one.id for one in entries.values() if one.source}
    logged = {(change.entry_id, change.version, change.kind) for change in changes if change.by != SOURCE}
    made = {change for writer in writers for change in writer.made}
    assert logged <= made
    # A deletion of an entry that another deletion or an import has removed meanwhile is not a change.
    deleted = {change.entry_id for change in changes if change.kind == "deleted"}
    assert {entry_id for entry_id, _, kind in made - logged if kind == "deleted"} <= deleted
    assert {kind for _, _, kind in made - logged} <= {"deleted"}
    imported = {(change.entry_id, change.version) for change in changes}
    assert imported >= {made for writer in writers for made in writer.imported}
    return changes


def numbers_of_events(changes: Iterable[Change]) -> list[int | None]:
    """Return the numbers of the changes that have an event: those that changed a status."""
    by_version = {(change.entry_id, change.version): change for change in changes}
    made = [
        state_change(change, by_version.get((change.entry_id, change.version - 1)))
        for change in by_version.values()
    ]
    return [event.number for event in made if event]


def copy_of(feed: Iterable[Change]) -> dict[str, Entry]:
    """Return the copy of all entries that a reader of the feed has: the highest version of each."""
    latest: dict[str, Change] = {}
    for change in feed:
        if change.entry_id not in latest or latest[change.entry_id].version < change.version:
            latest[change.entry_id] = change
    gone = {"deleted", "erased"}
    return {
        change.entry_id: change.entry
        for change in latest.values()
        if change.entry and change.kind not in gone
    }
