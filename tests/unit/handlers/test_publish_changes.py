"""Events that are published from the feed of changes."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from handlers import publish_changes as handler
from tests.support import PROJECT
from tests.unit.aws import CLIENT
from tests.unit.support import APPROVED, NOW, PENDING
from timesheets.model.entry import Decision, decided, reopened
from timesheets.settings import settings
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.items import SIGNATURE_PREFIX
from timesheets.store.log import HEAD_KEY, LOG_PREFIX, log_key
from timesheets.stream import publisher
from timesheets.stream.numbering import number_entries

pytestmark = pytest.mark.usefixtures("table")
EVENT: dict[str, Any] = json.loads((PROJECT / "events/publish_changes.json").read_text())
REPEAT = {"batchItemFailures": [{"itemIdentifier": EVENT["Records"][0]["dynamodb"]["SequenceNumber"]}]}
DONE: dict[str, Any] = {"batchItemFailures": []}

REOPENED = reopened(APPROVED, reviewer="auth0|mia", now=NOW)
REJECTED = decided(REOPENED, Decision(approved=False, reason="Why?"), reviewer="auth0|mia", now=NOW)


class Context:
    """Lambda's context of an invocation with some time left, in milliseconds."""

    def __init__(self, *left: int) -> None:
        self._left = list(left)

    def get_remaining_time_in_millis(self) -> int:
        return self._left.pop(0) if self._left else 0


class EventBridge:
    """A fake client whose calls can fail."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.failures: list[Exception | str | None] = []

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 AWS's name
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, Exception):
            raise failure
        if failure:
            return {"FailedEntryCount": 1, "Entries": [{"ErrorCode": failure}]}
        (entry,) = Entries
        self.events.append(entry | {"Detail": json.loads(entry["Detail"])})
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}

    @property
    def published(self) -> list[tuple[int, str]]:
        return [(event["Detail"]["number"], event["DetailType"]) for event in self.events]


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> EventBridge:
    fake = EventBridge()
    monkeypatch.setattr(handler.bus, "client", fake)
    monkeypatch.setattr(publisher, "LAG", 0)
    return fake


@pytest.fixture
def log(table: None) -> Changes:  # noqa: ARG001 the table exists
    """Return the log of an entry that was approved, reopened and rejected."""
    database = Table(CLIENT)
    entries, changes = Entries(database), Changes(database)
    entries.add(PENDING)
    entries.replace(PENDING, APPROVED, "approved")
    entries.replace(APPROVED, REOPENED, "reopened")
    entries.replace(REOPENED, REJECTED, "rejected")
    number_entries(changes, [PENDING.id])
    return changes


ALL = [(2, "Entry approved"), (3, "Entry reopened"), (4, "Entry rejected")]


def publish(*time_left: int) -> dict[str, Any]:
    return handler.lambda_handler(EVENT, Context(*time_left))


def test_an_empty_log_publishes_nothing(bus: EventBridge) -> None:
    assert publish() == DONE
    assert bus.events == []


def test_decisions_are_published_once_and_in_order(bus: EventBridge, log: Changes) -> None:
    assert publish() == DONE
    assert publish() == DONE
    assert bus.published == ALL
    assert log.position(publisher.READER) == 4
    assert bus.events[1]["Detail"]["before"]["reviewed_by"] == "auth0|mia"


@pytest.mark.usefixtures("log")
def test_a_long_feed_is_published_page_by_page(bus: EventBridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publisher, "PAGE", 3)
    assert publish() == REPEAT
    assert bus.published == ALL[:2]
    assert publish() == DONE
    assert bus.published == ALL


@pytest.mark.parametrize(
    "failure", ["InternalFailure", "ThrottlingException", EndpointConnectionError(endpoint_url="https://x")]
)
def test_no_event_is_sent_after_a_failed_one(
    failure: Exception | str, bus: EventBridge, log: Changes, written: Callable[[], str]
) -> None:
    bus.failures = [None, failure]
    assert publish() == REPEAT
    assert bus.published == ALL[:1]
    assert log.position(publisher.READER) == 2
    assert "ChangesNotPublished" in written()
    assert publish() == DONE
    assert bus.published == ALL


@pytest.mark.usefixtures("log")
def test_a_late_index_delays_events_and_skips_none(bus: EventBridge) -> None:
    client = CLIENT
    key: Any = log_key(PENDING.id, 3)
    client.update_item(TableName="timesheets", Key=key, UpdateExpression="REMOVE log_block")
    assert publish(60_000, 60_000) == REPEAT
    assert bus.published == ALL[:1]
    values: Any = {":block": {"N": "0"}}
    client.update_item(
        TableName="timesheets",
        Key=key,
        UpdateExpression="SET log_block = :block",
        ExpressionAttributeValues=values,
    )
    assert publish() == DONE
    assert bus.published == ALL


@pytest.mark.usefixtures("log")
def test_an_invocation_ends_when_another_has_published_the_same(
    bus: EventBridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "PAGE", 2)
    other = Changes(Table(CLIENT))
    put_events = bus.put_events

    def overtaken(**parameters: Any) -> dict[str, Any]:
        other.move(publisher.READER, 0, 4)
        return put_events(**parameters)

    monkeypatch.setattr(bus, "put_events", overtaken)
    assert publish(60_000) == DONE
    assert bus.published == ALL[:1]


@pytest.mark.usefixtures("log")
def test_a_missing_bus_name_is_named_in_the_log(
    bus: EventBridge, written: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EVENT_BUS_NAME")
    monkeypatch.delitem(vars(settings), "event_bus_name", raising=False)
    assert publish() == REPEAT
    assert bus.events == []
    assert "EVENT_BUS_NAME is not set" in written()


def test_the_stream_wakes_the_functions_for_their_items(template: dict[str, Any]) -> None:
    def patterns(name: str) -> list[Any]:
        stream = template["Resources"][name]["Properties"]["Events"]["Table"]["Properties"]
        return [json.loads(one["Pattern"]) for one in stream["FilterCriteria"]["Filters"]]

    head = {"PK": {"S": [HEAD_KEY["PK"]["S"]]}}
    assert patterns("PublishChangesFunction") == [{"dynamodb": {"Keys": head}}]
    changed, signed = patterns("NumberChangesFunction")
    assert changed == {
        "eventName": ["INSERT"],
        "dynamodb": {"Keys": {"SK": {"S": [{"prefix": LOG_PREFIX}]}}},
    }
    assert signed == {"dynamodb": {"Keys": {"SK": {"S": [{"prefix": SIGNATURE_PREFIX}]}}}}
