"""Helpers of the unit tests: a handler's response, entries in each state, records of the stream."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.support import PROJECT
from timesheets.model.entry import Decision, Entry, decided, new_entry
from timesheets.model.ids import new_id
from timesheets.model.person import Person
from timesheets.model.reminder import Reminder
from timesheets.model.week import parse_week
from timesheets.store.items import to_item

SCHEMA = json.loads((PROJECT / "docs/events.schema.json").read_text())
REMINDER_SCHEMA = json.loads((PROJECT / "docs/reminders.schema.json").read_text())
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)

PENDING = new_entry(
    {"date": date(2026, 11, 20), "project": "StoreZero", "hours": Decimal("7.25"), "notes": "on site"},
    id=new_id("auth0|ana"),
    user_id="auth0|ana",
    user_email="ana@exampleco.com",
    user_name="Ana",
    now=NOW,
)
APPROVED = decided(PENDING, Decision(approved=True), reviewer="auth0|mia", now=NOW)
REMINDER = Reminder("incomplete", parse_week("2026-W46"), Person(user_id="auth0|ana"))
REJECTED = decided(PENDING, Decision(approved=False, reason="Which site?"), reviewer="auth0|mia", now=NOW)


@dataclass(frozen=True)
class Answer:
    """A handler's response."""

    status: int
    headers: dict[str, str]
    text: str | None

    @property
    def json(self) -> Any:
        return json.loads(self.text or "")

    @property
    def problem(self) -> dict[str, Any]:
        """Check an error's form (RFC 9457) and return it."""
        body: dict[str, Any] = self.json
        assert self.headers["Content-Type"] == "application/problem+json"
        assert body["status"] == self.status
        assert body["type"] == f"urn:timesheets:{body['code']}"
        assert body["message"] == body["detail"]
        assert body["title"]
        return body


def record(old: dict[str, Any] | None, new: dict[str, Any] | None, number: int = 1) -> dict[str, Any]:
    """Return the stream's record of a change of an item."""
    images = {"OldImage": old, "NewImage": new}
    change = {name: image for name, image in images.items() if image is not None}
    kind = "INSERT" if old is None else "REMOVE" if new is None else "MODIFY"
    return {"eventName": kind, "dynamodb": {"SequenceNumber": str(number), **change}}


def of_entries(old: Entry, new: Entry, number: int = 1) -> dict[str, Any]:
    return record(to_item(old), to_item(new), number)
