"""Rows of an upload: entries of other systems, each taken exactly once.

An `external_id` makes a row known: sent again, it creates nothing, and changes its entry where the row itself
has changed since it was last taken. What the entry's owner did to the entry meanwhile stays.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from timesheets.model.entry import Entry, corrected, new_entry
from timesheets.model.errors import Conflict, NotFound, Problem, Unavailable
from timesheets.model.ids import id_of_request, new_id
from timesheets.model.rows import Row
from timesheets.store.entries import Import, Store
from timesheets.web.problems import problem_json

_AT_ONCE: Final = 8
"""Rows: botocore keeps ten connections."""
_TRIES: Final = 6
"""For one row, while others change what it depends on."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a row."""

    status: str
    """`created`, `updated` or `unchanged`."""
    entry_id: str
    entry: Entry | None = None
    """As it is now, or was at first under an idempotency key; None where it did not have to be read."""


def to_json(index: int, result: Taken | Problem) -> dict[str, Any]:
    """Return one row's result as callers see it."""
    if isinstance(result, Problem):
        return {"index": index, "status": "rejected", "problem": problem_json(result)}
    return {"index": index, "status": result.status, "id": result.entry_id}


class Upload:
    """One upload by one importing client."""

    def __init__(
        self,
        store: Store,
        *,
        source: str,
        key: str | None,
        now: datetime,
        unexpected: Callable[[Exception], Problem],
    ) -> None:
        """Take rows for `source`.

        `key` is the upload's idempotency key, for rows without an external id; `unexpected` makes a problem
        of a fault of ours.
        """
        self._store = store
        self._unexpected = unexpected
        self._source = source
        self._key = key
        self._now = now
        self._refused = 0

    def take(self, rows: Sequence[Row | Problem]) -> list[Taken | Problem]:
        """Take every good row, whatever the others are, and tell in their order what became of each.

        Rows with the same external id are taken in their order, all others side by side.

        Raises
        ------
        Unavailable
            If no row at all could be taken because of it.

        """
        good = [(index, row) for index, row in enumerate(rows) if isinstance(row, Row)]
        known = self._store.imports(self._source, {row.external_id for _, row in good if row.external_id})
        results: list[Taken | Problem] = [row if isinstance(row, Problem) else Unavailable() for row in rows]
        groups: defaultdict[str | int, list[tuple[int, Row]]] = defaultdict(list)
        for index, row in good:
            before, group = known.get(row.external_id or ""), groups[row.external_id or index]
            if before and before.digest == row.digest and not group:
                results[index] = Taken("unchanged", before.entry_id)  # a thread would cost more than the row
            else:
                group.append((index, row))

        def take_in_order(group: list[tuple[int, Row]]) -> None:
            before = known.get(group[0][1].external_id or "")
            for index, row in group:
                results[index] = self._take(index, row, before)
                before = None  # looked up again

        with ThreadPoolExecutor(_AT_ONCE) as pool:
            list(pool.map(take_in_order, filter(None, groups.values())))
        if self._refused and not any(isinstance(result, Taken) for result in results):
            raise Unavailable
        return results

    def _take(self, index: int, row: Row, known: Import | None) -> Taken | Problem:
        if self._refused >= _AT_ONCE:  # all that were tried at once: DynamoDB is down, and time is short
            return Unavailable()
        try:
            if row.external_id is None:
                return self._add(index, row)
            return self._take_known(row, row.external_id, known)
        except Unavailable as problem:
            self._refused += 1
            return problem
        except Problem as problem:
            return problem
        except Exception as error:  # noqa: BLE001 what is wrong with one row never stops the others
            return self._unexpected(error)

    def _add(self, index: int, row: Row) -> Taken:
        seed = ("upload", self._source, self._key, str(index)) if self._key else ()
        entry, is_new = self._store.add(self._new(row, *seed))
        return Taken("created" if is_new else "unchanged", entry.id, entry)

    def _take_known(self, row: Row, external_id: str, known: Import | None) -> Taken | Problem:
        for attempt in range(_TRIES):
            try:
                return self._write(row, known)
            except Conflict:  # another upload of the row, or the entry's owner or approver, was faster
                time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 no secret
                known = self._store.imports(self._source, [external_id]).get(external_id)
        return Conflict()

    def _write(self, row: Row, known: Import | None) -> Taken:
        if known is None:
            entry = self._new(row)
            self._store.add_imported(entry, row.digest)
            return Taken("created", entry.id, entry)
        if known.digest == row.digest:
            return Taken("unchanged", known.entry_id)
        try:
            old = self._store.find(known.entry_id)
        except NotFound as gone:  # deleted, or another owner's, since its id was looked up
            raise Conflict from gone
        changes = {"notes": None, **row.fields}
        if row.user_id != old.user_id:
            changes |= {"id": new_id(row.user_id), "user_id": row.user_id, "user_email": None}
        new = corrected(old, changes, now=self._now)
        self._store.replace_imported(known, old, new, row.digest)
        return Taken("updated", new.id, new)

    def _new(self, row: Row, *seed: str) -> Entry:
        return new_entry(
            row.fields,
            id=id_of_request(row.user_id, *seed) if seed else new_id(row.user_id),
            user_id=row.user_id,
            external_id=row.external_id,
            source=self._source,
            request=row.digest if seed else None,
            now=self._now,
        )
