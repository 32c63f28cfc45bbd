"""Reminds everyone of a week in which they have logged nothing, a page of people at a time."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from itertools import batched
from typing import Final

from timesheets.bulk.runner import run, run_all
from timesheets.model.entry import rfc3339
from timesheets.model.errors import Problem
from timesheets.model.person import Person
from timesheets.model.reminder import Kind, Reminder, earlier, reminder_due
from timesheets.model.week import Week
from timesheets.store.dynamodb import Table
from timesheets.store.people import People
from timesheets.store.reminders import Reminders
from timesheets.store.weeks import Weeks
from timesheets.stream.bus import MAX_EVENTS

PAGE: Final = 100
"""People."""


class ReminderRun:
    """Publishes those reminders of a week that no run has marked as published.

    Reminders are marked after they are published, `MAX_EVENTS` at a time. So a run that ends early loses
    none, and the next one repeats at most so many.
    """

    def __init__(
        self, table: Table, week: Week, publish: Callable[[Sequence[Reminder]], list[Reminder]]
    ) -> None:
        """Publish with `publish`: it takes at most `MAX_EVENTS` reminders and returns the published ones."""
        self._people = People(table)
        self._reminders = Reminders(table)
        self._weeks = Weeks(table)
        self._week = week
        self._publish = publish
        self.published = Counter[Kind]()

    def run(self, *, has_time: Callable[[], bool]) -> bool:
        """Return whether all reminders are published and marked. An exception of `publish` ends the run.

        Raises
        ------
        Problem
            If a page of people cannot be read, or a reminder cannot be marked.

        """
        complete, after = True, None
        while True:
            people, after = self._people.page(after, PAGE)
            found = run(people, self._due, group=lambda person: person.user_id)
            due = [result for result in found if isinstance(result, Reminder)]
            complete &= not any(isinstance(result, Problem) for result in found)
            for batch in batched(due, MAX_EVENTS, strict=False):
                complete &= self._publish_and_mark(batch)
            if after is None:
                return complete
            if not has_time():
                return False

    def _due(self, person: Person) -> Reminder | None:
        week = self._weeks.find(person.user_id, self._week)
        if not self._weeks.is_missing(person, week):
            return None
        published = self._reminders.published(person.user_id, self._week)
        present = earlier(self._week, -1)
        kind = reminder_due(
            self._week,
            published,
            lambda first: not self._weeks.was_active(person.user_id, first.first, present.last),
        )
        return Reminder(kind, self._week, person) if kind else None

    def _publish_and_mark(self, reminders: Sequence[Reminder]) -> bool:
        published = self._publish(reminders)
        self.published.update(reminder.kind for reminder in published)
        at = rfc3339(datetime.now(UTC))
        run_all(published, lambda reminder: self._reminders.mark(reminder, at))
        return len(published) == len(reminders)
