"""Decisions reach a rule on the event bus, from the deployed table's stream."""

import json
import secrets
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from local import aws
from local.settings import PROJECT
from tests.local.callers import MANAGER, Newcomers

if TYPE_CHECKING:
    from tests.local.support import Stack

SCHEMA = json.loads((PROJECT / "docs/events.schema.json").read_text())
WITHIN = 30
"""Seconds."""


class Queue:
    """A queue that receives the bus's events by a rule."""

    def __init__(self, stack: "Stack") -> None:
        session, url = aws.session(stack.settings), stack.settings.aws_url
        self._sqs = session.client("sqs", endpoint_url=url)
        self._events = session.client("events", endpoint_url=url)
        self._bus = aws.output(stack.settings, "EventBusName")
        self._name = f"test-{secrets.token_hex(4)}"
        self._url = self._sqs.create_queue(QueueName=self._name)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._url, AttributeNames=["QueueArn"])
        self._events.put_rule(
            Name=self._name, EventBusName=self._bus, EventPattern=json.dumps({"source": ["timesheets"]})
        )
        target = {"Id": "queue", "Arn": attributes["Attributes"]["QueueArn"]}
        self._events.put_targets(Rule=self._name, EventBusName=self._bus, Targets=[target])

    def of(self, entry_id: str, count: int) -> list[dict[str, Any]]:
        """Wait for `count` events of an entry."""
        found: list[dict[str, Any]] = []
        deadline = time.monotonic() + WITHIN
        while len(found) < count and time.monotonic() < deadline:
            answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in answer.get("Messages", []):
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                event = json.loads(message["Body"])
                if event["detail"]["entry"]["id"] == entry_id:
                    found.append(event)
        return found

    def remove(self) -> None:
        self._events.remove_targets(Rule=self._name, EventBusName=self._bus, Ids=["queue"])
        self._events.delete_rule(Name=self._name, EventBusName=self._bus)
        self._sqs.delete_queue(QueueUrl=self._url)


@pytest.fixture
def queue(stack: "Stack") -> Iterator[Queue]:
    made = Queue(stack)
    yield made
    made.remove()


def test_a_decision_reaches_a_rule_on_the_bus(queue: Queue, newcomers: Newcomers) -> None:
    owner, approver = newcomers.person("owner"), newcomers.person("approver", MANAGER)
    entry = owner.entry(hours=7.25)
    path = f"/approvals/{entry['id']}"
    states = [
        approver("PUT", path).json(),
        approver("DELETE", path).json(),
        approver("PUT", path, json={"approved": False, "reason": "Which site?"}).json(),
        owner(
            "PATCH",
            f"/timesheets/{entry['id']}",
            json={"notes": "Main"},
            headers={"Content-Type": "application/merge-patch+json"},
        ).json(),
    ]
    events = sorted(queue.of(entry["id"], len(states)), key=lambda event: event["detail"]["entry"]["version"])
    assert [event["detail"]["entry"] for event in events] == states
    assert [event["detail-type"] for event in events] == [
        "Entry approved",
        "Entry reopened",
        "Entry rejected",
        "Entry reopened",
    ]
    assert [event["detail"]["before"]["status"] for event in events] == [
        "pending",
        "approved",
        "pending",
        "rejected",
    ]
    for event in events:
        jsonschema.validate(event["detail"], SCHEMA, format_checker=jsonschema.FormatChecker())
