"""Publish decisions on entries to EventBridge; the moving head of the log wakes this function.

Delivery is at least once and in order: events are sent one at a time, and none after one that failed. Lambda
then repeats the batch.
"""

from typing import Any

from timesheets.model.errors import Conflict
from timesheets.settings import SettingError
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.stream.bus import Bus
from timesheets.stream.publisher import publish_decisions
from timesheets.telemetry import count, logger

RESERVE = 15_000
"""Milliseconds that the last page may take."""

changes = Changes(Table.connect())
bus = Bus.connect()


def lambda_handler(event: dict[str, Any], context: Any) -> dict[str, Any]:  # noqa: ANN401 Lambda's context
    """Publish everything up to the head; return the first record of the batch if something is left."""
    try:
        done = publish_decisions(
            changes, bus.publish, has_time=lambda: context.get_remaining_time_in_millis() > RESERVE
        )
    except Conflict:
        done = True  # another invocation publishes the same changes
    except Exception as error:  # noqa: BLE001 Lambda repeats the batch
        # Other errors' texts may quote the entry.
        cause = str(error) if isinstance(error, SettingError) else type(error).__name__
        logger.warning("changes not published", cause=cause)
        count("ChangesNotPublished")
        done = False
    first = event["Records"][0]["dynamodb"]["SequenceNumber"]
    return {"batchItemFailures": [] if done else [{"itemIdentifier": first}]}
