"""Decisions of one reviewer about many entries.

A decision applies only to the version that its row names, so an entry that was changed since the reviewer
read it stays as it is. Repeating a request changes nothing: a decision that was made already is unchanged.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from timesheets.bulk.runner import check_available, run
from timesheets.model.decisions import DecisionRow
from timesheets.model.entry import Entry, check_reviewer, decided
from timesheets.model.errors import Conflict, NotFound, Problem, version_mismatch
from timesheets.model.results import DecisionResult
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries

_ATTEMPTS: Final = 2
"""For one row: the second reads the entry again."""


def decide(row: DecisionRow, entry: Entry, *, reviewer: str, now: datetime) -> Entry:
    """Return the entry as the row decides it; unchanged if it was decided that way at the row's version.

    Raises
    ------
    Problem
        `self_approval` for the owner; `version_mismatch` if the row names another version; `conflict` if this
        version was decided the other way.

    """
    check_reviewer(entry, reviewer)
    if entry.version == row.version + 1 and entry.status == row.decision.status:
        return entry  # the decision made this version from the row's
    if entry.version != row.version:
        raise version_mismatch()
    return decided(entry, row.decision, reviewer=reviewer, now=now)


class Decisions:
    """Decisions of one request."""

    def __init__(
        self, table: Table, *, reviewer: str, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._entries = Entries(table)
        self._reviewer = reviewer
        self._clock = clock

    def run(self, rows: Sequence[DecisionRow | Problem]) -> list[DecisionResult | Problem]:
        """Make the decisions of the valid rows and return the results of all rows, in order.

        Rows for the same entry are applied in order, all others side by side.

        Raises
        ------
        Unavailable
            If no decision could be made because DynamoDB is not available.

        """
        valid = [row for row in rows if isinstance(row, DecisionRow)]
        ids = {row.entry_id for row in valid}
        found = self._entries.find_many(list(ids))
        states = {entry_id: found.get(entry_id) for entry_id in ids}
        applied = iter(run(valid, lambda row: self._apply(row, states), group=lambda row: row.entry_id))
        results = [row if isinstance(row, Problem) else next(applied) for row in rows]
        check_available(results)
        return results

    def _apply(self, row: DecisionRow, states: dict[str, Entry | None]) -> DecisionResult:
        """Apply one row; `states` holds the last known state of each entry."""
        entry_id = row.entry_id
        for _ in range(_ATTEMPTS):
            if entry_id not in states:
                states[entry_id] = self._entries.find_many([entry_id]).get(entry_id)
            entry = states[entry_id]
            if entry is None:
                raise NotFound
            changed = decide(row, entry, reviewer=self._reviewer, now=self._clock())
            if changed is entry:
                return DecisionResult("unchanged", entry)
            # A state that a write may have changed is removed, so that it is read again.
            del states[entry_id]
            try:
                self._entries.replace(entry, changed, row.decision.status)
            except Conflict:
                continue
            states[entry_id] = changed
            return DecisionResult("decided", changed)
        raise Conflict
