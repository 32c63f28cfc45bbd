"""Decisions and reminders reach a rule on the event bus."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from local import aws
from local.settings import PROJECT
from tests.local.callers import MANAGER, Newcomers
from tests.local.feed import WITHIN

if TYPE_CHECKING:
    from tests.local.support import Stack

SCHEMA = json.loads((PROJECT / "docs/events.schema.json").read_text())
REMINDER_SCHEMA = json.loads((PROJECT / "docs/reminders.schema.json").read_text())


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

    def receive(self, count: int, *, about: Callable[[Any], bool]) -> list[dict[str, Any]]:
        """Wait for `count` events with a detail for which `about` holds."""
        found: list[dict[str, Any]] = []
        deadline = time.monotonic() + WITHIN
        while len(found) < count and time.monotonic() < deadline:
            answer = self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
            for message in answer.get("Messages", []):
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"])
                event = json.loads(message["Body"])
                if about(event["detail"]):
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
    received = queue.receive(
        len(states), about=lambda detail: detail.get("entry", {}).get("id") == entry["id"]
    )
    events = sorted(received, key=lambda event: event["detail"]["entry"]["version"])
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


@pytest.fixture
def schedule(stack: "Stack") -> Iterator[Callable[[str], None]]:
    """Return a function that lets the schedule fire once, for a time; the schedule is off before and after.

    MiniStack does not put the scheduled time into the input, as AWS does.
    """
    session, url = aws.session(stack.settings), stack.settings.aws_url
    cloudformation = session.client("cloudformation", endpoint_url=url)
    found = cloudformation.describe_stack_resource(
        StackName=stack.settings.stack_name, LogicalResourceId="RemindFunctionMonday"
    )
    name = found["StackResourceDetail"]["PhysicalResourceId"]
    scheduler = session.client("scheduler", endpoint_url=url)
    deployed = scheduler.get_schedule(Name=name)
    assert deployed["State"] == "DISABLED"
    assert deployed["Target"]["Input"] == '{"time": "<aws.scheduler.scheduled-time>"}'
    parameters = ("Name", "ScheduleExpression", "FlexibleTimeWindow", "State", "Target")
    unchanged: Any = {parameter: deployed[parameter] for parameter in parameters}

    def fire(time: str) -> None:
        target = unchanged["Target"] | {"Input": json.dumps({"time": time})}
        at = {"ScheduleExpression": "at(2026-01-01T00:00:00)", "State": "ENABLED"}
        scheduler.update_schedule(**unchanged | at | {"Target": target})

    yield fire
    scheduler.update_schedule(**unchanged)


@pytest.mark.long  # MiniStack looks at schedules every ten seconds
def test_the_schedule_reminds_people_without_hours_once(
    queue: Queue, newcomers: Newcomers, schedule: Callable[[str], None], stack: "Stack"
) -> None:
    ana, carl, mia = newcomers.person("ana"), newcomers.person("carl"), newcomers.person("mia", MANAGER)
    ana.entry(date="2026-05-11")
    carl.entry(date="2026-05-11")
    carl.entry(date="2026-05-18")

    def missing() -> set[str]:
        rows = mia.every("/approvals/weeks/2026-W21", {"only": "missing", "limit": "100"})
        return {row["user_id"] for row in rows}

    deadline = time.monotonic() + WITHIN
    while ana.sub not in missing():
        assert time.monotonic() < deadline, "Ana is not in the directory"
        time.sleep(0.2)
    schedule("2026-05-25T08:00:00Z")
    (event,) = queue.receive(1, about=lambda detail: detail.get("user_id") in {ana.sub, carl.sub})
    jsonschema.validate(event["detail"], REMINDER_SCHEMA, format_checker=jsonschema.FormatChecker())
    assert event["detail-type"] == "Week incomplete"
    assert event["detail"]["id"] == f"2026-W21#{ana.sub}"
    function = aws.session(stack.settings).client("lambda", endpoint_url=stack.settings.aws_url)
    resource = aws.session(stack.settings).client("cloudformation", endpoint_url=stack.settings.aws_url)
    found = resource.describe_stack_resource(
        StackName=stack.settings.stack_name, LogicalResourceId="RemindFunction"
    )
    again = function.invoke(
        FunctionName=found["StackResourceDetail"]["PhysicalResourceId"],
        Payload=json.dumps({"time": "2026-05-25T08:00:00Z"}),
    )
    assert json.load(again["Payload"]) == {"week": "2026-W21", "published": {}}
