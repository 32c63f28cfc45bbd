"""The board of approvers: a row for each person's week, which may be missing."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from timesheets.model.entry import STATUSES
from timesheets.model.person import NAMES, Person
from timesheets.model.query import Only
from timesheets.model.signature import PersonWeek
from timesheets.model.week import Week, week_of

EXPECTED: Final = timedelta(weeks=8)
"""People who logged or signed in this time before a week are expected in it."""
_DAY: Final = timedelta(days=1)

_WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SUMS: Final = ("week", "total_hours", "by_day", "by_status", "submitted")
COLUMNS: Final = (
    *NAMES,
    "week",
    "total_hours",
    *_WEEKDAYS,
    "approved",
    "pending",
    "rejected",
    "submitted_at",
    "current",
    "missing",
)


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One person's week on the board."""

    person: Person
    week: PersonWeek
    missing: bool
    """The person is expected, and has neither logged nor signed."""

    def matches(self, only: Only | None) -> bool:
        """Return whether the row passes a filter."""
        match only:
            case "missing":
                return self.missing
            case "unsigned":
                logged = bool(self.week.entries or self.week.signature)
                return not self.week.current and (logged or self.missing)
            case "pending":
                return any(entry.status == "pending" for entry in self.week.entries)
        return True

    def to_json(self) -> dict[str, Any]:
        """Return the row for callers, without the members that have no value."""
        sums = self.week.to_json()
        return {
            **self.person.names(),
            **{name: sums[name] for name in _SUMS if name in sums},
            "missing": self.missing,
        }

    def to_cells(self) -> dict[str, Any]:
        """Return the row's values by the columns of its CSV."""
        row = self.to_json()
        days = {_WEEKDAYS[date.fromisoformat(day).weekday()]: hours for day, hours in row["by_day"].items()}
        signature = self.week.signature
        return {
            **row,
            **dict.fromkeys((*_WEEKDAYS, *STATUSES), 0),
            **days,
            **row["by_status"],
            "submitted_at": signature.at if signature else None,
            "current": self.week.current,
        }


def days_before(week: Week) -> tuple[date, date]:
    """Return the first and the last day of the time before a week in which its people were active.

    There is none before the calendar's first week: its first day is both.
    """
    past = week.first - date.min
    return week.first - min(EXPECTED, past), week.first - min(_DAY, past)


def is_expected(last_week: str | None, week: Week) -> bool | None:
    """Return whether a person whose last active week is `last_week` is expected in a week.

    None: they were active in that week or later, or nothing is known, so only their earlier weeks tell.
    """
    if last_week is None or last_week >= week.name:
        return None
    return last_week >= week_of(days_before(week)[0]).name
