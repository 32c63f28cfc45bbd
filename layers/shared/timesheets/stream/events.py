"""Changes of an entry's status, and the EventBridge events of changes and reminders."""

import json
from dataclasses import dataclass
from typing import Any, Final

from timesheets.model.change import Change
from timesheets.model.entry import Entry
from timesheets.model.reminder import Kind, Reminder

SOURCE: Final = "timesheets"
DETAIL_TYPES: Final = {
    "approved": "Entry approved",
    "rejected": "Entry rejected",
    "pending": "Entry reopened",
}
"""EventBridge's `DetailType` of an event, by the entry's new status."""
REMINDER_TYPES: Final[dict[Kind, str]] = {"incomplete": "Week incomplete", "inactive": "Person inactive"}
"""EventBridge's `DetailType` of a reminder, by its kind."""


@dataclass(frozen=True, slots=True)
class StateChange:
    """An entry that was approved, rejected, or made pending again."""

    number: int | None
    """The number of the change in the feed."""
    entry: Entry
    before: Entry | None
    """None if the version before was not logged."""

    @property
    def detail_type(self) -> str:
        """The event's `DetailType`."""
        return DETAIL_TYPES[self.entry.status]

    def to_json(self) -> dict[str, Any]:
        """Return the event's `Detail`, which docs/events.schema.json describes."""
        names = ("status", "reviewed_by", "reviewed_at", "reason")
        before = {name: getattr(self.before, name, None) for name in names} | {"status": self._old_status}
        return {
            "number": self.number,
            "entry": self.entry.to_json(),
            "before": {name: value for name, value in before.items() if value is not None},
        }

    def to_event(self, bus: str) -> dict[str, Any]:
        """Return the event as an entry of `PutEvents`."""
        resources = [f"urn:timesheets:entry:{self.entry.id}"]
        return _event(bus, self.detail_type, self.to_json()) | {"Resources": resources}

    @property
    def _old_status(self) -> str:
        return self.before.status if self.before else "pending"


def state_change(change: Change, before: Change | None) -> StateChange | None:
    """Return the change of status that a change made, if any; `before` is the change one version earlier."""
    if change.entry is None:
        return None
    old = before.entry if before else None
    made = StateChange(change.number, change.entry, old)
    if old is None:
        return made if change.kind in {"approved", "rejected", "reopened"} else None
    return made if old.status != change.entry.status else None


def reminder_event(reminder: Reminder, bus: str) -> dict[str, Any]:
    """Return the event of a reminder as an entry of `PutEvents`."""
    return _event(bus, REMINDER_TYPES[reminder.kind], reminder.to_json())


def _event(bus: str, detail_type: str, detail: dict[str, Any]) -> dict[str, Any]:
    return {
        "EventBusName": bus,
        "Source": SOURCE,
        "DetailType": detail_type,
        "Detail": json.dumps(detail, separators=(",", ":")),
    }
