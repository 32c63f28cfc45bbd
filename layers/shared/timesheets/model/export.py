"""Rows of an export: the hours of one person on one project, by status."""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from timesheets.model.entry import STATUSES, Entry, json_number
from timesheets.model.errors import Problem
from timesheets.model.person import NAMES, Person
from timesheets.model.text import clean

COLUMNS: Final = (
    *NAMES,
    "project",
    "approved_hours",
    "pending_hours",
    "rejected_hours",
    "from",
    "to",
)
_MONTH = re.compile(r"([0-9]{4})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class ExportPage:
    """The rows of some people, those of a person together."""

    number: int
    """The head of the feed before the entries were read: the rows include every change up to it."""
    rows: list[dict[str, Any]]
    last: str | None
    """The position after which the next page begins; None on the last page."""


def parse_month(name: str) -> tuple[date, date]:
    """Return the first and the last day of a month written like `2026-11`.

    Raises
    ------
    Problem
        `malformed_request` for any other form, and for a month that does not exist.

    """
    found = _MONTH.fullmatch(name)
    try:
        year, month = map(int, found.groups()) if found else (0, 0)  # there is no year 0
        return date(year, month, 1), date(year, month, monthrange(year, month)[1])
    except ValueError:
        raise Problem("malformed_request", "The month must be a year and a month such as 2026-11") from None


def rows_of(person: Person, entries: Iterable[Entry]) -> list[dict[str, Any]]:
    """Return a row for each project of a person's entries, sorted by project."""
    projects: dict[str, list[Entry]] = {}
    for entry in entries:
        # Entries stored before texts were cleaned may spell a project in another form.
        projects.setdefault(clean(entry.project), []).append(entry)
    return [_row(person, project, projects[project]) for project in sorted(projects)]


def _row(person: Person, project: str, entries: list[Entry]) -> dict[str, Any]:
    hours = dict.fromkeys(STATUSES, Decimal(0))
    for entry in entries:
        hours[entry.status] += entry.hours
    days = sorted(entry.date for entry in entries)
    return {
        **person.names(),
        "project": project,
        "approved_hours": json_number(hours["approved"]),
        "pending_hours": json_number(hours["pending"]),
        "rejected_hours": json_number(hours["rejected"]),
        "from": days[0].isoformat(),
        "to": days[-1].isoformat(),
    }
