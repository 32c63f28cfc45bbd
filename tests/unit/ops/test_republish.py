"""What lies in the queue of unpublished changes reaches other systems after all."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import jsonschema
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from ops import republish
from ops.republish import Republisher, as_it_is
from tests.support import table_definition
from tests.unit.handlers.test_publish_changes import APPROVED, NOW, PENDING, REJECTED, SCHEMA, of_entries
from timesheets.model.entry import reopened
from timesheets.model.ids import new_id
from timesheets.store.items import to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from ops.deployed import Deployed
    from timesheets.model.entry import Entry

REOPENED = reopened(APPROVED, reviewer="auth0|mia", now=NOW)
BATCH = {
    "shardId": "shard",
    "startSequenceNumber": "2",
    "endSequenceNumber": "3",
    "streamArn": "stream",
    "approximateArrivalOfFirstRecord": "2026-11-20T09:30:05.000Z",
    "approximateArrivalOfLastRecord": "2026-11-20T10:30:05.000+01:00",
}


class Aws:
    """A queue, a stream and a bus, as far as the command sees them."""

    def __init__(self, dynamodb: "DynamoDBClient") -> None:
        self.dynamodb = dynamodb
        self.messages: list[dict[str, Any]] = []
        self.deleted: list[str] = []
        self.records: list[dict[str, Any]] | None = None
        self.failures: list[str] = []
        self.told: list[tuple[str, int, str]] = []

    def client(self, service: str) -> Any:
        return self.dynamodb if service == "dynamodb" else self

    def physical_id(self, logical_id: str) -> str:
        return logical_id

    def receive_message(self, **_: object) -> dict[str, Any]:
        received, self.messages = self.messages[:1], self.messages[1:]
        return {"Messages": received} if received else {}

    def delete_message(self, *, QueueUrl: str, ReceiptHandle: str) -> None:  # noqa: N803 AWS's names
        assert QueueUrl == "UnpublishedChanges"
        self.deleted.append(ReceiptHandle)

    def get_shard_iterator(self, **asked: str) -> dict[str, Any]:
        if self.records is None:
            raise ClientError({"Error": {"Code": "TrimmedDataAccessException"}}, "GetShardIterator")
        assert asked["SequenceNumber"] == "2"
        return {"ShardIterator": "0"}

    def get_records(self, *, ShardIterator: str) -> dict[str, Any]:  # noqa: N803
        assert self.records is not None
        place = int(ShardIterator)  # one record a page
        page: dict[str, Any] = {"Records": self.records[place : place + 1]}
        return page | ({"NextShardIterator": str(place + 1)} if place < len(self.records) else {})

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        if self.failures:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": self.failures.pop()}]}
        (event,) = Entries
        detail = json.loads(event["Detail"])
        jsonschema.validate(detail, SCHEMA)
        assert event["EventBusName"] == "EventBus"
        self.told.append((event["DetailType"], detail["entry"]["version"], detail["before"]["status"]))
        return {"FailedEntryCount": 0, "Entries": [{}]}

    def holds(self, *bodies: dict[str, Any]) -> None:
        self.messages = [
            {"MessageId": str(n), "ReceiptHandle": str(n), "Body": json.dumps(body)}
            for n, body in enumerate(bodies)
        ]


@pytest.fixture
def aws(dynamodb: "DynamoDBClient", template: dict[str, Any]) -> Iterator[Aws]:
    with mock_aws():
        dynamodb.create_table(TableName="Table", **table_definition(template))
        yield Aws(dynamodb)


def run(aws: Aws) -> int:
    return Republisher(cast("Deployed", aws)).run()


def test_what_the_stream_still_holds_is_told_as_it_would_have_been(aws: Aws) -> None:
    aws.records = [of_entries(PENDING, APPROVED, 2), of_entries(APPROVED, REOPENED, 3)]
    aws.records.append(of_entries(PENDING, REJECTED, 4))  # behind the batch
    aws.holds({"DDBStreamBatchInfo": BATCH})
    assert run(aws) == 0
    assert aws.told == [("Entry approved", 2, "pending"), ("Entry reopened", 3, "approved")]
    assert aws.deleted == ["0"]


@pytest.mark.parametrize("records", [None, []], ids=["trimmed", "an end that never comes"])
def test_what_is_older_is_told_as_it_is_now(aws: Aws, records: list[dict[str, Any]] | None) -> None:
    aws.records = records
    at_another_time = replace(REJECTED, modified_at="2026-11-20T09:35:00.000Z")
    stored: list[Entry] = [APPROVED, REOPENED, PENDING, at_another_time]
    for entry in stored:
        again = replace(entry, id=new_id(entry.user_id))
        aws.dynamodb.put_item(TableName="Table", Item=to_item(again))
    aws.holds({"DDBStreamBatchInfo": BATCH})
    assert run(aws) == 0
    assert sorted(aws.told) == [("Entry approved", 2, "pending"), ("Entry reopened", 3, "pending")]


def test_what_fails_is_left_and_named_and_the_others_are_told(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.records = [of_entries(PENDING, APPROVED, 3)]
    aws.failures = ["ThrottlingException"]
    aws.holds({"DDBStreamBatchInfo": BATCH}, {"something": "else"}, {"DDBStreamBatchInfo": BATCH})
    assert run(aws) == 2
    assert aws.deleted == ["2"]
    said = capsys.readouterr().out
    assert "fault   message 0, left there: RuntimeError: ThrottlingException" in said
    assert "fault   message 1, left there: KeyError" in said


def test_another_refusal_of_the_stream_is_no_reason_to_guess(aws: Aws) -> None:
    def refuse(**_: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetShardIterator")

    aws.get_shard_iterator = refuse  # type: ignore[assignment, method-assign]
    aws.holds({"DDBStreamBatchInfo": BATCH})
    assert run(aws) == 1
    assert aws.told == []


def test_a_decision_was_pending_before() -> None:
    assert as_it_is(APPROVED).before == replace(PENDING, version=2)
    assert as_it_is(REJECTED).to_json()["before"] == {"status": "pending"}


def test_a_wrong_use_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        republish.main(["live"])
    assert caught.value.code == 2
    assert "ENV must be one of default, dev" in capsys.readouterr().err
