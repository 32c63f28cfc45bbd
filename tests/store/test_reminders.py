"""Reminders: each is published at least once and then marked, whatever happens to the runs."""

import json
import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from tests.store.faults import FAULTS, Fault, Faults, Killed
from tests.store.support import NOW, entry
from tests.support import LONG
from timesheets.bulk import reminders as bulk
from timesheets.bulk.reminders import ReminderRun
from timesheets.model.entry import rfc3339
from timesheets.model.errors import Unavailable
from timesheets.model.ids import hash_of
from timesheets.model.person import Person
from timesheets.model.reminder import Kind, Reminder, earlier
from timesheets.model.week import Week, parse_week
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.items import REMINDER_PREFIX
from timesheets.store.people import People
from timesheets.store.reminders import Reminders
from timesheets.store.weeks import Weeks
from timesheets.stream.bus import Bus
from timesheets.stream.events import REMINDER_TYPES

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

WEEK = parse_week("2026-W47")
FAILURES = (Killed, Unavailable, EndpointConnectionError, ReadTimeoutError)
KINDS = {detail_type: kind for kind, detail_type in REMINDER_TYPES.items()}

type Published = tuple[Kind, str]
"""A reminder's kind and id."""


class EventBridge:
    """A bus whose calls fail, and refuse single events, at random."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self.published = Counter[Published]()
        self._chance = chance

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 AWS's name
        assert 1 <= len(Entries) <= 10
        if self._chance and self._chance.random() < 0.1:
            raise EndpointConnectionError(endpoint_url="https://events")
        results = [self._put(event) for event in Entries]
        return {"FailedEntryCount": sum("ErrorCode" in result for result in results), "Entries": results}

    def _put(self, event: dict[str, Any]) -> dict[str, str]:
        if self._chance and self._chance.random() < 0.1:
            return {"ErrorCode": "InternalFailure"}
        self.published[KINDS[event["DetailType"]], json.loads(event["Detail"])["id"]] += 1
        return {"EventId": "1"}


def log(table: Table, user: str, day: date) -> None:
    """Log hours, and refresh the person as the stream's function does."""
    Entries(table).add(entry(user, date=day))
    People(table).refresh(hash_of(user))


def run(table: Table, week: Week, events: Any, *, has_time: Callable[[], bool] = lambda: True) -> bool:
    return ReminderRun(table, week, Bus(events).publish_reminders).run(has_time=has_time)


def marks(client: "DynamoDBClient", table: str) -> dict[tuple[str, str], Kind]:
    """Return the kinds of all marks by owner's hash and week."""
    items: list[Any] = client.scan(TableName=table, ConsistentRead=True)["Items"]
    return {
        (item["PK"]["S"].removeprefix("OWNER#"), item["SK"]["S"].removeprefix(REMINDER_PREFIX)): item["kind"][
            "S"
        ]
        for item in items
        if item["SK"]["S"].startswith(REMINDER_PREFIX)
    }


def marked(published: Counter[Published]) -> dict[tuple[str, str], Kind]:
    """Return the marks of published reminders."""
    found: dict[tuple[str, str], Kind] = {}
    for kind, reminder_id in published:
        week, _, user = reminder_id.partition("#")
        found[hash_of(user), week] = kind
    return found


def test_marks_are_read_for_the_weeks_in_which_hours_count(database: Table) -> None:
    reminders, ana = Reminders(database), Person(user_id="auth0|ana")
    weeks = [earlier(WEEK, n) for n in range(-1, 11)]
    for week in weeks:
        reminders.mark(Reminder("incomplete", week, ana), rfc3339(NOW))
    reminders.mark(Reminder("inactive", WEEK, Person(user_id="auth0|carl")), rfc3339(NOW))
    counted = {earlier(WEEK, n).name: "incomplete" for n in range(9)}
    assert reminders.published("auth0|ana", WEEK) == counted
    assert reminders.published("auth0|carl", WEEK) == {WEEK.name: "inactive"}
    assert reminders.published("auth0|mia", WEEK) == {}


def test_the_first_mark_of_a_week_stays(database: Table) -> None:
    reminders, ana = Reminders(database), Person(user_id="auth0|ana")
    reminders.mark(Reminder("inactive", WEEK, ana), rfc3339(NOW))
    reminders.mark(Reminder("incomplete", WEEK, ana), rfc3339(NOW))
    assert reminders.published("auth0|ana", WEEK) == {WEEK.name: "inactive"}


def test_a_year_of_mondays(database: Table) -> None:
    """Some stop, only sign, plan a holiday, or are back: before the report, on its morning, or after it."""
    first, events = parse_week("2026-W47"), EventBridge()
    weeks = [earlier(first, -n) for n in range(12)]
    log(database, "stops", first.first)
    log(database, "signs", first.first)
    log(database, "plans", first.first)
    log(database, "plans", earlier(first, -30).first)
    log(database, "returns", first.first)
    log(database, "hurries", first.first)
    for number, week in enumerate(weeks):
        found = Weeks(database).find("signs", week)
        new = found.sign({found.tag}, user_id="signs", user_email=None, user_name=None, now=NOW)
        Weeks(database).sign(None, new)
        People(database).refresh(hash_of("signs"))
        if number == 3:
            log(database, "hurries", weeks[4].first)  # this Monday, before the run
        if number == 5:
            log(database, "returns", weeks[4].first)
        assert run(database, week, events)
        assert run(database, week, events)
    gone: list[tuple[int, Kind]] = [(1, "incomplete"), (2, "incomplete"), (3, "inactive")]
    back: list[tuple[int, Kind]] = [(5, "incomplete"), (6, "incomplete"), (7, "inactive")]
    expected = {
        (kind, f"{weeks[n].name}#{user}") for user in ("stops", "plans", "returns") for n, kind in gone
    }
    expected |= {(kind, f"{weeks[n].name}#returns") for n, kind in back}
    expected |= {("incomplete", f"{weeks[n].name}#hurries") for n in (1, 2, 3, 5, 6)}
    expected |= {("inactive", f"{weeks[7].name}#hurries")}
    assert events.published == dict.fromkeys(expected, 1)


def people_missing(table: Table, number: int) -> set[Published]:
    """Let a number of people miss the week; return their reminders."""
    users = [f"auth0|{n}" for n in range(number)]
    for user in users:
        log(table, user, earlier(WEEK, 1).first)
    log(table, "auth0|diligent", WEEK.first)
    return {("incomplete", f"{WEEK.name}#{user}") for user in users}


@pytest.mark.parametrize(
    "name",
    [name if name == "killed after" else pytest.param(name, marks=pytest.mark.long) for name in FAULTS],
)
def test_the_run_after_a_fault_at_any_call_publishes_the_rest(
    name: str, client: "DynamoDBClient", table: str, database: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PAGE", 2)
    fault, after = FAULTS[name]
    expected = people_missing(database, 2)
    counting = Faults()
    assert run(Table(counting.of(client), table), WEEK, counting.of(EventBridge()))
    for at in range(1, counting.calls + 1):
        for owner, week in marks(client, table):
            key: Any = {"PK": {"S": f"OWNER#{owner}"}, "SK": {"S": f"{REMINDER_PREFIX}{week}"}}
            client.delete_item(TableName=table, Key=key)
        events = EventBridge()
        complete = with_fault(client, table, events, at, fault, after=after)
        assert marks(client, table).items() <= marked(events.published).items(), (
            "marked before it was published"
        )
        if complete:
            assert set(events.published) == expected
        assert run(database, WEEK, events)
        assert set(events.published) == expected
        assert marks(client, table) == marked(events.published)
        assert events.published.total() <= 2 * len(expected)


def with_fault(
    client: "DynamoDBClient", table: str, events: EventBridge, at: int, fault: Fault, *, after: bool
) -> bool:
    """Run with a fault at one call, as Lambda does; return whether the run was complete."""
    faults = Faults(at, fault, after=after)
    try:
        return run(Table(faults.of(client), table), WEEK, faults.of(events))
    except FAILURES:
        return False


def test_a_run_without_time_leaves_pages_to_the_next(
    client: "DynamoDBClient", table: str, database: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PAGE", 4)
    expected, events = people_missing(database, 12), EventBridge()
    assert not run(database, WEEK, events, has_time=lambda: False)
    assert 3 <= len(events.published) <= 4
    assert marks(client, table) == marked(events.published)
    assert run(database, WEEK, events)
    assert events.published == dict.fromkeys(expected, 1)


def test_runs_at_the_same_time_leave_one_mark_for_each_reminder(
    client: "DynamoDBClient", table: str, database: Table
) -> None:
    expected, events = people_missing(database, 12), EventBridge()
    with ThreadPoolExecutor(3) as pool:
        assert all(pool.map(lambda _: run(database, WEEK, events), range(3)))
    assert set(events.published) == expected
    assert marks(client, table) == marked(events.published)
    total = events.published.total()
    assert run(database, WEEK, events)
    assert events.published.total() == total <= 3 * len(expected)


def test_a_fault_of_one_person_does_not_stop_the_others(
    client: "DynamoDBClient", table: str, database: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected, events, find = people_missing(database, 12), EventBridge(), Weeks.find

    def fail(weeks: Weeks, user_id: str, week: Week) -> Any:
        if user_id == "auth0|7":
            raise ValueError
        return find(weeks, user_id, week)

    monkeypatch.setattr(Weeks, "find", fail)
    assert not run(database, WEEK, events)
    assert set(events.published) == expected - {("incomplete", f"{WEEK.name}#auth0|7")}
    assert marks(client, table) == marked(events.published)


class Office:
    """People who log hours, or stop, at random, and the reminders that they should get, by counting."""

    def __init__(self, table: Table, chance: random.Random) -> None:
        self._table = table
        self._chance = chance
        self.weeks = {f"auth0|{n}": set[str]() for n in range(8)}
        """The weeks in which each person has hours."""
        self._misses = Counter[str]()
        """Mondays since each person's last hours on which they were expected."""

    def monday(self, week: Week) -> set[Published]:
        """Let people log hours of this week and the one before; return the reminders of this week."""
        expected = set[Published]()
        for user, weeks in self.weeks.items():
            for one in (earlier(week, 1), week):
                if self._chance.random() < (0.25 if int(user[-1]) % 3 else 0.05):
                    log(self._table, user, one.first)
                    weeks.add(one.name)
                    self._misses[user] = 0
            before = {earlier(week, n).name for n in range(1, 9)}
            if week.name not in weeks and weeks & before:
                self._misses[user] += 1
                if self._misses[user] <= 3:
                    kind: Kind = "incomplete" if self._misses[user] < 3 else "inactive"
                    expected.add((kind, f"{week.name}#{user}"))
        return expected


@pytest.mark.parametrize("seed", range(8 if LONG else 1))
@pytest.mark.parametrize("client", ["ministack"], indirect=True)
def test_random_runs_crashes_and_repetitions(
    seed: int, client: "DynamoDBClient", table: str, database: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulk, "PAGE", 3)
    chance = random.Random(seed)  # noqa: S311 no secret
    office, events, expected = Office(database, chance), EventBridge(chance), set[Published]()
    for number in range(8):
        week = earlier(WEEK, -number)
        expected |= office.monday(week)
        complete = False
        for _ in range(50):
            fault, after = chance.choice(list(FAULTS.values()))
            faults = Faults(chance.randint(1, 60), fault, after=after)
            has_time = lambda: chance.random() < 0.9  # noqa: E731 short
            try:
                complete = run(Table(faults.of(client), table), week, faults.of(events), has_time=has_time)
            except FAILURES:
                complete = False
            assert marks(client, table).items() <= marked(events.published).items()
            if complete and chance.random() < 0.5:
                break
        assert complete
    assert set(events.published) == expected
    assert {kind for kind, _ in expected} == {"incomplete", "inactive"}
    assert marks(client, table) == marked(events.published)
