"""The query parameters of a list, checked. Pure, like the entry's rules."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from timesheets.model.entry import STATUSES, Entry
from timesheets.model.errors import Problem
from timesheets.model.fields import MAX_PROJECT, MAX_USER_ID, parse_day

MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 50
MAX_EXAMINED: Final = 100
"""Entries that one page looks at, whatever it filters by: so no page costs more than the longest."""

OWN_LIST: Final = ("from", "to", "project", "status", "order", "limit", "cursor")
APPROVALS: Final = ("from", "to", "project", "user_id", "order", "limit", "cursor")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """Which entries a list holds, and in which order."""

    first: date = date.min
    last: date = date.max
    project: str | None = None
    status: str | None = None
    user_id: str | None = None
    not_user_id: str | None = None
    ascending: bool = False
    limit: int | None = DEFAULT_LIMIT
    """Entries on a page; None for all of them."""
    after: str | None = None
    """The position of the last entry of the page before."""

    @property
    def narrows(self) -> bool:
        """Whether entries in the range of dates may be left out."""
        return any((self.project, self.status, self.user_id))

    def matches(self, entry: Entry) -> bool:
        """Tell whether an entry is one of those asked for."""
        return (
            self.project in (None, entry.project)
            and self.status in (None, entry.status)
            and self.user_id in (None, entry.user_id)
            and self.not_user_id != entry.user_id
        )


def parse_filters(parameters: Mapping[str, str], known: Collection[str]) -> dict[str, Any]:
    """Check a list's parameters and return the members of its `ListQuery`; `cursor` as it was given.

    Raises
    ------
    Problem
        `malformed_request`, naming the parameter, for one that is unknown or bad.

    """
    checked: dict[str, Any] = {}
    for name, value in parameters.items():
        if name not in known:
            raise Problem(
                "malformed_request", f"Unknown query parameter {name[:100]!r}; known are {', '.join(known)}"
            )
        field, parse = _PARAMETERS[name]
        try:
            checked[field] = parse(value)
        except ValueError as fault:
            raise Problem("malformed_request", f"Query parameter {name!r} {fault}") from None
    if checked.get("first", date.min) > checked.get("last", date.max):
        raise Problem("malformed_request", "Query parameter 'from' must not be after 'to'")
    return checked


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return parse


def _text(longest: int) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if not 1 <= len(value) <= longest:
            raise ValueError(f"must be 1 to {longest} characters")
        return value

    return parse


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
    "project": ("project", _text(MAX_PROJECT)),
    "status": ("status", _one_of(*STATUSES)),
    "user_id": ("user_id", _text(MAX_USER_ID)),
    "order": ("ascending", _ascending),
    "limit": ("limit", _limit),
    "cursor": ("cursor", str),
}
