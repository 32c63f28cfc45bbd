"""The table's stream: tell other systems, through EventBridge, of approved, rejected and reopened entries.

At least once, and in order for each entry: one event at a time, and none after one that failed. Lambda then
sends the records again from the failed one on.
"""

import os
from typing import Any

import botocore.session
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from botocore.config import Config

from timesheets.stream.events import StateChange, state_change

logger = Logger()
metrics = Metrics()
events: Any = botocore.session.get_session().create_client(
    "events", config=Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard"})
)


def lambda_handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Publish a batch of records; name the first that failed, for Lambda to go on from there."""
    published = 0
    failed: list[dict[str, str]] = []
    for record in event["Records"]:
        try:
            change = state_change(record)
            if change:
                _publish(change)
                published += 1
        except Exception as error:  # noqa: BLE001 whatever it is, the records before it are done
            number = record["dynamodb"]["SequenceNumber"]
            cause = type(error).__name__  # its text may hold what the entry holds
            logger.warning("change not published", sequence_number=number, cause=cause)
            failed = [{"itemIdentifier": number}]
            break
    _count(ChangesPublished=published, ChangesNotPublished=len(failed))
    return {"batchItemFailures": failed}


def _publish(change: StateChange) -> None:
    answer = events.put_events(Entries=[change.to_event(os.environ["EVENT_BUS_NAME"])])
    if answer["FailedEntryCount"]:
        raise RuntimeError(answer["Entries"][0].get("ErrorCode"))
    logger.info(
        "change published",
        entry_id=change.entry.id,
        status=change.entry.status,
        version=change.entry.version,
    )


def _count(**counts: int) -> None:
    for name, value in counts.items():
        if value:
            metrics.add_metric(name=name, unit=MetricUnit.Count, value=value)
    if any(counts.values()):
        metrics.flush_metrics()
