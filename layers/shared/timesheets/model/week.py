"""ISO weeks and the sums of their hours."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from timesheets.model.entry import Entry, json_number
from timesheets.model.errors import Problem
from timesheets.model.text import clean

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday (ISO 8601). The calendar's last week ends with its last day, 9999-12-31."""

    name: str
    first: date
    last: date


def parse_week(name: str) -> Week:
    """Return a week written like `2026-W47`.

    Raises
    ------
    Problem
        `malformed_request` for any other form, and for a week that its year does not have.

    """
    found = _WEEK.fullmatch(name)
    year, week = map(int, found.groups()) if found else (0, 0)  # there is no year 0
    try:
        first = date.fromisocalendar(year, week, 1)
    except ValueError:
        raise Problem("malformed_request", "The week must be an ISO week such as 2026-W47") from None
    return Week(name, first, first + min(timedelta(6), date.max - first))


def week_of(day: date) -> Week:
    """Return the week of a day."""
    year, week, _ = day.isocalendar()
    return parse_week(f"{year:04}-W{week:02}")


def summary(week: Week, entries: Iterable[Entry]) -> dict[str, Any]:
    """Return a week's total hours, and its hours by day, by project and by status."""
    listed = list(entries)

    def hours_by(key: Callable[[Entry], str]) -> dict[str, int | float]:
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for entry in listed:
            sums[key(entry)] += entry.hours
        return {name: json_number(hours) for name, hours in sorted(sums.items())}

    return {
        "week": week.name,
        "from": week.first.isoformat(),
        "to": week.last.isoformat(),
        "total_hours": json_number(sum((entry.hours for entry in listed), Decimal(0))),
        "by_day": hours_by(lambda entry: entry.date.isoformat()),
        # Entries stored before texts were cleaned may spell a project in another form.
        "by_project": hours_by(lambda entry: clean(entry.project)),
        "by_status": hours_by(lambda entry: entry.status),
    }
