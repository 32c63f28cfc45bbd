"""Events that are published from the table's stream."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import jsonschema
import pytest
from botocore.exceptions import EndpointConnectionError

import handlers.publish_changes as handler
from tests.support import PROJECT
from tests.unit.support import APPROVED, NOW, PENDING, REJECTED, SCHEMA, of_entries, record
from timesheets.model.entry import STATUSES, Entry, corrected, reopened
from timesheets.settings import settings
from timesheets.store.items import import_item, to_item, tombstone

KEYED = replace(REJECTED, request_digest="digest")


class Bus:
    """A fake EventBridge whose calls can fail."""

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


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[Bus]:
    one = Bus()
    monkeypatch.setattr(handler, "events", one)
    yield one
    for event in one.events:
        jsonschema.validate(event["Detail"], SCHEMA, format_checker=jsonschema.FormatChecker())


def publish(*records: dict[str, Any]) -> list[str]:
    """Call the handler with records and return the sequence numbers that failed."""
    answer = handler.lambda_handler({"Records": list(records)}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        (PENDING, APPROVED, "Entry approved"),
        (PENDING, REJECTED, "Entry rejected"),
        (APPROVED, reopened(APPROVED, reviewer="auth0|mia", now=NOW), "Entry reopened"),
        (REJECTED, corrected(REJECTED, {"hours": Decimal(8)}, by="auth0|ana", now=NOW), "Entry reopened"),
    ],
)
def test_a_change_of_status_is_published(old: Entry, new: Entry, kind: str, bus: Bus) -> None:
    assert publish(of_entries(old, new)) == []
    (event,) = bus.events
    assert event["DetailType"] == kind
    assert event["Source"] == "timesheets"
    assert event["EventBusName"] == "timesheets"
    assert event["Resources"] == [f"urn:timesheets:entry:{new.id}"]
    assert event["Detail"]["entry"] == new.to_json()
    assert event["Detail"]["before"]["status"] == old.status
    assert event["Detail"]["before"].get("reason") == old.reason


@pytest.mark.parametrize(
    "change",
    [
        record(None, to_item(PENDING)),
        of_entries(PENDING, corrected(PENDING, {"hours": Decimal(8)}, by="auth0|ana", now=NOW)),
        of_entries(APPROVED, APPROVED),
        record(to_item(REJECTED), None),
        record(to_item(KEYED), tombstone(KEYED)),
        record(import_item("s", "1", PENDING.id, "a"), import_item("s", "1", PENDING.id, "b")),
    ],
    ids=["logged", "corrected", "the same", "deleted", "deleted under a key", "no entry"],
)
def test_other_changes_are_not_published(change: dict[str, Any], bus: Bus) -> None:
    assert publish(change) == []
    assert bus.events == []


@pytest.mark.parametrize(
    "failure", ["InternalFailure", "ThrottlingException", EndpointConnectionError(endpoint_url="https://x")]
)
def test_no_event_is_sent_after_a_failed_one(failure: Exception | str, bus: Bus) -> None:
    bus.failures = [None, failure]
    batch = [
        of_entries(PENDING, APPROVED, 1),
        of_entries(APPROVED, reopened(APPROVED, reviewer="auth0|mia", now=NOW), 2),
        of_entries(PENDING, REJECTED, 3),
    ]
    assert publish(*batch) == ["2"]
    assert [event["DetailType"] for event in bus.events] == ["Entry approved"]
    assert publish(*batch[1:]) == []
    assert [event["DetailType"] for event in bus.events[1:]] == ["Entry reopened", "Entry rejected"]


def test_an_unreadable_record_is_retried_before_later_ones(bus: Bus, written: Callable[[], str]) -> None:
    garbled = of_entries(PENDING, APPROVED, 7)
    garbled["dynamodb"]["NewImage"]["hours"] = {"N": "secret of ana"}
    assert publish(garbled, of_entries(PENDING, REJECTED, 8)) == ["7"]
    assert bus.events == []
    logged = written()
    assert '"sequence_number":"7"' in logged
    assert "secret of ana" not in logged
    assert "ChangesNotPublished" in logged


def test_a_missing_bus_name_is_named_in_the_log(
    bus: Bus, written: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("EVENT_BUS_NAME")
    monkeypatch.delitem(vars(settings), "event_bus_name", raising=False)
    assert publish(of_entries(PENDING, APPROVED)) == ["1"]
    assert bus.events == []
    assert "EVENT_BUS_NAME is not set" in written()


def test_the_stream_filter_matches_the_published_changes(template: dict[str, Any]) -> None:
    """The filter only saves invocations; the function checks again."""
    stream = template["Resources"]["PublishChangesFunction"]["Properties"]["Events"]["Table"]["Properties"]
    pairs = set()
    for one in stream["FilterCriteria"]["Filters"]:
        pattern = json.loads(one["Pattern"])
        assert pattern["eventName"] == ["MODIFY"]
        old, new = (pattern["dynamodb"][name]["status"]["S"] for name in ("OldImage", "NewImage"))
        pairs |= {(a, b) for a in old for b in new}
    decided_already = [status for status in STATUSES if status != "pending"]
    assert pairs == {(a, b) for s in decided_already for a, b in (("pending", s), (s, "pending"))}


def test_the_documented_example_is_valid(bus: Bus) -> None:
    text = (PROJECT / "docs/events.md").read_text()
    example = json.loads(text.partition("    {")[2].partition("\n\n")[0].join(["{", ""]))
    jsonschema.validate(example["detail"], SCHEMA)
    publish(of_entries(PENDING, APPROVED))
    (event,) = bus.events
    assert example["detail-type"] == event["DetailType"]
    assert example["source"] == event["Source"]
    assert example["detail"].keys() == event["Detail"].keys()
