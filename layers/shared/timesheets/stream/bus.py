"""The EventBridge bus that receives the events."""

from typing import Any, Self

import botocore.session
from botocore.config import Config

from timesheets.settings import settings
from timesheets.stream.events import StateChange
from timesheets.telemetry import count, logger


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
        answer = self.client.put_events(Entries=[change.to_event(settings.event_bus_name)])
        if answer["FailedEntryCount"]:
            raise RuntimeError(answer["Entries"][0].get("ErrorCode"))
        logger.info("change published", entry_id=change.entry.id, number=change.number)
        count("ChangesPublished")
