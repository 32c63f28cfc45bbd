"""The EventBridge bus that receives the events."""

from collections.abc import Sequence
from typing import Any, Final, Self

import botocore.session
from botocore.config import Config

from timesheets.model.reminder import Reminder
from timesheets.settings import settings
from timesheets.stream.events import StateChange, reminder_event
from timesheets.telemetry import count, logger

MAX_EVENTS: Final = 10
"""Events that one call publishes."""


class Bus:
    """The event bus of the stack."""

    def __init__(self, client: Any) -> None:  # noqa: ANN401 botocore makes its clients at run time
        self.client = client

    @classmethod
    def connect(cls) -> Self:
        """Create the client now, while a function starts; the first event checks `EVENT_BUS_NAME`."""
        config = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard"})
        return cls(botocore.session.get_session().create_client("events", config=config))

    def publish(self, change: StateChange) -> None:
        """Publish a change.

        Raises
        ------
        RuntimeError
            If EventBridge refuses it.

        """
        (error,) = self._put([change.to_event(settings.event_bus_name)])
        if error:
            raise RuntimeError(error)
        logger.info("change published", entry_id=change.entry.id, number=change.number)
        count("ChangesPublished")

    def publish_reminders(self, reminders: Sequence[Reminder]) -> list[Reminder]:
        """Publish at most `MAX_EVENTS` reminders; return those that EventBridge does not refuse."""
        errors = self._put([reminder_event(reminder, settings.event_bus_name) for reminder in reminders])
        for error in filter(None, errors):
            logger.warning("reminder not published", cause=error)
        return [reminder for reminder, error in zip(reminders, errors, strict=True) if not error]

    def _put(self, events: list[dict[str, Any]]) -> list[str | None]:
        """Return each event's error code, None where it is published."""
        answer = self.client.put_events(Entries=events)
        return [entry.get("ErrorCode") for entry in answer["Entries"]]
