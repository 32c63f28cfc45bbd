"""The timesheet entry and its life: logged, corrected, reviewed, deleted. Pure: no clock, no storage."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from timesheets.model.errors import FieldError, Problem, invalid_entry
from timesheets.model.fields import ENTRY_CHECKS, MAX_REASON, REQUIRED, SERVER_FIELDS, checked_fields, trimmed

STATUSES: Final = ("pending", "approved", "rejected")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Hours that one user worked on one project on one day."""

    id: str
    user_id: str
    user_email: str | None = None
    date: date
    project: str
    hours: Decimal
    notes: str | None = None
    status: str = "pending"
    reviewed_by: str | None = None
    reviewed_at: str | None = None
    reason: str | None = None
    external_id: str | None = None
    source: str | None = None
    created_at: str
    modified_at: str
    version: int = 1
    request: str | None = None
    """Stands for the request that logged it under an idempotency key; callers don't see it."""

    @property
    def position(self) -> str:
        """Where it stands in a list: by date, then by when it was logged."""
        return f"{self.date.isoformat()}#{self.created_at}#{self.id}"

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
            "reviewed_by": self.reviewed_by,
            "reviewed_at": self.reviewed_at,
            "reason": self.reason,
            "external_id": self.external_id,
            "source": self.source,
            "created_at": self.created_at,
            "modified_at": self.modified_at,
            "version": self.version,
        }
        return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Decision:
    """What a reviewer says of an entry."""

    approved: bool
    reason: str | None = None


def parse_entry(body: object) -> dict[str, Any]:
    """Check a new entry, decoded JSON, and return what its client says of it.

    Raises
    ------
    Problem
        `invalid_entry`, naming every fault.

    """
    return checked_fields(body, ENTRY_CHECKS, required=REQUIRED, accepted=SERVER_FIELDS)


def parse_changes(body: object) -> dict[str, Any]:
    """Check a merge patch (RFC 7396) for an entry, and return the values that are to change.

    Raises
    ------
    Problem
        `invalid_entry`, naming every fault.

    """
    return checked_fields(body, ENTRY_CHECKS, accepted=SERVER_FIELDS)


def parse_decision(body: object) -> Decision:
    """Check a reviewer's decision: `{"approved": true}`, or false with a reason.

    Raises
    ------
    Problem
        `invalid_entry`, naming every fault.

    """
    values = checked_fields(
        body, {"approved": _boolean, "reason": trimmed(MAX_REASON)}, required=("approved",)
    )
    decision = Decision(**values)
    if decision.approved and decision.reason:
        raise invalid_entry([FieldError("/reason", "is for a rejection only")])
    if not decision.approved and not decision.reason:
        raise invalid_entry([FieldError("/reason", "is required to reject an entry")])
    return decision


def new_entry(fields: Mapping[str, Any], *, now: datetime, **known: Any) -> Entry:  # noqa: ANN401 any field
    """Return a pending entry at version 1, logged at `now` (UTC), with what the server knows of it."""
    timestamp = rfc3339(now)
    return Entry(**fields, **known, created_at=timestamp, modified_at=timestamp)


def corrected(entry: Entry, changes: Mapping[str, Any], *, now: datetime) -> Entry:
    """Return the entry with its owner's changes; a rejected one is pending again.

    Raises
    ------
    Problem
        `entry_locked` if it is approved.

    """
    check_unlocked(entry)
    if entry.status == "pending" and all(getattr(entry, name) == value for name, value in changes.items()):
        return entry
    return replace(_pending(entry, now), **changes)


def check_unlocked(entry: Entry) -> None:
    """Let an entry's owner change or delete it, unless it is approved.

    Raises
    ------
    Problem
        `entry_locked`.

    """
    if entry.status == "approved":
        raise Problem("entry_locked", "The entry is approved; ask an approver to reopen it first")


def check_reviewer(entry: Entry, reviewer: str) -> None:
    """Let an approver decide about another's entry, never about their own.

    Raises
    ------
    Problem
        `self_approval`.

    """
    if entry.user_id == reviewer:
        raise Problem("self_approval", "Nobody reviews their own entry; another approver has to")


def decided(entry: Entry, decision: Decision, *, reviewer: str, now: datetime) -> Entry:
    """Return the entry as a reviewer decides; unchanged if that was decided already.

    Raises
    ------
    Problem
        `self_approval` for the owner; `conflict` if it was decided the other way.

    """
    check_reviewer(entry, reviewer)
    status = "approved" if decision.approved else "rejected"
    if entry.status == status:
        return entry
    if entry.status != "pending":
        raise Problem("conflict", f"The entry is {entry.status} already; reopen it first")
    timestamp = rfc3339(now)
    return replace(
        entry,
        status=status,
        reviewed_by=reviewer,
        reviewed_at=timestamp,
        reason=decision.reason,
        modified_at=timestamp,
        version=entry.version + 1,
    )


def reopened(entry: Entry, *, reviewer: str, now: datetime) -> Entry:
    """Return the entry as pending again; unchanged if it is.

    Raises
    ------
    Problem
        `self_approval` for the owner.

    """
    check_reviewer(entry, reviewer)
    return entry if entry.status == "pending" else _pending(entry, now)


def rfc3339(moment: datetime) -> str:
    """Write a UTC time to the millisecond (RFC 3339, section 5.6): `2026-11-20T09:30:00.000Z`."""
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def json_number(hours: Decimal) -> int | float:
    """Return hours for JSON: `5`, `7.25`.

    Exact as text: the shortest text of the float nearest to a number of two decimals is that number.
    """
    return int(hours) if hours == hours.to_integral_value() else float(hours)


def _pending(entry: Entry, now: datetime) -> Entry:
    return replace(
        entry,
        status="pending",
        reviewed_by=None,
        reviewed_at=None,
        reason=None,
        modified_at=rfc3339(now),
        version=entry.version + 1,
    )


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value
