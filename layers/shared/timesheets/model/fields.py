"""Checks of an entry's fields, and of bodies as a whole."""

from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import Any, Final

from timesheets.model.dates import DateRange
from timesheets.model.errors import FieldError, invalid_entry
from timesheets.model.hours import parse_hours
from timesheets.model.text import parse_text

MAX_PROJECT: Final = 100
MAX_NOTES: Final = 1000
MAX_REASON: Final = 1000
MAX_EXTERNAL_ID: Final = 200
MAX_USER_ID: Final = 255
"""Characters."""

# Keep a problem small, however long the names in a body and however many.
MAX_UNKNOWN: Final = 50
MAX_NAME: Final = 100

type Check = Callable[[object], object]
"""Returns the value to keep, or raises `ValueError`."""

REQUIRED: Final = ("date", "project", "hours")


def parse_fields(
    body: object,
    checks: Mapping[str, Check],
    *,
    required: Collection[str] = (),
    ignored: Collection[str] = (),
) -> dict[str, Any]:
    """Return the checked members of a JSON object.

    Parameters
    ----------
    body
        Decoded JSON, its numbers as `Decimal`.
    checks
        A check for each permitted member.
    required
        The members that must be present.
    ignored
        Further permitted members, which are neither checked nor returned.

    Raises
    ------
    Problem
        `invalid_entry`, with every error.

    """
    if not isinstance(body, Mapping):
        raise invalid_entry([FieldError("", f"must be a JSON object with {', '.join(required or checks)}")])
    errors: list[FieldError] = []
    values: dict[str, Any] = {}
    for name, check in checks.items():
        if name in body:
            try:
                values[name] = check(body[name])
            except ValueError as error:
                errors.append(FieldError(f"/{name}", str(error)))
        elif name in required:
            errors.append(FieldError(f"/{name}", "is required"))
    unknown = [name for name in body if name not in checks and name not in ignored]
    detail = f"is not a field of this request; its fields are {', '.join(checks)}"
    errors += [FieldError(f"/{_pointer_token(name)}", detail) for name in unknown[:MAX_UNKNOWN]]
    if len(unknown) > MAX_UNKNOWN:
        errors.append(FieldError("", f"has {len(unknown) - MAX_UNKNOWN} more unknown fields"))
    if errors:
        raise invalid_entry(errors)
    return values


def entry_checks(dates: DateRange) -> dict[str, Check]:
    """Return a check for each field of an entry that its owner sets."""
    return {
        "date": dates.parse,
        "project": partial(parse_text, longest=MAX_PROJECT),
        "hours": parse_hours,
        "notes": _parse_notes,
    }


def parse_user_id(value: object) -> str:
    """Return a user's identifier, the `sub` of their tokens.

    Raises
    ------
    ValueError
        If it is not a text, or not a valid one.

    """
    return parse_text(value, MAX_USER_ID)


def parse_external_id(value: object) -> str | None:
    """Return another system's identifier of an entry.

    Raises
    ------
    ValueError
        If it is neither null nor a valid text.

    """
    return None if value is None else parse_text(value, MAX_EXTERNAL_ID)


def parse_reason(value: object) -> str:
    """Return the reason of a rejection.

    Raises
    ------
    ValueError
        If it is not a valid text.

    """
    return parse_text(value, MAX_REASON, lines=True, damage=True)


def parse_boolean(value: object) -> bool:
    """Return a JSON boolean.

    Raises
    ------
    ValueError
        For any other value.

    """
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _parse_notes(value: object) -> str | None:
    if value is None:
        return None
    # People may quote damaged text; an identifier that holds U+FFFD is itself damaged.
    return parse_text(value, MAX_NOTES, blank=True, lines=True, damage=True) or None


def _pointer_token(name: str) -> str:
    """Escape a member's name for a JSON Pointer (RFC 6901, section 3), and shorten it."""
    return name[:MAX_NAME].replace("~", "~0").replace("/", "~1")
