"""Uploads: entries of other systems, each imported once.

A row with an `external_id` creates an entry once. Sent again, it changes the entry only if the row itself has
changed since it was last imported, so that changes by the entry's owner stay.

A row that was exported from an entry (`id` and `version`) never creates one. It changes its entry only if the
same client imported that.

An upload reads the state of all its rows, decides what to write for each, and writes. A row that loses a
race is read and decided again.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from timesheets.bulk.runner import check_available, run
from timesheets.model.entry import Entry, corrected, new_entry
from timesheets.model.errors import Conflict, FieldError, Problem, Unavailable, invalid_entry
from timesheets.model.ids import id_of_request, new_id
from timesheets.model.results import RowResult
from timesheets.model.rows import Row
from timesheets.model.text import clean
from timesheets.store.dynamodb import Table, back_off
from timesheets.store.entries import Entries
from timesheets.store.imports import Imports
from timesheets.store.items import Import

_ATTEMPTS: Final = 8
"""For one row, while other requests change its entry."""


@dataclass(frozen=True, slots=True)
class State:
    """The record of an external id and its entry; both None for an external id without a record."""

    record: Import | None = None
    entry: Entry | None = None
    """None as well if no row needs it: each has the record's digest, and none was exported."""

    def holds(self, row: Row) -> bool:
        """Return whether the external id is that of the entry that a row was exported from."""
        return self.record is not None and self.record.entry_id == row.entry_id


@dataclass(frozen=True, slots=True)
class Creation:
    """A decision to create an entry."""

    entry: Entry


@dataclass(frozen=True, slots=True)
class Update:
    """A decision to replace an entry."""

    record: Import
    old: Entry
    new: Entry


def decide(row: Row, state: State, new: Entry, *, now: datetime) -> RowResult | Creation | Update:
    """Return the result of a row that changes nothing, or the write that it needs.

    `new` is the entry that the row would create: an update that changes the owner takes its id.

    Raises
    ------
    Problem
        `entry_locked` if the row changes an approved entry; `conflict` if the record's entry was not found,
        because it was deleted or moved after the record was read. For a row that was exported from an entry,
        also the problems of `recognize`.

    """
    if row.entry_id is None:
        if state.record is None:
            return Creation(new)
        if state.record.digest == row.digest:
            return RowResult("unchanged", state.record.entry_id, state.entry)
    elif not state.holds(row):
        raise _missing()
    if state.record is None or state.entry is None:
        raise Conflict
    if row.entry_id is not None:
        result = recognize(row, state.entry, new.source)
        if isinstance(result, Problem):
            raise result
        if result is not None:
            return result
    changes = {"notes": None, **row.fields}
    if row.user_id != state.entry.user_id:
        changes |= {"id": new.id, "user_id": row.user_id, "user_email": None, "user_name": None}
    return Update(state.record, state.entry, corrected(state.entry, changes, by=new.modified_by, now=now))


def recognize(row: Row, entry: Entry | None, source: str | None) -> RowResult | Problem | None:
    """Return the result of a row that was exported from `entry`; None if the row updates it."""
    if entry is None:
        return _missing()
    content = {"notes": None, **row.fields, "user_id": row.user_id, "external_id": row.external_id}
    changed = [name for name, value in content.items() if value != _current(getattr(entry, name))]
    if not changed:
        return RowResult("unchanged", entry.id, entry)
    if row.external_id is None or (entry.source, entry.external_id) != (source, row.external_id):
        detail = (
            f"names an entry with other content ({', '.join(sorted(changed))}); correct the entry in the app,"
            " or remove the id to import the row as new"
        )
        return invalid_entry([FieldError("/id", detail)])
    if entry.version != row.version:
        return Problem("version_mismatch", "The entry has changed since it was exported; export it again")
    return None


def _missing() -> Problem:
    detail = "names no entry any more; remove the id to import the row as new"
    return invalid_entry([FieldError("/id", detail)])


def _current(value: object) -> object:
    """Return a field's value as it would be stored today: older entries may have texts in another form."""
    return clean(value) if isinstance(value, str) else value


class Upload:
    """One upload by one importing client."""

    def __init__(
        self,
        table: Table,
        *,
        source: str,
        key: str | None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Import rows from `source`. `key` is the request's idempotency key, for rows without external id."""
        self._entries = Entries(table)
        self._imports = Imports(table)
        self._source = source
        self._key = key
        self._clock = clock
        self._created_at = clock()

    def run(self, rows: Sequence[Row | Problem]) -> list[RowResult | Problem]:
        """Import the valid rows and return the results of all rows, in order.

        Rows with the same external id are imported in order, all others side by side.

        Raises
        ------
        Unavailable
            If no row could be imported because DynamoDB is not available.

        """
        valid = [row for row in rows if isinstance(row, Row)]
        states = self._read(valid)
        exported = self._entries.find_many(list({row.entry_id for row in valid if row.entry_id}))
        results: list[RowResult | Problem] = []
        changed: list[tuple[int, Row]] = []
        changed_ids: set[str | None] = set()
        for index, row in enumerate(rows):
            result = row if isinstance(row, Problem) else self._without_write(row, states, exported)
            if isinstance(row, Row) and (result is None or _follows(row, states, changed_ids)):
                changed.append((index, row))
                changed_ids.add(row.external_id)
            results.append(result or Unavailable())
        written = run(
            changed,
            lambda item: self._import(*item, states),
            group=lambda item: item[1].external_id or item[0],
        )
        for (index, _), result in zip(changed, written, strict=True):
            results[index] = result
        check_available(results)
        return results

    def _without_write(
        self, row: Row, states: Mapping[str, State], exported: Mapping[str, Entry]
    ) -> RowResult | Problem | None:
        """Return the result of a row that needs no write; None if it may need one."""
        if row.entry_id is not None:
            return recognize(row, exported.get(row.entry_id), self._source)
        return _unchanged(row, states)

    def _import(self, index: int, row: Row, states: dict[str, State]) -> RowResult:
        """Import a row that may change something; `states` holds the last known state of each external id."""
        if row.external_id is None:
            entry, is_new = self._entries.add(self._new(index, row))
            return RowResult("created" if is_new else "unchanged", entry.id, entry)
        for attempt in range(_ATTEMPTS):
            # A state that a write may have changed is removed, so that it is read again.
            state = states.pop(row.external_id, None) or self._read([row])[row.external_id]
            try:
                result, states[row.external_id] = self._write(row, state, self._new(index, row))
            except Conflict:
                back_off(attempt)
            else:
                return result
        raise Conflict

    def _write(self, row: Row, state: State, new: Entry) -> tuple[RowResult, State]:
        """Do what is decided for a row, and return the result and the state afterwards."""
        decision = decide(row, state, new, now=self._clock())
        if isinstance(decision, RowResult):
            return decision, state
        if isinstance(decision, Creation):
            entry = decision.entry
            self._imports.add(entry, row.digest)
            result = RowResult("created", entry.id, entry)
        else:
            entry = decision.new
            self._imports.replace(decision.record, decision.old, entry, row.digest)
            result = RowResult("updated", entry.id, entry)
        return result, State(Import(entry.id, row.digest), entry)

    def _read(self, rows: Sequence[Row]) -> dict[str, State]:
        """Return the states of the rows' external ids, with the entries that the rows change."""
        ids = {row.external_id for row in rows if row.external_id is not None}
        records = self._imports.find_many(self._source, ids)
        changed = {
            record.entry_id
            for row in rows
            if row.external_id
            and (record := records.get(row.external_id))
            and (record.digest != row.digest or record.entry_id == row.entry_id)
        }
        found = self._entries.find_many(list(changed))
        states = {id_: State(record, found.get(record.entry_id)) for id_, record in records.items()}
        return {id_: states.get(id_, State()) for id_ in ids}

    def _new(self, index: int, row: Row) -> Entry:
        """Return the entry that a row creates."""
        entry_id, digest = new_id(row.user_id), None
        if self._key is not None and row.external_id is None:
            entry_id = id_of_request(row.user_id, "upload", self._source, self._key, str(index))
            digest = row.digest
        return new_entry(
            row.fields,
            id=entry_id,
            user_id=row.user_id,
            external_id=row.external_id,
            source=self._source,
            sequence=index,
            request_digest=digest,
            now=self._created_at,
        )


def _follows(row: Row, states: Mapping[str, State], changed_ids: Collection[str | None]) -> bool:
    """Return whether an earlier row of the upload may change the entry of this one."""
    if row.external_id is None or row.external_id not in changed_ids:
        return False
    return row.entry_id is None or states[row.external_id].holds(row)


def _unchanged(row: Row, states: Mapping[str, State]) -> RowResult | None:
    """Return the result of a row that was imported before as it is."""
    record = states[row.external_id].record if row.external_id else None
    return RowResult("unchanged", record.entry_id) if record and record.digest == row.digest else None
