"""Publish the changes of entries that were not published: those in the queue UnpublishedChanges.

A message names a range of the table's stream. For 24 hours the stream holds the records, and their changes
are published as they were. Later, entries changed then are published as they are now (docs/events.md).
A message is deleted once its changes are published; running it twice does no harm.
Exit status: 0 if the queue is empty, 1 if a message is left, 2 for wrong usage.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ops.environment import command, command_parser, parse
from timesheets.model.entry import Entry, rfc3339
from timesheets.store.items import from_item, is_entry
from timesheets.stream.events import StateChange, state_change

MARGIN: Final = timedelta(minutes=1)
"""The longest time between an entry's `modified_at` and the arrival of its record in the stream."""
VISIBILITY: Final = 300  # seconds for which a message that was read is hidden from other readers
TRIMMED: Final = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException"})


@dataclass(frozen=True)
class Republisher:
    """Publishes the changes that the messages of a queue stand for."""

    queue: str
    table: str
    bus: str
    client: Any
    """Returns a client of one of AWS's services."""

    def run(self) -> int:
        """Publish everything; return the number of messages that failed and stay in the queue."""
        sqs, failures = self.client("sqs"), 0
        receive = {"QueueUrl": self.queue, "MaxNumberOfMessages": 10, "VisibilityTimeout": VISIBILITY}
        while messages := sqs.receive_message(**receive, WaitTimeSeconds=2).get("Messages"):
            for message in messages:
                try:
                    for change in self._changes(json.loads(message["Body"])["DDBStreamBatchInfo"]):
                        self._publish(change)
                except (BotoCoreError, ClientError, LookupError, ValueError, RuntimeError) as error:
                    failures += 1
                    print(f"message {message['MessageId']} stays: {type(error).__name__}: {error}")
                else:
                    sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return failures

    def _changes(self, batch: Mapping[str, Any]) -> list[StateChange]:
        records = self._records(batch)
        if records is not None:
            return [change for change in map(state_change, records) if change]
        arrivals = (batch[f"approximateArrivalOf{which}Record"] for which in ("First", "Last"))
        first, last = (datetime.fromisoformat(arrival).astimezone(UTC) for arrival in arrivals)
        print(f"the stream no longer has {first:%Y-%m-%d %H:%M}: publishing entries as they are now")
        return list(self._changed(first - MARGIN, last + MARGIN))

    def _records(self, batch: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        """Return the stream's records of a batch; None if the stream no longer has them."""
        streams, last = self.client("dynamodbstreams"), int(batch["endSequenceNumber"])
        shard = {"StreamArn": batch["streamArn"], "ShardId": batch["shardId"]}
        start = {"ShardIteratorType": "AT_SEQUENCE_NUMBER", "SequenceNumber": batch["startSequenceNumber"]}
        found: list[dict[str, Any]] = []
        try:
            iterator = streams.get_shard_iterator(**shard, **start)["ShardIterator"]
            while iterator:
                page = streams.get_records(ShardIterator=iterator)
                for record in page["Records"]:
                    number = int(record["dynamodb"]["SequenceNumber"])
                    found += [record] if number <= last else []
                    if number >= last:
                        return found
                iterator = page.get("NextShardIterator")
        except ClientError as error:
            if error.response["Error"]["Code"] not in TRIMMED:
                raise
        return None

    def _changed(self, first: datetime, last: datetime) -> Iterator[StateChange]:
        """Yield the entries whose last change, other than their creation, was between two times."""
        times = {":first": {"S": rfc3339(first)}, ":last": {"S": rfc3339(last)}}
        pages = (
            self.client("dynamodb")
            .get_paginator("scan")
            .paginate(
                TableName=self.table,
                ConsistentRead=True,
                FilterExpression="modified_at BETWEEN :first AND :last AND version > :one",
                ExpressionAttributeValues=times | {":one": {"N": "1"}},
            )
        )
        for page in pages:
            yield from (current_state(from_item(item)) for item in page["Items"] if is_entry(item))

    def _publish(self, change: StateChange) -> None:
        answer = self.client("events").put_events(Entries=[change.to_event(self.bus)])
        if answer["FailedEntryCount"]:
            raise RuntimeError(answer["Entries"][0].get("ErrorCode"))
        print(f"{change.detail_type}: {change.entry.id}, version {change.entry.version}")


def current_state(entry: Entry) -> StateChange:
    """Return the change from pending to an entry's present state."""
    pending = replace(entry, status="pending", reviewed_by=None, reviewed_at=None, reason=None)
    return StateChange(entry, pending)


@command
def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    _, environment = parse(command_parser("make republish ENV=prod"), arguments)
    queue, outputs = environment.resources("AWS::SQS::Queue")["UnpublishedChanges"], environment.outputs()
    client = cache(environment.client)
    failures = Republisher(queue, outputs["TableName"], outputs["EventBusName"], client).run()
    print(f"{failures} messages are left: correct the causes above and run it again" if failures else "Done.")
    return min(failures, 1)


if __name__ == "__main__":
    sys.exit(main())
