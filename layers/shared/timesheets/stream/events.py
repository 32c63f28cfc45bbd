"""Changes of an entry's status, read from the table's stream, and their EventBridge events."""

import json
from dataclasses import dataclass
from typing import Any, Final

from timesheets.model.entry import Entry
from timesheets.store.items import from_item, is_entry

SOURCE: Final = "timesheets"
DETAIL_TYPES: Final = {
    "approved": "Entry approved",
    "rejected": "Entry rejected",
    "pending": "Entry reopened",
}
"""EventBridge's `DetailType` of an event, by the entry's new status."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """An entry that was approved, rejected or reopened."""

    entry: Entry
    before: Entry

    @property
    def detail_type(self) -> str:
        """The event's `DetailType`."""
        return DETAIL_TYPES[self.entry.status]

    def to_json(self) -> dict[str, Any]:
        """Return the event's `Detail`, which docs/events.schema.json describes."""
        before = {
            "status": self.before.status,
            "reviewed_by": self.before.reviewed_by,
            "reviewed_at": self.before.reviewed_at,
            "reason": self.before.reason,
        }
        return {
            "entry": self.entry.to_json(),
            "before": {name: value for name, value in before.items() if value is not None},
        }

    def to_event(self, bus: str) -> dict[str, Any]:
        """Return the event as an entry of `PutEvents`."""
        return {
            "EventBusName": bus,
            "Source": SOURCE,
            "DetailType": self.detail_type,
            "Detail": json.dumps(self.to_json(), separators=(",", ":")),
            "Resources": [f"urn:timesheets:entry:{self.entry.id}"],
        }


def state_change(record: dict[str, Any]) -> StateChange | None:
    """Return the change of status in a record of the table's stream (old and new images), if any."""
    old, new = (record["dynamodb"].get(name, {}) for name in ("OldImage", "NewImage"))
    if not (is_entry(old) and is_entry(new)):
        return None  # created, deleted, or not an entry
    before, entry = from_item(old), from_item(new)
    return StateChange(entry, before) if entry.status != before.status else None
