"""The board of approvers: everyone's week, a page of people at a time."""

from timesheets.bulk.runner import run_all
from timesheets.model.board import BoardRow
from timesheets.model.person import Person
from timesheets.model.query import Only
from timesheets.model.signature import Signature
from timesheets.model.week import Week
from timesheets.store.dynamodb import Table
from timesheets.store.people import People
from timesheets.store.weeks import Weeks


class Board:
    """Reads many people's weeks, eight people at a time."""

    def __init__(self, table: Table, week: Week) -> None:
        self._week = week
        self._people = People(table)
        self._weeks = Weeks(table)

    def page(
        self, *, after: str | None, limit: int, only: Only | None, not_user_id: str
    ) -> tuple[list[BoardRow], str | None]:
        """Return the rows of at most `limit` people after a position, and the next page's position if any.

        The page is shorter if it reaches the person `not_user_id`, or people whose rows do not pass `only`.

        Raises
        ------
        Unavailable
            If the week of someone cannot be read.

        """
        page, last = self._people.page(after, limit)
        people = [person for person in page if person.user_id != not_user_id]
        # All signatures in one call, before the entries (see `Weeks.find`).
        signatures = self._weeks.signatures([person.user_id for person in people], self._week)
        rows = run_all(people, lambda person: self._row(person, signatures.get(person.user_id)))
        return [row for row in rows if row.matches(only)], last

    def _row(self, person: Person, signature: Signature | None) -> BoardRow:
        week = self._weeks.with_entries(person.user_id, self._week, signature)
        return BoardRow(person, week, self._weeks.is_missing(person, week))
