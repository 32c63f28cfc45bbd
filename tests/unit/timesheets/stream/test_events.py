"""The events of changes."""

import json
import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import jsonschema
import pytest

from tests.support import PROJECT
from tests.unit.support import APPROVED, NOW, PENDING, REJECTED, REMINDER_SCHEMA, SCHEMA
from timesheets.model.change import Change, change_to, deletion
from timesheets.model.entry import Entry, corrected, reopened
from timesheets.model.person import Person
from timesheets.model.reminder import Reminder
from timesheets.model.week import parse_week
from timesheets.stream.events import reminder_event, state_change

FIRST = change_to("created", PENDING)
APPROVAL = replace(change_to("approved", APPROVED), number=48_212)
REJECTION = replace(change_to("rejected", REJECTED), number=48_213)
RESUBMITTED = corrected(REJECTED, {"hours": Decimal(8)}, by="auth0|ana", now=NOW)
REOPENED = reopened(APPROVED, reviewer="auth0|mia", now=NOW)
DELETED = deletion(APPROVED, by="auth0|ana", at=APPROVED.modified_at)


def restored(entry: Entry) -> Change:
    return replace(change_to("restored", replace(entry, version=entry.version + 1)), number=1)


@pytest.mark.parametrize(
    ("change", "before", "kind", "status"),
    [
        (APPROVAL, FIRST, "Entry approved", "pending"),
        (REJECTION, FIRST, "Entry rejected", "pending"),
        (replace(change_to("reopened", REOPENED), number=1), APPROVAL, "Entry reopened", "approved"),
        (replace(change_to("corrected", RESUBMITTED), number=1), REJECTION, "Entry reopened", "rejected"),
        (restored(APPROVED), REJECTION, "Entry approved", "rejected"),
        (restored(PENDING), DELETED, "Entry reopened", "approved"),
        (APPROVAL, None, "Entry approved", "pending"),
        (replace(change_to("reopened", REOPENED), number=1), None, "Entry reopened", "pending"),
    ],
)
def test_a_change_of_status_has_an_event(
    change: Change, before: Change | None, kind: str, status: str
) -> None:
    made = state_change(change, before)
    assert made
    event = made.to_event("timesheets")
    detail = json.loads(event["Detail"])
    jsonschema.validate(detail, SCHEMA, format_checker=jsonschema.FormatChecker())
    assert change.entry
    assert event["DetailType"] == kind
    assert event["Source"] == "timesheets"
    assert event["EventBusName"] == "timesheets"
    assert event["Resources"] == [f"urn:timesheets:entry:{change.entry_id}"]
    assert (detail["number"], detail["entry"]) == (change.number, change.entry.to_json())
    assert detail["before"]["status"] == status
    old = before.entry if before else None
    assert detail["before"].get("reason") == (old.reason if old else None)


@pytest.mark.parametrize(
    ("change", "before"),
    [
        (FIRST, None),
        (change_to("created", APPROVED), None),
        (change_to("corrected", corrected(PENDING, {"hours": Decimal(8)}, by="auth0|ana", now=NOW)), FIRST),
        (change_to("corrected", PENDING), None),
        (DELETED, APPROVAL),
        (restored(APPROVED), APPROVAL),
        (Change("erased", PENDING.id, 3, PENDING.modified_at, "erasure", None), APPROVAL),
    ],
    ids=["created", "backfilled", "corrected", "first row", "deleted", "restored", "erased"],
)
def test_other_changes_have_no_event(change: Change, before: Change | None) -> None:
    assert state_change(change, before) is None


def test_a_version_whose_data_were_erased_counts_as_not_logged() -> None:
    stub = Change("erased", PENDING.id, 1, PENDING.modified_at, "erasure", None)
    made = state_change(APPROVAL, stub)
    assert made
    assert made.to_json()["before"] == {"status": "pending"}


def examples() -> list[dict[str, Any]]:
    """Return the events that docs/events.md shows."""
    text = (PROJECT / "docs/events.md").read_text()
    blocks = re.findall(r"^    \{\n(?:    .*\n)+", text, re.MULTILINE)
    return [json.loads(block) for block in blocks]


def test_the_documented_examples_are_valid() -> None:
    made = state_change(APPROVAL, FIRST)
    assert made
    ana = Person(user_id="auth0|ana", user_email="ana@exampleco.com", user_name="Ana")
    reminder = Reminder("incomplete", parse_week("2026-W47"), ana)
    events = [
        (made.to_event("timesheets"), SCHEMA),
        (reminder_event(reminder, "timesheets"), REMINDER_SCHEMA),
    ]
    for example, (event, schema) in zip(examples(), events, strict=True):
        jsonschema.validate(example["detail"], schema)
        assert example["detail-type"] == event["DetailType"]
        assert example["source"] == event["Source"]
        assert example["resources"] == [] or "Resources" in event
        assert example["detail"].keys() == json.loads(event["Detail"]).keys()
    assert example["detail"] == reminder.to_json()
