"""Exports: the hours of everyone in a period, a page of people at a time."""

from datetime import date
from itertools import chain
from typing import Any

from timesheets.bulk.runner import run_all
from timesheets.model.export import ExportPage, rows_of
from timesheets.model.person import Person
from timesheets.model.query import ListQuery
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.people import People


class Export:
    """Reads the hours of many people in a period, eight people at a time."""

    def __init__(self, table: Table, first: date, last: date) -> None:
        """Export the days from `first` to `last`, both included."""
        self._query = ListQuery(first=first, last=last, limit=None, ascending=True)
        self._changes = Changes(table)
        self._entries = Entries(table)
        self._people = People(table)

    def page(self, *, after: str | None, limit: int, user_id: str | None) -> ExportPage:
        """Return the rows of at most `limit` people after a position, or of one person.

        Raises
        ------
        Unavailable
            If the hours of someone cannot be read.

        """
        number = self._changes.head()
        if user_id is None:
            people, last = self._people.page(after, limit)
        else:
            # Someone whose first entry was made a moment ago is not in the directory yet.
            people, last = [self._people.find(user_id) or Person(user_id=user_id)], None
        rows = chain.from_iterable(run_all(people, self._rows))
        return ExportPage(number, list(rows), last)

    def _rows(self, person: Person) -> list[dict[str, Any]]:
        return rows_of(person, self._entries.entries_of(person.user_id, self._query))
