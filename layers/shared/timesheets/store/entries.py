"""Entries in the table: find, list, add, replace and remove.

Every change is one transaction with its row of the log, on the condition of the state that was read.
"""

import heapq
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from operator import attrgetter
from typing import Final

from timesheets.model.change import ChangeKind, change_to, deletion
from timesheets.model.entry import Entry, modified_at
from timesheets.model.errors import Conflict, NotFound, Problem
from timesheets.model.ids import hash_of, owner_of
from timesheets.model.query import MAX_EXAMINED, ListQuery
from timesheets.store.dynamodb import (
    IS_NEW,
    Condition,
    ConditionFailed,
    Item,
    Table,
    absent_or,
    back_off,
    delete,
    equals,
    number,
    put,
)
from timesheets.store.items import (
    BY_DATE,
    PENDING,
    SHARDS,
    entry_key,
    from_item,
    import_key,
    is_entry,
    partition_of,
    to_item,
    tombstone,
)
from timesheets.store.log import log

_ATTEMPTS: Final = 6
"""To add an entry while another request adds the same."""


class Entries:
    """The entries of all users. Every method raises `Unavailable` as `Table` does."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find_own(self, user_id: str, entry_id: str) -> Entry:
        """Return one of a user's own entries.

        Raises
        ------
        NotFound
            If there is none, or it belongs to another user.

        """
        if owner_of(entry_id) != hash_of(user_id):
            raise NotFound
        return self.find(entry_id)

    def find(self, entry_id: str) -> Entry:
        """Return an entry of any user.

        Raises
        ------
        NotFound
            If there is none.

        """
        if not owner_of(entry_id):
            raise NotFound
        item = self._table.get(entry_key(entry_id))
        if not is_entry(item):
            raise NotFound
        return from_item(item)

    def find_many(self, entry_ids: Sequence[str]) -> dict[str, Entry]:
        """Return those of up to 100 entries, without repetition, that exist, by id."""
        items = self._table.get_many([entry_key(entry_id) for entry_id in entry_ids if owner_of(entry_id)])
        return {entry.id: entry for entry in map(from_item, filter(is_entry, items))}

    def entries_of(self, user_id: str, query: ListQuery) -> Iterator[Entry]:
        """Yield a user's entries in the order of a query, no more than one page can need.

        The query's dates apply; its other filters do not.
        """
        owner = partition_of(hash_of(user_id))
        return self._read(query, _examined(query), BY_DATE, "PK", owner, ConsistentRead=True)

    def pending(self, query: ListQuery) -> Iterator[Entry]:
        """Yield the entries of all users that wait for a decision, as `entries_of` does.

        The index is eventually consistent: an entry may appear or disappear a moment late.
        """
        # Read every shard, for one user, too: there may have been fewer shards when an entry was created.
        # A page of a shard holds its share and half as much again, so that few shards need a second page.
        wanted = _examined(replace(query, status=None))  # the index holds no other status
        page_size = math.ceil(1.5 * wanted / len(SHARDS)) + 2 if wanted else 0
        streams = [self._read(query, page_size, PENDING, PENDING, shard) for shard in SHARDS]
        return heapq.merge(*streams, key=attrgetter("position"), reverse=not query.ascending)

    def add(self, entry: Entry) -> tuple[Entry, bool]:
        """Add an entry and return it, and whether it is new.

        If its id is that of an idempotency key used before, return the entry as it was first created.

        Raises
        ------
        Problem
            `idempotency_key_reused` if the key was used for another request.

        """
        existing = self._add(entry)
        if existing is None:
            return entry, True
        if entry.request_digest is None:
            return entry, True  # the id is random, so this is our own write: its response was lost
        if existing.get("request", {}).get("S") != entry.request_digest:
            raise Problem(
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request; send a new key with each entry",
            )
        created_at = existing["created_at"]["S"]
        return replace(entry, created_at=created_at, modified_at=created_at), False

    def _add(self, entry: Entry) -> Item | None:
        """Add an entry; return the item that has its id, if any."""
        for attempt in range(_ATTEMPTS):
            try:
                self._table.write(put(to_item(entry), IS_NEW), log(change_to("created", entry)))
            except ConditionFailed as failure:
                return failure.item
            except Conflict:  # with a transaction for the same id, which may yet fail
                back_off(attempt)
            else:
                return None
        raise Conflict

    def replace(self, old: Entry, new: Entry, kind: ChangeKind) -> None:
        """Replace the state of an entry that was read; do nothing if `new` is `old`.

        Raises
        ------
        Conflict
            If the entry has changed.

        """
        if new is old:
            return
        try:
            self._table.write(put(to_item(new), is_unchanged(old)), log(change_to(kind, new)))
        except ConditionFailed as failure:
            # Our own state is there if the response of the first attempt was lost.
            if not (is_entry(failure.item) and from_item(failure.item) == new):
                raise

    def remove(self, entry: Entry, *, by: str, now: datetime) -> None:
        """Delete an entry in the state that was read.

        Raises
        ------
        Conflict
            If the entry has changed.

        """
        unchanged = is_unchanged(entry)
        if entry.request_digest is None:
            actions = [delete(entry_key(entry.id), unchanged)]
        else:
            actions = [put(tombstone(entry), unchanged)]
        if entry.source is not None and entry.external_id is not None:
            # The source may send the same row again, which then creates a new entry.
            record = import_key(entry.source, entry.external_id)
            actions.append(delete(record, absent_or(equals(entry_id={"S": entry.id}))))
        try:
            self._table.write(*actions, log(deletion(entry, by=by, at=modified_at(entry, now))))
        except ConditionFailed as failure:
            if is_entry(failure.item):
                raise

    def _read(
        self, query: ListQuery, page_size: int, index: str, attribute: str, value: str, **options: object
    ) -> Iterator[Entry]:
        """Yield the entries of one partition of an index."""
        first, last = _range(query)
        items = self._table.query(
            index,
            f"{attribute} = :key AND {BY_DATE} BETWEEN :first AND :last",
            {":key": value, ":first": first, ":last": last},
            page_size=page_size,
            ScanIndexForward=query.ascending,
            **options,
        )
        return map(from_item, items)


def is_unchanged(entry: Entry) -> Condition:
    """Return the condition that an entry is as it was read: each change increments the version."""
    return equals(version=number(entry.version))


def _examined(query: ListQuery) -> int:
    """Return how many entries a page may need: one more than it examines, to know whether there are more."""
    if query.limit is None:
        return 0
    return (MAX_EXAMINED if query.narrows else query.limit) + 1


def _range(query: ListQuery) -> tuple[str, str]:
    """Return the first and the last value of `by_date` in a query."""
    first, last = f"{query.first.isoformat()}#", f"{query.last.isoformat()}#~"  # ~ sorts after all else
    if query.after is None:
        return first, last
    if query.ascending:
        return f"{query.after}~", last
    # The value just before: nothing lies between it and `after`, since an id holds no ~.
    return first, f"{query.after[:-1]}{chr(ord(query.after[-1]) - 1)}~"
