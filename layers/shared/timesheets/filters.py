"""The query parameters of a list, checked. Pure, like the entry's rules."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from timesheets.entry import MAX_PROJECT, STATUSES, Entry, parse_day
from timesheets.problems import Problem

MAX_LIMIT: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Which entries a list holds, and in which order."""

    first: date = date.min
    last: date = date.max
    project: str | None = None
    status: str | None = None
    ascending: bool = False
    limit: int | None = None

    def matches(self, entry: Entry) -> bool:
        """Tell whether an entry has the project and the status asked for."""
        return self.project in (None, entry.project) and self.status in (None, entry.status)


def parse_list_query(parameters: Mapping[str, str]) -> ListQuery:
    """Check the parameters of `GET /timesheets`.

    Raises
    ------
    Problem
        `malformed_request`, naming the parameter, for one that is unknown or bad.

    """
    checked: dict[str, Any] = {}
    for name, value in parameters.items():
        if name not in _PARAMETERS:
            known = ", ".join(_PARAMETERS)
            raise Problem("malformed_request", f"Unknown query parameter {name[:100]!r}; known are {known}")
        field, parse = _PARAMETERS[name]
        try:
            checked[field] = parse(value)
        except ValueError as fault:
            raise Problem("malformed_request", f"Query parameter {name!r} {fault}") from None
    query = ListQuery(**checked)
    if query.first > query.last:
        raise Problem("malformed_request", "Query parameter 'from' must not be after 'to'")
    return query


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return parse


def _project(value: str) -> str:
    if not 1 <= len(value) <= MAX_PROJECT:
        raise ValueError(f"must be 1 to {MAX_PROJECT} characters")
    return value


def _ascending(value: str) -> bool:
    return _one_of("asc", "desc")(value) == "asc"


def _limit(value: str) -> int:
    if value not in _LIMITS:
        raise ValueError(f"must be a whole number from 1 to {MAX_LIMIT}")
    return _LIMITS[value]


_LIMITS: Final = {str(number): number for number in range(1, MAX_LIMIT + 1)}

_PARAMETERS: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
    "from": ("first", parse_day),
    "to": ("last", parse_day),
    "project": ("project", _project),
    "status": ("status", _one_of(*STATUSES)),
    "order": ("ascending", _ascending),
    "limit": ("limit", _limit),
}
