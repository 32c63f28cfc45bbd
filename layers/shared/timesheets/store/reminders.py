"""Marks of published reminders in the table.

reminder    PK = OWNER#<owner>    SK = REMINDED#<week>    kind, reminded_at
"""

from contextlib import suppress

from timesheets.model.board import days_before
from timesheets.model.errors import Conflict
from timesheets.model.ids import hash_of
from timesheets.model.reminder import Kind, Reminder
from timesheets.model.week import Week, week_of
from timesheets.store.dynamodb import IS_NEW, Table, put
from timesheets.store.items import REMINDER_PREFIX, partition_of


class Reminders:
    """The marks of everyone. Every method raises `Unavailable` as `Table` does."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def published(self, user_id: str, week: Week) -> dict[str, Kind]:
        """Return the kinds that were published about a user by week, for a week and those before that count.

        A reminder counts as long as the hours before it: nobody is expected later without new ones.
        """
        first, _ = days_before(week)
        values = {
            ":owner": partition_of(hash_of(user_id)),
            ":first": f"{REMINDER_PREFIX}{week_of(first).name}",
            ":last": f"{REMINDER_PREFIX}{week.name}",
        }
        condition = "PK = :owner AND SK BETWEEN :first AND :last"
        items = self._table.query(None, condition, values, page_size=0, ConsistentRead=True)
        return {item["SK"]["S"].removeprefix(REMINDER_PREFIX): item["kind"]["S"] for item in items}

    def mark(self, reminder: Reminder, at: str) -> None:
        """Mark a reminder as published, at a time in UTC (RFC 3339, section 5.6). Safe to repeat."""
        key = {
            "PK": {"S": partition_of(hash_of(reminder.person.user_id))},
            "SK": {"S": f"{REMINDER_PREFIX}{reminder.week.name}"},
        }
        mark = {"kind": {"S": reminder.kind}, "reminded_at": {"S": at}}
        with suppress(Conflict):  # another run has published the same
            self._table.write(put(key | mark, IS_NEW))
