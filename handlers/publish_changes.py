"""Publish approved, rejected and reopened entries from the table's stream to EventBridge.

Delivery is at least once and in order for each entry: events are sent one at a time, and none after one that
failed. Lambda then repeats the batch from the failed record.
"""

from typing import Any

import botocore.session
from botocore.config import Config

from timesheets.settings import SettingError, settings
from timesheets.stream.events import StateChange, state_change
from timesheets.telemetry import count, logger

events: Any = botocore.session.get_session().create_client(
    "events", config=Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard"})
)


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Publish a batch of records and return the first that failed; Lambda repeats from there."""
    published = 0
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            change = state_change(record)
            if change:
                _publish(change)
                published += 1
        except Exception as error:  # noqa: BLE001 the records before this one are done
            number = record["dynamodb"]["SequenceNumber"]
            # Other errors' texts may quote the entry.
            cause = str(error) if isinstance(error, SettingError) else type(error).__name__
            logger.warning("change not published", sequence_number=number, cause=cause)
            failed = [{"itemIdentifier": number}]
            break
    if published:
        count("ChangesPublished", published)
    if failed:
        count("ChangesNotPublished")
    return {"batchItemFailures": failed}


def _publish(change: StateChange) -> None:
    answer = events.put_events(Entries=[change.to_event(settings.event_bus_name)])
    if answer["FailedEntryCount"]:
        raise RuntimeError(answer["Entries"][0].get("ErrorCode"))
    logger.info(
        "change published",
        entry_id=change.entry.id,
        status=change.entry.status,
        version=change.entry.version,
    )
