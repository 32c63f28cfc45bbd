"""Arrays of rows in one request: each row is accepted or refused by itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from timesheets.model.errors import FieldError, Problem, invalid_entry

MAX_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class DuplicateMember:
    """Stands in decoded JSON for an object that has two members with the same name."""

    name: str


def parse_batch[R](body: object, parse: Callable[[object], R], *, shape: str) -> list[R | Problem]:
    """Return the rows of an array of 1 to 100, decoded JSON, each as `parse` returns it or as its problem.

    A duplicate member anywhere in a row is a `malformed_request` of this row.

    Raises
    ------
    Problem
        `invalid_entry` for anything but such an array; its detail quotes `shape`.

    """
    if not isinstance(body, list) or not 1 <= len(body) <= MAX_ROWS:
        raise invalid_entry([FieldError("", f"must be {shape}")])

    def row_or_problem(row: object) -> R | Problem:
        try:
            _check_members(row)
            return parse(row)
        except Problem as problem:
            return problem

    return list(map(row_or_problem, body))


def _check_members(row: object) -> None:
    values = [row]
    while values:
        value = values.pop()
        if isinstance(value, dict):
            values += value.values()
        elif isinstance(value, list):
            values += value
        elif isinstance(value, DuplicateMember):
            raise Problem("malformed_request", f"Member {value.name[:100]!r} is given more than once")
