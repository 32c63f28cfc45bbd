"""The scheduled run of reminders: what it publishes, logs and leaves to the next run."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import jsonschema
import pytest
from botocore.exceptions import EndpointConnectionError

from handlers import remind as handler
from handlers.remind import IncompleteError
from tests.support import PROJECT
from tests.unit.aws import CLIENT
from tests.unit.support import NOW, REMINDER_SCHEMA
from timesheets.bulk import reminders as bulk
from timesheets.model.entry import new_entry
from timesheets.model.errors import Unavailable
from timesheets.model.ids import hash_of, new_id
from timesheets.settings import settings
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.people import People
from timesheets.store.reminders import Reminders
from timesheets.stream.bus import MAX_EVENTS

pytestmark = pytest.mark.usefixtures("table")

EVENT: dict[str, Any] = json.loads((PROJECT / "events/remind.json").read_text())
USERS = [f"auth0|{n}" for n in range(12)]


class Context:
    """Lambda's context of an invocation with some time left, in milliseconds."""

    def __init__(self, left: int) -> None:
        self._left = left

    def get_remaining_time_in_millis(self) -> int:
        return self._left


class EventBridge:
    """A fake client that refuses some people's events, or fails."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.refused: set[str] = set()
        self.failure: Exception | None = None

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 AWS's name
        if self.failure:
            raise self.failure
        results = []
        for event in Entries:
            detail = json.loads(event["Detail"])
            if detail["user_id"] in self.refused:
                results.append({"ErrorCode": "ThrottlingException"})
            else:
                self.events.append(event | {"Detail": detail})
                results.append({"EventId": "1"})
        return {"FailedEntryCount": len(self.refused), "Entries": results}

    @property
    def reminded(self) -> list[str]:
        return sorted(event["Detail"]["user_id"] for event in self.events)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> EventBridge:
    fake = EventBridge()
    monkeypatch.setattr(handler.bus, "client", fake)
    return fake


def employ(*users: str) -> None:
    """Let people log hours in the week before 2026-W47."""
    database = Table(CLIENT)
    for user in users:
        fields = {"date": date(2026, 11, 13), "project": "P", "hours": 8}
        person = {"user_id": user, "user_email": f"{user[-1]}@exampleco.com", "user_name": "Ana"}
        Entries(database).add(new_entry({**fields, **person, "id": new_id(user)}, now=NOW))
        People(database).refresh(hash_of(user))


@pytest.fixture
def company(table: None) -> None:  # noqa: ARG001 the table exists
    """Employ everyone."""
    employ(*USERS)


def remind(left: int = 900_000, **event: Any) -> Any:
    return handler.lambda_handler(EVENT | event, Context(left))


@pytest.mark.usefixtures("company")
def test_everyone_without_hours_is_reminded_once(bus: EventBridge, written: Callable[[], str]) -> None:
    assert remind() == {"week": "2026-W47", "published": {"incomplete": 12}}
    assert bus.reminded == sorted(USERS)
    for event in bus.events:
        jsonschema.validate(event["Detail"], REMINDER_SCHEMA)
        assert (event["Source"], event["DetailType"]) == ("timesheets", "Week incomplete")
        assert event["EventBusName"] == "timesheets"
    lines = [json.loads(line) for line in written().splitlines()]
    assert {"message": "reminders complete", "week": "2026-W47", "published": {"incomplete": 12}}.items() <= {
        name: value for line in lines for name, value in line.items()
    }.items()
    assert [line["RemindersPublished"] for line in lines if "RemindersPublished" in line] == [[12.0]]
    assert "exampleco" not in str(lines)
    assert remind() == {"week": "2026-W47", "published": {}}
    assert len(bus.events) == 12


@pytest.mark.parametrize(
    ("time", "week"),
    [
        ("2026-11-22T23:00:00Z", "2026-W47"),  # Monday in Berlin
        ("2026-11-22T22:59:59Z", "2026-W46"),
        ("2026-11-15T23:00:00Z", "2026-W46"),
    ],
)
def test_the_week_follows_the_time_zone(time: str, week: str, bus: EventBridge) -> None:
    employ(USERS[0])
    assert remind(time=time)["week"] == week
    assert {event["Detail"]["week"] for event in bus.events} <= {week}


@pytest.mark.usefixtures("company")
def test_refused_events_are_left_to_the_next_run(bus: EventBridge, written: Callable[[], str]) -> None:
    bus.refused = {USERS[3], USERS[5]}
    with pytest.raises(IncompleteError, match="Reminders of 2026-W47 are left for the next run"):
        remind()
    assert bus.reminded == sorted(set(USERS) - bus.refused)
    text = written()
    assert "ThrottlingException" in text
    assert "reminders not complete" in text
    bus.refused = set()
    assert remind()["published"] == {"incomplete": 2}
    assert bus.reminded == sorted(USERS)


@pytest.mark.usefixtures("company")
def test_an_outage_ends_the_run(bus: EventBridge, written: Callable[[], str]) -> None:
    for error in (EndpointConnectionError(endpoint_url="https://x"), Unavailable()):
        bus.failure = error
        with pytest.raises(IncompleteError):
            remind()
        assert f'"cause":"{type(error).__name__}"' in written()
    bus.failure = None
    assert remind()["published"] == {"incomplete": 12}


@pytest.mark.usefixtures("company")
def test_a_run_without_time_ends_after_a_page(bus: EventBridge, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "PAGE", 5)
    with pytest.raises(IncompleteError):
        remind(left=60_000)
    assert len(bus.events) == 5
    assert remind(left=60_001)["published"] == {"incomplete": 7}
    assert bus.reminded == sorted(USERS)


@pytest.mark.parametrize(
    "event", [{}, {"time": None}, {"time": "<aws.scheduler.scheduled-time>"}, {"time": "2026-11-23T09:00:00"}]
)
def test_a_bad_time_is_an_error_that_shows_the_form(event: dict[str, Any], bus: EventBridge) -> None:
    with pytest.raises(ValueError, match="Invoke with a time and its offset, such as"):
        handler.lambda_handler(event, Context(900_000))
    assert bus.events == []


def test_nobody_is_reminded_of_a_week_in_the_future(bus: EventBridge) -> None:
    with pytest.raises(ValueError, match="The time must not lie in the future"):
        remind(time="2999-01-07T09:00:00Z")
    assert bus.events == []


@pytest.mark.usefixtures("company")
def test_no_more_is_published_than_can_be_marked(bus: EventBridge, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> None:
        raise Unavailable

    with monkeypatch.context() as patch:
        patch.setattr(Reminders, "mark", fail)
        with pytest.raises(IncompleteError):
            remind()
        assert len(bus.events) == MAX_EVENTS
    assert remind()["published"] == {"incomplete": 12}


def test_a_missing_bus_name_is_named_in_the_log(
    bus: EventBridge, written: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    employ(USERS[0])
    monkeypatch.delenv("EVENT_BUS_NAME")
    monkeypatch.delitem(vars(settings), "event_bus_name", raising=False)
    with pytest.raises(IncompleteError):
        remind()
    assert bus.events == []
    assert "EVENT_BUS_NAME is not set" in written()
