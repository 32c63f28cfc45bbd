"""The timesheet entry and its changes: logged, corrected, approved, rejected, reopened."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, Final, Literal, get_args

from timesheets.model.dates import DateRange
from timesheets.model.errors import FieldError, Problem, invalid_entry
from timesheets.model.fields import (
    REQUIRED,
    Check,
    entry_checks,
    parse_boolean,
    parse_fields,
    parse_reason,
)

type Status = Literal["pending", "approved", "rejected"]
STATUSES: Final[tuple[Status, ...]] = get_args(Status.__value__)


INTERNAL: Final = {"internal": True}
"""Marks a field that callers do not see."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Hours that one user worked on one project on one day. This is the only list of its fields."""

    id: str
    user_id: str
    user_email: str | None = None
    user_name: str | None = None
    date: date
    project: str
    hours: Decimal
    notes: str | None = None
    status: Status = "pending"
    reviewed_by: str | None = None
    reviewed_at: str | None = None
    reason: str | None = None
    external_id: str | None = None
    source: str | None = None
    created_at: str
    modified_at: str
    modified_by: str | None = None
    """The caller or the importing client that made this version; None in entries from before the field."""
    version: int = 1
    sequence: int | None = field(default=None, metadata=INTERNAL)
    """The index of the entry's row in its upload: orders entries that were created by the same upload."""
    request_digest: str | None = field(default=None, metadata=INTERNAL)
    """Digest of the fields sent with an idempotency key."""

    @property
    def approved(self) -> bool:
        """Whether the entry is approved."""
        return self.status == "approved"

    @property
    def position(self) -> str:
        """The sort key in lists: date, then time of creation, then the row's index in its upload."""
        sequence = "" if self.sequence is None else f"{self.sequence:03}"
        return f"{self.date.isoformat()}#{self.created_at}{sequence}#{self.id}"

    def to_json(self) -> dict[str, Any]:
        """Return the entry for callers, without the members that have no value."""
        pairs = zip(MEMBERS, _values(self), strict=True)
        members = {name: value for name, value in pairs if value is not None}
        return members | {"date": self.date.isoformat(), "hours": json_number(self.hours)}


def _members() -> Iterator[str]:
    for one in fields(Entry):
        if "internal" not in one.metadata:
            yield one.name
        if one.name == "status":
            yield "approved"


MEMBERS: Final = tuple(_members())
"""The members of an entry's JSON, in order."""
_values = attrgetter(*MEMBERS)

SERVER_FIELDS: Final = frozenset(MEMBERS) - {*entry_checks(DateRange(date.min, date.max)), "external_id"}
"""Members that only the server sets. Clients may send them, as the published sample's do, without effect."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A reviewer's decision about an entry."""

    approved: bool
    reason: str | None = None

    @property
    def status(self) -> Literal["approved", "rejected"]:
        """The status of an entry that is decided this way."""
        return "approved" if self.approved else "rejected"


DECISION_CHECKS: Final[Mapping[str, Check]] = {"approved": parse_boolean, "reason": parse_reason}


def parse_entry(body: object, dates: DateRange) -> dict[str, Any]:
    """Return the fields of a new entry, decoded JSON, checked.

    Raises
    ------
    Problem
        `invalid_entry`, with every error.

    """
    return parse_fields(body, entry_checks(dates), required=REQUIRED, ignored=SERVER_FIELDS)


def parse_changes(body: object, dates: DateRange) -> dict[str, Any]:
    """Return the fields that a merge patch (RFC 7396), decoded JSON, sets in an entry.

    Raises
    ------
    Problem
        `invalid_entry`, with every error.

    """
    return parse_fields(body, entry_checks(dates), ignored=SERVER_FIELDS)


def parse_decision(body: object) -> Decision:
    """Return a reviewer's decision, decoded JSON: `{}` or `{"approved": true}`, or false with a reason.

    Raises
    ------
    Problem
        `invalid_entry`, with every error.

    """
    if body == {}:
        return Decision(approved=True)  # as the published sample's web app approves
    decision = Decision(**parse_fields(body, DECISION_CHECKS, required=("approved",)))
    check_reason(decision)
    return decision


def check_reason(decision: Decision) -> None:
    """Require that a rejection, and only a rejection, has a reason.

    Raises
    ------
    Problem
        `invalid_entry`.

    """
    if decision.approved and decision.reason:
        raise invalid_entry([FieldError("/reason", "is for a rejection only")])
    if not decision.approved and not decision.reason:
        raise invalid_entry([FieldError("/reason", "is required to reject an entry")])


def new_entry(fields: Mapping[str, Any], *, now: datetime, **server_fields: Any) -> Entry:  # noqa: ANN401
    """Return a pending entry at version 1, logged at `now` (UTC) by its source or else its owner."""
    timestamp = rfc3339(now)
    entry = Entry(**fields, **server_fields, created_at=timestamp, modified_at=timestamp)
    return replace(entry, modified_by=entry.source or entry.user_id)


def corrected(entry: Entry, changes: Mapping[str, Any], *, by: str | None, now: datetime) -> Entry:
    """Return the entry with changes by its owner or its source, pending again if it was rejected.

    Raises
    ------
    Problem
        `entry_locked` if it is approved.

    """
    check_unlocked(entry)
    if entry.status == "pending" and all(getattr(entry, name) == value for name, value in changes.items()):
        return entry
    return replace(_pending(entry, by, now), **changes)


def check_unlocked(entry: Entry) -> None:
    """Require that the owner may change or delete an entry.

    Raises
    ------
    Problem
        `entry_locked` if it is approved.

    """
    if entry.status == "approved":
        raise Problem("entry_locked", "The entry is approved; ask an approver to reopen it first")


def check_reviewer(entry: Entry, reviewer: str) -> None:
    """Require that a reviewer is not the entry's owner.

    Raises
    ------
    Problem
        `self_approval`.

    """
    if entry.user_id == reviewer:
        raise Problem("self_approval", "You cannot review your own entry; ask another approver")


def decided(entry: Entry, decision: Decision, *, reviewer: str, now: datetime) -> Entry:
    """Return the entry as decided; unchanged if it was already decided that way.

    Raises
    ------
    Problem
        `self_approval` for the owner; `conflict` if it was decided the other way.

    """
    check_reviewer(entry, reviewer)
    if entry.status == decision.status:
        return entry
    if entry.status != "pending":
        raise Problem("conflict", f"The entry is already {entry.status}; reopen it first")
    timestamp = modified_at(entry, now)
    return replace(
        entry,
        status=decision.status,
        reviewed_by=reviewer,
        reviewed_at=timestamp,
        reason=decision.reason,
        modified_at=timestamp,
        modified_by=reviewer,
        version=entry.version + 1,
    )


def reopened(entry: Entry, *, reviewer: str, now: datetime) -> Entry:
    """Return the entry as pending; unchanged if it already is.

    Raises
    ------
    Problem
        `self_approval` for the owner.

    """
    check_reviewer(entry, reviewer)
    return entry if entry.status == "pending" else _pending(entry, reviewer, now)


def rfc3339(moment: datetime) -> str:
    """Return a UTC time with milliseconds (RFC 3339, section 5.6): `2026-11-20T09:30:00.000Z`."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def json_number(hours: Decimal) -> int | float:
    """Return hours for JSON: `5`, `7.25`.

    Exact as text: the shortest text of the float nearest to a number of two decimals is that number.
    """
    return int(hours) if hours == hours.to_integral_value() else float(hours)


def _pending(entry: Entry, by: str | None, now: datetime) -> Entry:
    return replace(
        entry,
        status="pending",
        reviewed_by=None,
        reviewed_at=None,
        reason=None,
        modified_at=modified_at(entry, now),
        modified_by=by,
        version=entry.version + 1,
    )


def modified_at(entry: Entry, now: datetime) -> str:
    """Return the time of a change, never before the entry's last one: servers' clocks may differ."""
    return max(rfc3339(now), entry.modified_at)
