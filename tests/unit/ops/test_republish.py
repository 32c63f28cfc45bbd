"""`make republish`: each message of the queue is published and deleted, or stays and is reported."""

import json
from dataclasses import replace
from typing import Any
from unittest.mock import MagicMock

import jsonschema
import pytest
from botocore.exceptions import ClientError

from ops.republish import Republisher, current_state
from tests.unit.support import APPROVED, NOW, PENDING, REJECTED, SCHEMA, of_entries
from timesheets.model.entry import reopened
from timesheets.model.ids import new_id
from timesheets.store.items import to_item

pytestmark = pytest.mark.usefixtures("table")

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
    """A client of the queue, the stream and the bus; DynamoDB is moto's."""

    def run(self, *bodies: dict[str, Any]) -> int:
        """Work through messages with these bodies, or with one of BATCH."""
        messages = [
            {"MessageId": str(number), "ReceiptHandle": str(number), "Body": json.dumps(body)}
            for number, body in enumerate(bodies or [{"DDBStreamBatchInfo": BATCH}])
        ]
        self.receive_message.side_effect = [{"Messages": messages}, {}]
        clients = {"dynamodb": self.dynamodb}
        return Republisher("queue", "timesheets", "bus", lambda name: clients.get(name, self)).run()

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
def aws(dynamodb: object) -> Aws:
    client = Aws(dynamodb=dynamodb)
    client.put_events.return_value = PUBLISHED
    return client


def test_records_in_the_stream_are_published_as_they_were(aws: Aws) -> None:
    first = {"Records": [of_entries(PENDING, APPROVED, 2)], "NextShardIterator": "1"}
    after = of_entries(PENDING, REJECTED, 4)
    aws.get_records.side_effect = [first, {"Records": [of_entries(APPROVED, REOPENED, 3), after]}]
    assert aws.run() == 0
    assert aws.published() == [("Entry approved", 2, "pending"), ("Entry reopened", 3, "approved")]
    assert aws.get_shard_iterator.call_args.kwargs["SequenceNumber"] == "2"
    assert aws.deleted() == ["0"]


@pytest.mark.parametrize("records", [TRIMMED, [{"Records": []}]])
def test_older_changes_are_published_as_the_entries_are_now(aws: Aws, records: Any) -> None:
    aws.get_records.side_effect = records
    later = replace(REJECTED, modified_at="2026-11-20T09:35:00.000Z")
    for entry in (APPROVED, REOPENED, PENDING, later):
        item = to_item(replace(entry, id=new_id(entry.user_id)))
        aws.dynamodb.put_item(TableName="timesheets", Item=item)
    assert aws.run() == 0
    assert sorted(aws.published()) == [("Entry approved", 2, "pending"), ("Entry reopened", 3, "pending")]
    assert current_state(APPROVED).before == replace(PENDING, version=2, modified_by="auth0|mia")


def test_failed_messages_stay_and_the_others_are_published(
    aws: Aws, capsys: pytest.CaptureFixture[str]
) -> None:
    aws.get_records.return_value = {"Records": [of_entries(PENDING, APPROVED, 3)]}
    aws.put_events.side_effect = [FAILED, PUBLISHED]
    good = {"DDBStreamBatchInfo": BATCH}
    assert aws.run(good, {"something": "else"}, good) == 2
    assert aws.deleted() == ["2"]
    printed = capsys.readouterr().out
    assert "message 0 stays: RuntimeError: ThrottlingException" in printed
    assert "message 1 stays: KeyError" in printed


def test_nothing_is_published_if_the_stream_cannot_be_read(aws: Aws) -> None:
    denied = ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetShardIterator")
    aws.get_shard_iterator.side_effect = denied
    assert (aws.run(), aws.published()) == (1, [])
