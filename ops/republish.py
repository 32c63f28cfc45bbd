"""Tell other systems of the changes that could not be published: those in the queue UnpublishedChanges.

A message of the queue names a place in the table's stream. Within 24 hours of the change the records are
there, and are published as they would have been. Later, the entries changed at that time are published as
they are now (docs/events.md). A message is deleted when all that it stands for is told; to run this twice
does no harm. Ends with 0 if nothing is left, 1 if something is, 2 for a wrong use.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ops.deployed import Deployed
from timesheets.model.entry import Entry, rfc3339
from timesheets.store.items import from_item, is_entry
from timesheets.stream.events import StateChange, state_change

MARGIN: Final = timedelta(minutes=1)
"""Between an entry's own time of change and its arrival in the stream."""
_HIDDEN: Final = 300
"""Seconds for which a message that was looked at comes to nobody."""
_GONE: Final = frozenset({"TrimmedDataAccessException", "ResourceNotFoundException"})
"""What the stream says of records older than 24 hours."""


class Republisher:
    """Works through a queue of places in a table's stream."""

    def __init__(self, deployed: Deployed) -> None:
        """Connect to a stack's queue, table and bus."""
        self._queue = {"QueueUrl": deployed.physical_id("UnpublishedChanges")}
        self._table = deployed.physical_id("Table")
        self._bus = deployed.physical_id("EventBus")
        self._sqs, self._events = deployed.client("sqs"), deployed.client("events")
        self._dynamodb, self._streams = deployed.client("dynamodb"), deployed.client("dynamodbstreams")

    def run(self) -> int:
        """Publish all there is; return how many messages could not be dealt with."""
        left = 0
        while messages := self._receive():
            for message in messages:
                try:
                    self._deal_with(json.loads(message["Body"])["DDBStreamBatchInfo"])
                except (BotoCoreError, ClientError, LookupError, ValueError, RuntimeError) as error:
                    left += 1
                    print(
                        f"fault   message {message['MessageId']}, left there: {type(error).__name__}: {error}"
                    )
                else:
                    self._sqs.delete_message(**self._queue, ReceiptHandle=message["ReceiptHandle"])
        return left

    def _receive(self) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(
            **self._queue, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN, WaitTimeSeconds=2
        )
        found: list[dict[str, Any]] = answer.get("Messages", [])
        return found

    def _deal_with(self, batch: Mapping[str, Any]) -> None:
        records = self._records(batch)
        if records is None:
            first, last = (
                datetime.fromisoformat(batch[f"approximateArrivalOf{which}Record"]).astimezone(UTC)
                for which in ("First", "Last")
            )
            print(f"note    the stream no longer holds {first:%Y-%m-%d %H:%M}: the entries as they are now")
            changes = list(self._changed(first - MARGIN, last + MARGIN))
        else:
            changes = [change for change in map(state_change, records) if change]
        for change in changes:
            self._publish(change)

    def _records(self, batch: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        """Return what the stream holds of a batch; None if it is too old."""
        last = int(batch["endSequenceNumber"])
        found: list[dict[str, Any]] = []
        try:
            iterator = self._streams.get_shard_iterator(
                StreamArn=batch["streamArn"],
                ShardId=batch["shardId"],
                ShardIteratorType="AT_SEQUENCE_NUMBER",
                SequenceNumber=batch["startSequenceNumber"],
            )["ShardIterator"]
            while iterator:
                page = self._streams.get_records(ShardIterator=iterator)
                for record in page["Records"]:
                    number = int(record["dynamodb"]["SequenceNumber"])
                    if number <= last:
                        found.append(record)
                    if number >= last:
                        return found
                iterator = page.get("NextShardIterator")
        except ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
        return None

    def _changed(self, first: datetime, last: datetime) -> Iterator[StateChange]:
        """Yield the entries that were last changed between two times, whatever the change was."""
        pages = self._dynamodb.get_paginator("scan").paginate(
            TableName=self._table,
            ConsistentRead=True,
            FilterExpression="modified_at BETWEEN :first AND :last AND version > :one",
            ExpressionAttributeValues={
                ":first": {"S": rfc3339(first)},
                ":last": {"S": rfc3339(last)},
                ":one": {"N": "1"},  # just logged: nobody is told
            },
        )
        for page in pages:
            yield from (as_it_is(from_item(item)) for item in page["Items"] if is_entry(item))

    def _publish(self, change: StateChange) -> None:
        answer = self._events.put_events(Entries=[change.to_event(self._bus)])
        if answer["FailedEntryCount"]:
            raise RuntimeError(answer["Entries"][0].get("ErrorCode"))
        print(f"ok      {change.detail_type}: {change.entry.id}, version {change.entry.version}")


def as_it_is(entry: Entry) -> StateChange:
    """Return the change that an entry's present state stands for; a decision was pending before it."""
    pending = replace(entry, status="pending", reviewed_by=None, reviewed_at=None, reason=None)
    return StateChange(entry, pending)


def main(arguments: list[str] | None = None) -> int:
    """Publish, and say what."""
    parser = argparse.ArgumentParser(
        prog="python -m ops.republish",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("environment", metavar="ENV", help="dev, staging or prod: one of samconfig.toml's")
    given = parser.parse_args(arguments)
    try:
        deployed = Deployed.named(given.environment)
    except ValueError as error:
        parser.error(str(error))
    try:
        left = Republisher(deployed).run()
    except (BotoCoreError, ClientError) as error:
        print(f"fault   {error}", file=sys.stderr)
        return 1
    print(
        f"\n{left} messages are left; mend what is named above, and run this again."
        if left
        else "\nNothing is left."
    )
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
