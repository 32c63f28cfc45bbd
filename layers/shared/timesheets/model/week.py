"""ISO weeks and their sums. Pure."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from timesheets.model.entry import Entry, json_number
from timesheets.model.errors import Problem

_WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, as ISO 8601 counts weeks."""

    name: str
    first: date
    last: date


def parse_week(name: str) -> Week:
    """Read a week such as `2026-W47`.

    Raises
    ------
    Problem
        `malformed_request` for any other form, and for a week that its year does not have.

    """
    found = _WEEK.fullmatch(name)
    year, week = map(int, found.groups()) if found else (0, 0)  # which no calendar has
    try:
        first = date.fromisocalendar(year, week, 1)
        return Week(name, first, first + timedelta(days=6))
    except (ValueError, OverflowError):
        raise Problem("malformed_request", "The week must be an ISO week such as 2026-W47") from None


def summary(week: Week, entries: Iterable[Entry]) -> dict[str, Any]:
    """Return a week's hours: in all, and by day, by project and by status where there are any."""
    kept = list(entries)

    def hours_by(kind: Callable[[Entry], str]) -> dict[str, int | float]:
        sums: defaultdict[str, Decimal] = defaultdict(Decimal)
        for entry in kept:
            sums[kind(entry)] += entry.hours
        return {name: json_number(hours) for name, hours in sorted(sums.items())}

    return {
        "week": week.name,
        "from": week.first.isoformat(),
        "to": week.last.isoformat(),
        "total_hours": json_number(sum((entry.hours for entry in kept), Decimal(0))),
        "by_day": hours_by(lambda entry: entry.date.isoformat()),
        "by_project": hours_by(lambda entry: entry.project),
        "by_status": hours_by(lambda entry: entry.status),
    }
