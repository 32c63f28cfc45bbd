"""`make republish`: each message of the queue is published and deleted, or stays and is reported."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from ops.republish import Republisher, current_state
from tests.support import table_definition
from tests.unit.handlers.test_publish_changes import APPROVED, NOW, PENDING, REJECTED, SCHEMA, of_entries
from timesheets.model.entry import reopened
from timesheets.model.ids import new_id
from timesheets.store.items import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

REOPENED = reopened(APPROVED, reviewer="auth0|mia", now=NOW)
MESSAGE = {
    "DDBStreamBatchInfo": {
        "shardId": "shard",
        "startSequenceNumber": "2",
        "endSequenceNumber": "3",
        "streamArn": "stream",
        "approximateArrivalOfFirstRecord": "2026-11-20T09:30:05.000Z",
        "approximateArrivalOfLastRecord": "2026-11-20T10:30:05.000+01:00",
    }
}


class Aws:
    """Answers for the queue, the stream and the bus."""

    def __init__(self, dynamodb: "DynamoDBClient") -> None:
        self.dynamodb = dynamodb
        self.messages: list[Any] = [MESSAGE]
        self.deleted: list[str] = []
        self.records: list[dict[str, Any]] | None = None
        self.refusal = "TrimmedDataAccessException"
        self.failures: list[str] = []
        self.published: list[tuple[str, int, str]] = []

    def run(self) -> int:
        return Republisher(
            "queue", "table", "bus", lambda name: self.dynamodb if name == "dynamodb" else self
        ).run()

    def receive_message(self, **_: object) -> dict[str, Any]:
        body = json.dumps(self.messages.pop(0)) if self.messages else ""
        name = str(len(self.messages))
        return {"Messages": [{"MessageId": name, "ReceiptHandle": name, "Body": body}]} if body else {}

    def delete_message(self, **parameters: str) -> None:
        assert parameters["QueueUrl"] == "queue"
        self.deleted.append(parameters["ReceiptHandle"])

    def get_shard_iterator(self, **parameters: str) -> dict[str, Any]:
        assert parameters["SequenceNumber"] == "2"
        if self.records is None:
            raise ClientError({"Error": {"Code": self.refusal}}, "GetShardIterator")
        return {"ShardIterator": "0"}

    def get_records(self, *, ShardIterator: str) -> dict[str, Any]:  # noqa: N803
        place, records = int(ShardIterator), self.records or []
        page: dict[str, Any] = {"Records": records[place : place + 1]}
        return page | ({"NextShardIterator": str(place + 1)} if place < len(records) else {})

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        if self.failures:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": self.failures.pop()}]}
        detail = json.loads(Entries[0]["Detail"])
        jsonschema.validate(detail, SCHEMA)
        change = (Entries[0]["DetailType"], detail["entry"]["version"], detail["before"]["status"])
        self.published.append(change)
        return {"FailedEntryCount": 0, "Entries": [{}]}


@pytest.fixture
def aws(dynamodb: "DynamoDBClient", template: dict[str, Any]) -> Iterator[Aws]:
    with mock_aws():
        dynamodb.create_table(TableName="table", **table_definition(template))
        yield Aws(dynamodb)


def test_records_in_the_stream_are_published_as_they_were(aws: Aws) -> None:
    aws.records = [of_entries(PENDING, APPROVED, 2), of_entries(APPROVED, REOPENED, 3)]
    aws.records.append(of_entries(PENDING, REJECTED, 4))  # after the batch
    assert aws.run() == 0
    assert aws.published == [("Entry approved", 2, "pending"), ("Entry reopened", 3, "approved")]
    assert aws.deleted == ["0"]


@pytest.mark.parametrize("records", [None, []], ids=["trimmed", "no end"])
def test_older_changes_are_published_as_the_entries_are_now(aws: Aws, records: list[Any] | None) -> None:
    aws.records = records
    later = replace(REJECTED, modified_at="2026-11-20T09:35:00.000Z")
    for entry in (APPROVED, REOPENED, PENDING, later):
        item = to_item(replace(entry, id=new_id(entry.user_id)))
        aws.dynamodb.put_item(TableName="table", Item=item)
    assert aws.run() == 0
    assert sorted(aws.published) == [("Entry approved", 2, "pending"), ("Entry reopened", 3, "pending")]
    assert current_state(APPROVED).before == replace(PENDING, version=2)


def test_failed_messages_stay_and_the_others_are_published(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.records, aws.failures = [of_entries(PENDING, APPROVED, 3)], ["ThrottlingException"]
    aws.messages = [MESSAGE, {"something": "else"}, MESSAGE]
    assert aws.run() == 2
    assert aws.deleted == ["0"]
    printed = capsys.readouterr().out
    assert "message 2 stays: RuntimeError: ThrottlingException" in printed
    assert "message 1 stays: KeyError" in printed


def test_nothing_is_published_if_the_stream_cannot_be_read(aws: Aws) -> None:
    aws.refusal = "AccessDeniedException"
    assert (aws.run(), aws.published) == (1, [])
