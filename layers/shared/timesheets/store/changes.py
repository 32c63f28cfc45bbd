"""The log of changes in the table: histories, numbers and the feed.

A change is written with its entry and gets its number later. Numbers have no gap: one transaction moves the
head and numbers the rows. The index of the numbered changes is eventually consistent, so a reader takes only
the run without a gap after its position.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Final

from timesheets.model.change import Change
from timesheets.model.errors import NotFound
from timesheets.model.ids import HALF, hash_of, owner_of
from timesheets.store.dynamodb import Action, Item, Table, number, update
from timesheets.store.items import partition_of
from timesheets.store.log import (
    CHANGES,
    HEAD_KEY,
    block_of,
    change_of,
    log_key,
    log_name,
    log_prefix,
    number_of,
    reader_key,
)

MAX_NUMBERED: Final = 99
"""Changes that one transaction numbers: it has at most 100 actions, and one moves the head."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A run of changes without a gap in their numbers."""

    log: str
    """The name of the log; a new name means that the numbers start again."""
    head: int
    """The last number that was given."""
    changes: list[Change]


class Changes:
    """The changes of all entries. Every method raises `Unavailable` as `Table` does."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def own_history(self, user_id: str, entry_id: str) -> list[Change]:
        """Return all changes of one of a user's own entries, deleted ones too, by version.

        Raises
        ------
        NotFound
            If there are none, or the entry belongs to another user.

        """
        if owner_of(entry_id) != hash_of(user_id):
            raise NotFound
        return self._history(entry_id)

    def others_history(self, user_id: str, entry_id: str) -> list[Change]:
        """Return all changes of an entry of another user, deleted ones too, by version.

        Raises
        ------
        NotFound
            If there are none, or the entry belongs to the user.

        """
        if owner_of(entry_id) in (None, hash_of(user_id)):
            raise NotFound
        return self._history(entry_id)

    def head(self) -> int:
        """Return the last number that was given."""
        return number_of(self._table.get(HEAD_KEY))

    def find(self, entry_id: str, version: int) -> Change | None:
        """Return the change that made a version of an entry; None if it was not logged."""
        item = self._table.get(log_key(entry_id, version))
        return change_of(item) if item else None

    def last(self, entry_id: str) -> Change | None:
        """Return the last change of an entry; None if it has none."""
        item = next(self._rows(entry_id, page_size=1), None)
        return change_of(item) if item else None

    def read(self, after: int, limit: int) -> Feed:
        """Return the changes after a number, at most `limit`, up to the first that is missing."""
        head = self._table.get(HEAD_KEY)
        last, changes = number_of(head), list[Change]()
        while (position := after + len(changes)) < last and len(changes) < limit:
            found = self._run(position + 1, limit - len(changes))
            changes += found
            if not found or block_of(position + len(found) + 1) == block_of(position + 1):
                break  # the index does not have the next number yet
        return Feed(log_name(self._table.name, head), last, changes)

    def unnumbered(self, entry_id: str) -> list[Item]:
        """Return the keys of an entry's changes that have no number, by version."""
        missing = "attribute_not_exists(log_number)"
        return self._all(entry_id, ProjectionExpression="PK, SK", FilterExpression=missing)

    def number(self, keys: Sequence[Item]) -> None:
        """Give the next numbers to at most `MAX_NUMBERED` changes, in order.

        Raises
        ------
        Conflict
            If the head has moved or one of the changes has a number by now; none is numbered then.

        """
        last = self.head()
        move = _move(HEAD_KEY, last, last + len(keys))
        self._table.write(move, *(_number(key, last + n) for n, key in enumerate(keys, 1)))

    def position(self, reader: str) -> int:
        """Return the number of the last change that a reader has worked on; 0 for a new reader."""
        return number_of(self._table.get(reader_key(reader)))

    def move(self, reader: str, old: int, new: int) -> None:
        """Move a reader's position.

        Raises
        ------
        Conflict
            If it is not `old` any more.

        """
        self._table.write(_move(reader_key(reader), old, new))

    def _history(self, entry_id: str) -> list[Change]:
        rows = self._all(entry_id)
        if not rows:
            raise NotFound
        return [change_of(row) for row in rows]

    def _all(self, entry_id: str, **options: object) -> list[Item]:
        """Return the rows of an entry by version, without a gap."""
        # A query is no snapshot. Read from the last version on: each earlier one was there before it.
        return list(self._rows(entry_id, page_size=0, **options))[::-1]

    def _rows(self, entry_id: str, *, page_size: int, **options: object) -> Iterator[Item]:
        """Yield the rows of an entry, the last version first."""
        values = {":owner": partition_of(entry_id[HALF:]), ":prefix": log_prefix(entry_id)}
        condition = "PK = :owner AND begins_with(SK, :prefix)"
        options |= {"ConsistentRead": True, "ScanIndexForward": False}
        return self._table.query(None, condition, values, page_size=page_size, **options)

    def _run(self, first: int, limit: int) -> list[Change]:
        """Return the changes from a number on in its block, at most `limit`, up to the first gap."""
        values = {":block": block_of(first), ":first": first}
        items = self._table.query(
            CHANGES, "log_block = :block AND log_number >= :first", values, page_size=limit
        )
        # Not one item more than `limit`: it would take another call.
        found = enumerate(map(change_of, islice(items, limit)), first)
        return [change for _, change in takewhile(lambda one: one[1].number == one[0], found)]


def _move(key: Item, old: int, new: int) -> Action:
    """Return the action that moves the head or a reader."""
    values = {":new": number(new)} | ({":old": number(old)} if old else {})
    unmoved = "log_number = :old" if old else "attribute_not_exists(log_number)"
    return update(key, "SET log_number = :new", values, unmoved)


def _number(key: Item, value: int) -> Action:
    """Return the action that numbers a change."""
    return update(
        key,
        "SET log_number = :number, log_block = :block",
        {":number": number(value), ":block": number(block_of(value))},
        "attribute_exists(PK) AND attribute_not_exists(log_number)",
    )
