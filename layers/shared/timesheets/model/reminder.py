"""Reminders of weeks in which a person has logged nothing, and reports of people who do not react."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final, Literal

from timesheets.model.person import Person
from timesheets.model.week import Week, parse_week, week_of

type Kind = Literal["incomplete", "inactive"]
"""A reminder to the person, or a report to approvers."""

IN_A_ROW: Final = 2
"""Reminders of consecutive weeks after which a person who has logged nothing since is inactive."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder of a person's week, or a report that they are inactive."""

    kind: Kind
    week: Week
    person: Person

    @property
    def id(self) -> str:
        """The same for each repetition."""
        return f"{self.week.name}#{self.person.user_id}"

    def to_json(self) -> dict[str, Any]:
        """Return the event's `Detail`, which docs/reminders.schema.json describes."""
        return {
            "id": self.id,
            "week": self.week.name,
            "from": self.week.first.isoformat(),
            "to": self.week.last.isoformat(),
            **self.person.names(),
        }


def week_before(time: datetime, zone: tzinfo) -> Week:
    """Return the last week that was over at a time, in a time zone."""
    return week_of(time.astimezone(zone).date() - timedelta(weeks=1))


def earlier(week: Week, weeks: int) -> Week:
    """Return the week that is `weeks` weeks earlier."""
    return week_of(week.first - timedelta(weeks=weeks))


def reminder_due(
    week: Week, published: Mapping[str, Kind], is_idle_since: Callable[[Week], bool]
) -> Kind | None:
    """Return the kind of event to publish for a person who has logged nothing in a week; None for none.

    `published` has the kinds by week, this one included. `is_idle_since` returns whether the person has
    logged nothing from an earlier week up to the one after `week`, in which reminders are sent.
    """
    if week.name in published:
        return None
    last = max(published, default="")
    if last and published[last] == "inactive":
        reported_for = earlier(parse_week(last), IN_A_ROW)
        return None if is_idle_since(reported_for) else "incomplete"
    weeks_before = [earlier(week, n) for n in range(1, IN_A_ROW + 1)]
    reminded = all(published.get(one.name) == "incomplete" for one in weeks_before)
    return "inactive" if reminded and is_idle_since(weeks_before[-1]) else "incomplete"
