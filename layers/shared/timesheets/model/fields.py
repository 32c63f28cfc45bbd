"""What clients may say of an entry, field by field, checked. Pure: no clock, no network, no storage."""

import re
from collections.abc import Callable, Collection, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from timesheets.model.errors import FieldError, invalid_entry

MAX_HOURS: Final = Decimal(24)
MAX_PROJECT: Final = 100
MAX_NOTES: Final = 1000
MAX_REASON: Final = 1000
MAX_EXTERNAL_ID: Final = 200
MAX_USER_ID: Final = 255
"""Characters."""

# An answer stays small whatever was sent.
MAX_NAMED: Final = 50
MAX_NAME: Final = 100

type Check = Callable[[object], object]

SERVER_FIELDS: Final = frozenset(
    {
        "id",
        "user_id",
        "user_email",
        "status",
        "approved",
        "reviewed_by",
        "reviewed_at",
        "reason",
        "source",
        "created_at",
        "modified_at",
        "version",
    }
)
"""Set by the server alone. The published sample's clients send some; the server's own values stand."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def checked_fields(
    body: object,
    checks: Mapping[str, Check],
    *,
    required: Collection[str] = (),
    accepted: Collection[str] = (),
) -> dict[str, Any]:
    """Check the members of a JSON object.

    Parameters
    ----------
    body
        Decoded JSON, its numbers as `Decimal`.
    checks
        A check for each member there may be: returns the value to keep or raises `ValueError`.
    required
        The members that must be there.
    accepted
        Further members, which are not looked at.

    Raises
    ------
    Problem
        `invalid_entry`, naming every fault.

    """
    if not isinstance(body, Mapping):
        raise invalid_entry([FieldError("", f"must be a JSON object with {', '.join(required or checks)}")])
    faults: list[FieldError] = []
    values: dict[str, Any] = {}
    for name, check in checks.items():
        if name in body:
            try:
                values[name] = check(body[name])
            except ValueError as fault:
                faults.append(FieldError(f"/{name}", str(fault)))
        elif name in required:
            faults.append(FieldError(f"/{name}", "is required"))
    unknown = [name for name in body if name not in checks and name not in accepted]
    refusal = f"is not a field of this request; known are {', '.join(checks)}"
    faults += [FieldError(f"/{_pointer_token(name)}", refusal) for name in unknown[:MAX_NAMED]]
    if len(unknown) > MAX_NAMED:
        faults.append(FieldError("", f"has {len(unknown) - MAX_NAMED} more unknown fields"))
    if faults:
        raise invalid_entry(faults)
    return values


def parse_day(value: str) -> date:
    """Read a calendar date, `YYYY-MM-DD`.

    Raises
    ------
    ValueError
        For any other form, and for a day that no calendar has.

    """
    if not _DAY.fullmatch(value):
        raise ValueError("must be a date such as 2026-11-20")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a date that exists") from None


def text(longest: int) -> Check:
    """Return a check for text of at most so many characters."""

    def check(value: object) -> str:
        if not isinstance(value, str):
            raise ValueError("must be a string")
        if len(value) > longest:
            raise ValueError(f"must be at most {longest} characters")
        if _SURROGATE.search(value):
            raise ValueError("must be Unicode text: it holds half of a surrogate pair")
        return value

    return check


def trimmed(longest: int) -> Check:
    """Return a check for text that says something; space around it is dropped."""
    is_text = text(longest)

    def check(value: object) -> object:
        kept = is_text(value.strip() if isinstance(value, str) else value)
        if not kept:
            raise ValueError("must not be blank")
        return kept

    return check


def identifier(longest: int) -> Check:
    """Return a check for another system's identifier, which is kept to the letter."""
    is_text = text(longest)

    def check(value: object) -> object:
        if not isinstance(value, str) or not value.strip() or _CONTROL.search(value):
            raise ValueError("must be a string that is not blank and holds no control characters")
        return is_text(value)

    return check


def _date(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError("must be a string holding a date such as 2026-11-20")
    if "T" not in value:
        return parse_day(value)
    # Of a date-time its own calendar date counts, whatever its offset from UTC.
    try:
        datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be a date such as 2026-11-20, or an ISO 8601 date-time") from None
    return parse_day(value.partition("T")[0])


def _hours(value: object) -> Decimal:
    if isinstance(value, str):
        digits = value.strip()
        if not _NUMBER.fullmatch(digits):
            raise ValueError("must be a number, or a string holding one, such as 7.25")
        value = Decimal(digits)
    if not isinstance(value, Decimal) or value.is_nan():
        raise ValueError("must be a number, or a string holding one, such as 7.25")
    if not 0 < value <= MAX_HOURS:
        raise ValueError("must be more than 0 and at most 24")
    hours = value.quantize(Decimal("0.01"))
    if hours != value:
        raise ValueError("must have at most two decimals")
    return hours


def _notes(value: object) -> object:
    return None if value is None else text(MAX_NOTES)(value)


ENTRY_CHECKS: Final[Mapping[str, Check]] = {
    "date": _date,
    "project": trimmed(MAX_PROJECT),
    "hours": _hours,
    "notes": _notes,
}
REQUIRED: Final = ("date", "project", "hours")


def _pointer_token(name: str) -> str:
    """Escape a member's name, cut if it is long, for a JSON Pointer (RFC 6901, section 3)."""
    return name[:MAX_NAME].replace("~", "~0").replace("/", "~1")
