"""The timesheet entry and its rules. Pure: no clock, no network, no storage."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from timesheets.problems import Fault, invalid_entry

MAX_HOURS: Final = Decimal(24)
MAX_PROJECT: Final = 100
MAX_NOTES: Final = 1000

# An answer stays small whatever was sent.
MAX_NAMED: Final = 50
MAX_NAME: Final = 100

STATUSES: Final = ("pending", "approved", "rejected")

_REQUIRED: Final = ("date", "project", "hours")
# The published sample's clients send some of these; the server's own values stand.
_SERVER_FIELDS: Final = frozenset(
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

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBER = re.compile(r"-?[0-9]{1,30}(\.[0-9]{1,30})?")
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Hours that one user worked on one project on one day."""

    id: str
    user_id: str
    user_email: str | None
    date: date
    project: str
    hours: Decimal
    notes: str | None
    status: str
    created_at: str
    modified_at: str
    version: int

    def to_json(self) -> dict[str, Any]:
        """Return the entry as callers see it; members without a value are absent."""
        members = {
            "id": self.id,
            "user_id": self.user_id,
            "user_email": self.user_email,
            "date": self.date.isoformat(),
            "project": self.project,
            "hours": json_number(self.hours),
            "notes": self.notes,
            "status": self.status,
            "approved": self.status == "approved",
            "created_at": self.created_at,
            "modified_at": self.modified_at,
            "version": self.version,
        }
        return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFields:
    """What a client says of an entry, checked."""

    date: date
    project: str
    hours: Decimal
    notes: str | None


def parse_entry(body: object) -> EntryFields:
    """Check a client's entry.

    Parameters
    ----------
    body
        Decoded JSON, its numbers as `Decimal`.

    Raises
    ------
    Problem
        `invalid_entry`, naming every fault.

    """
    if not isinstance(body, Mapping):
        raise invalid_entry([Fault("", "must be a JSON object with date, project and hours")])
    faults: list[Fault] = []
    checked: dict[str, Any] = {}
    for name, check in _CLIENT_FIELDS.items():
        if name not in body and name in _REQUIRED:
            faults.append(Fault(f"/{name}", "is required"))
            continue
        try:
            checked[name] = check(body.get(name))
        except ValueError as fault:
            faults.append(Fault(f"/{name}", str(fault)))
    unknown = [name for name in body if name not in _CLIENT_FIELDS and name not in _SERVER_FIELDS]
    faults += [
        Fault(f"/{_pointer_token(name)}", "is not a field of an entry") for name in unknown[:MAX_NAMED]
    ]
    if len(unknown) > MAX_NAMED:
        faults.append(Fault("", f"has {len(unknown) - MAX_NAMED} more fields that no entry has"))
    if faults:
        raise invalid_entry(faults)
    return EntryFields(**checked)


def new_entry(
    fields: EntryFields, *, entry_id: str, user_id: str, user_email: str | None, now: datetime
) -> Entry:
    """Return a pending entry at version 1, logged at `now` (UTC)."""
    timestamp = rfc3339(now)
    return Entry(
        id=entry_id,
        user_id=user_id,
        user_email=user_email,
        date=fields.date,
        project=fields.project,
        hours=fields.hours,
        notes=fields.notes,
        status="pending",
        created_at=timestamp,
        modified_at=timestamp,
        version=1,
    )


def rfc3339(moment: datetime) -> str:
    """Write a UTC time to the millisecond (RFC 3339, section 5.6): `2026-11-20T09:30:00.000Z`."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def json_number(hours: Decimal) -> int | float:
    """Return hours for JSON: `5`, `7.25`.

    Exact as text: the shortest text of the float nearest to a number of two decimals is that number.
    """
    return int(hours) if hours == hours.to_integral_value() else float(hours)


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


def _project(value: object) -> str:
    project = _text(value.strip() if isinstance(value, str) else value, MAX_PROJECT)
    if not project:
        raise ValueError("must not be blank")
    return project


def _hours(value: object) -> Decimal:
    if isinstance(value, str):
        text = value.strip()
        if not _NUMBER.fullmatch(text):
            raise ValueError("must be a number, or a string holding one, such as 7.25")
        value = Decimal(text)
    if not isinstance(value, Decimal) or value.is_nan():
        raise ValueError("must be a number, or a string holding one, such as 7.25")
    if not 0 < value <= MAX_HOURS:
        raise ValueError("must be more than 0 and at most 24")
    hours = value.quantize(Decimal("0.01"))
    if hours != value:
        raise ValueError("must have at most two decimals")
    return hours


def _notes(value: object) -> str | None:
    return None if value is None else _text(value, MAX_NOTES)


def _text(value: object, longest: int) -> str:
    if not isinstance(value, str):
        raise ValueError("must be a string")
    if len(value) > longest:
        raise ValueError(f"must be at most {longest} characters")
    if _SURROGATE.search(value):
        raise ValueError("must be Unicode text: it holds half of a surrogate pair")
    return value


_CLIENT_FIELDS: Final[Mapping[str, Callable[[object], object]]] = {
    "date": _date,
    "project": _project,
    "hours": _hours,
    "notes": _notes,
}


def _pointer_token(name: str) -> str:
    """Escape a member's name, cut if it is long, for a JSON Pointer (RFC 6901, section 3)."""
    return name[:MAX_NAME].replace("~", "~0").replace("/", "~1")
