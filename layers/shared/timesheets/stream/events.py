"""What the table's stream says of entries: which change of state, for other systems to know."""

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
"""EventBridge's name for an event's kind, by the state that an entry came into."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """An entry that was decided about, or that is pending again."""

    entry: Entry
    before: Entry

    @property
    def detail_type(self) -> str:
        """The event's kind."""
        return DETAIL_TYPES[self.entry.status]

    def to_json(self) -> dict[str, Any]:
        """Return the event's detail, as docs/events.schema.json describes it."""
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
        """Return what EventBridge is told, as one of `PutEvents`' entries."""
        return {
            "EventBusName": bus,
            "Source": SOURCE,
            "DetailType": self.detail_type,
            "Detail": json.dumps(self.to_json(), separators=(",", ":")),
            "Resources": [f"urn:timesheets:entry:{self.entry.id}"],
        }


def state_change(record: dict[str, Any]) -> StateChange | None:
    """Read one record of the table's stream, with old and new images; nothing for any other change."""
    old, new = (record["dynamodb"].get(name, {}) for name in ("OldImage", "NewImage"))
    if not (is_entry(old) and is_entry(new)):
        return None  # logged, deleted, or not about an entry
    before, entry = from_item(old), from_item(new)
    return StateChange(entry, before) if entry.status != before.status else None
