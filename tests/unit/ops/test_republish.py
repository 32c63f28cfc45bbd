"""`make republish`: each message of the queue is published and deleted, or stays and is reported."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import jsonschema
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from ops.republish import Republisher, current_state
from tests.support import table_definition
from tests.unit.support import APPROVED, NOW, PENDING, REJECTED, SCHEMA, of_entries
from timesheets.model.entry import reopened
from timesheets.model.ids import new_id
from timesheets.store.items import to_item

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient

REOPENED = reopened(APPROVED, reviewer="auth0|mia", now=NOW)
BATCH = {
    "shardId": "shard",
    "startSequenceNumber": "2",
    "endSequenceNumber": "3",
    "streamArn": "stream",
    "approximateArrivalOfFirstRecord": "2026-11-20T09:30:05.000Z",
    "approximateArrivalOfLastRecord": "2026-11-20T10:30:05.000+01:00",
}
TRIMMED = ClientError({"Error": {"Code": "TrimmedDataAccessException"}}, "GetRecords")
PUBLISHED = {"FailedEntryCount": 0}
FAILED = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]}


class Aws(MagicMock):
    """A client of the queue, the stream and the bus."""

    def run(self, dynamodb: "DynamoDBClient", *bodies: dict[str, Any]) -> int:
        """Work through messages with these bodies, or with one of BATCH."""
        messages = [
            {"MessageId": str(number), "ReceiptHandle": str(number), "Body": json.dumps(body)}
            for number, body in enumerate(bodies or [{"DDBStreamBatchInfo": BATCH}])
        ]
        self.receive_message.side_effect = [{"Messages": messages}, {}]
        clients = {"dynamodb": dynamodb}
        return Republisher("queue", "table", "bus", lambda name: clients.get(name, self)).run()

    def published(self) -> list[tuple[str, int, str]]:
        """Return the type, the version and the state before of each event."""
        events = [call.kwargs["Entries"][0] for call in self.put_events.call_args_list]
        details = [json.loads(event["Detail"]) for event in events]
        for detail in details:
            jsonschema.validate(detail, SCHEMA)
        states = [(detail["entry"]["version"], detail["before"]["status"]) for detail in details]
        return [(event["DetailType"], *state) for event, state in zip(events, states, strict=True)]

    def deleted(self) -> list[str]:
        return [call.kwargs["ReceiptHandle"] for call in self.delete_message.call_args_list]


@pytest.fixture
def aws() -> Aws:
    client = Aws()
    client.put_events.return_value = PUBLISHED
    return client


@pytest.fixture
def table(dynamodb: "DynamoDBClient", template: dict[str, Any]) -> "Iterator[DynamoDBClient]":
    with mock_aws():
        dynamodb.create_table(TableName="table", **table_definition(template))
        yield dynamodb


def test_records_in_the_stream_are_published_as_they_were(aws: Aws, table: "DynamoDBClient") -> None:
    first = {"Records": [of_entries(PENDING, APPROVED, 2)], "NextShardIterator": "1"}
    after = of_entries(PENDING, REJECTED, 4)
    aws.get_records.side_effect = [first, {"Records": [of_entries(APPROVED, REOPENED, 3), after]}]
    assert aws.run(table) == 0
    assert aws.published() == [("Entry approved", 2, "pending"), ("Entry reopened", 3, "approved")]
    assert aws.get_shard_iterator.call_args.kwargs["SequenceNumber"] == "2"
    assert aws.deleted() == ["0"]


@pytest.mark.parametrize("records", [TRIMMED, [{"Records": []}]])
def test_older_changes_are_published_as_the_entries_are_now(
    aws: Aws, table: "DynamoDBClient", records: Any
) -> None:
    aws.get_records.side_effect = records
    later = replace(REJECTED, modified_at="2026-11-20T09:35:00.000Z")
    for entry in (APPROVED, REOPENED, PENDING, later):
        table.put_item(TableName="table", Item=to_item(replace(entry, id=new_id(entry.user_id))))
    assert aws.run(table) == 0
    assert sorted(aws.published()) == [("Entry approved", 2, "pending"), ("Entry reopened", 3, "pending")]
    assert current_state(APPROVED).before == replace(PENDING, version=2)


def test_failed_messages_stay_and_the_others_are_published(
    aws: Aws, table: "DynamoDBClient", capsys: pytest.CaptureFixture[str]
) -> None:
    aws.get_records.return_value = {"Records": [of_entries(PENDING, APPROVED, 3)]}
    aws.put_events.side_effect = [FAILED, PUBLISHED]
    good = {"DDBStreamBatchInfo": BATCH}
    assert aws.run(table, good, {"something": "else"}, good) == 2
    assert aws.deleted() == ["2"]
    printed = capsys.readouterr().out
    assert "message 0 stays: RuntimeError: ThrottlingException" in printed
    assert "message 1 stays: KeyError" in printed


def test_nothing_is_published_if_the_stream_cannot_be_read(aws: Aws, table: "DynamoDBClient") -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetShardIterator")
    aws.get_shard_iterator.side_effect = denied
    assert (aws.run(table), aws.published()) == (1, [])
