"""Query parameters of lists, boards, exports and the feed of changes."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Final, Literal, get_args

from timesheets.model.dates import parse_day
from timesheets.model.entry import STATUSES, Entry, Status
from timesheets.model.errors import Problem
from timesheets.model.fields import MAX_PROJECT, MAX_USER_ID
from timesheets.model.text import clean, parse_text

MAX_LIMIT: Final = 100
DEFAULT_LIMIT: Final = 50
MAX_NUMBER: Final = 999_999_999_999_999
"""Of a change: exact in the floating-point numbers of JSON parsers."""
MAX_EXAMINED: Final = 100
"""Entries that are read for one page, whatever its filters, so that no page costs more than the longest."""

OWN_LIST: Final = ("from", "to", "project", "status", "order", "limit", "cursor", "format")
EXPORT: Final = ("user_id", "limit", "cursor", "format")
CHANGES: Final = ("after", "limit")
BOARD: Final = ("only", "limit", "cursor", "format")
APPROVALS: Final = ("from", "to", "project", "status", "user_id", "order", "limit", "cursor", "format")

type Only = Literal["missing", "unsigned", "pending"]
"""The rows of the board that are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """The filters and the order of a list."""

    first: date = date.min
    last: date = date.max
    project: str | None = None
    status: Status | None = None
    user_id: str | None = None
    not_user_id: str | None = None
    ascending: bool = False
    limit: int | None = DEFAULT_LIMIT
    """Entries on a page; None for all entries."""
    after: str | None = None
    """The position of the previous page's last entry."""

    @property
    def narrows(self) -> bool:
        """Whether filters other than the dates apply."""
        return any((self.project, self.status, self.user_id))

    def matches(self, entry: Entry) -> bool:
        """Return whether an entry passes the filters other than the dates."""
        return (
            # Entries stored before texts were cleaned may spell a project in another form.
            (self.project is None or self.project == clean(entry.project))
            and self.status in (None, entry.status)
            and self.user_id in (None, entry.user_id)
            and self.not_user_id != entry.user_id
        )


def parse_filters(parameters: Mapping[str, str], known: Collection[str]) -> dict[str, Any]:
    """Return the members of a list's `ListQuery`, `cursor` unchecked, `format`, `after` and `only`.

    Raises
    ------
    Problem
        `malformed_request`, naming the parameter, for one that is unknown or bad.

    """
    checked: dict[str, Any] = {}
    for name, value in parameters.items():
        if name not in known:
            raise Problem(
                "malformed_request",
                f"Unknown query parameter {name[:100]!r}; the parameters are {', '.join(known)}",
            )
        field, parse = _PARAMETERS[name]
        try:
            checked[field] = parse(value)
        except ValueError as error:
            raise Problem("malformed_request", f"Query parameter {name!r} {error}") from None
    if checked.get("first", date.min) > checked.get("last", date.max):
        raise Problem("malformed_request", "Query parameter 'from' must not be after 'to'")
    return checked


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}")
        return value

    return parse


def _ascending(value: str) -> bool:
    return _one_of("asc", "desc")(value) == "asc"


def _limit(value: str) -> int:
    if value not in _LIMITS:
        raise ValueError(f"must be a whole number from 1 to {MAX_LIMIT}")
    return _LIMITS[value]


_LIMITS: Final = {str(number): number for number in range(1, MAX_LIMIT + 1)}


def _number(value: str) -> int:
    if not _NUMBER.fullmatch(value):
        raise ValueError(f"must be a whole number from 0 to {MAX_NUMBER}")
    return int(value)


_NUMBER: Final = re.compile("0|[1-9][0-9]{0,14}")

_PARAMETERS: Final[Mapping[str, tuple[str, Callable[[str], Any]]]] = {
    "from": ("first", parse_day),
    "to": ("last", parse_day),
    "project": ("project", partial(parse_text, longest=MAX_PROJECT)),
    "status": ("status", _one_of(*STATUSES)),
    "user_id": ("user_id", partial(parse_text, longest=MAX_USER_ID)),
    "order": ("ascending", _ascending),
    "limit": ("limit", _limit),
    "cursor": ("cursor", str),
    "format": ("format", _one_of("excel")),
    "after": ("after", _number),
    "only": ("only", _one_of(*get_args(Only.__value__))),
}
