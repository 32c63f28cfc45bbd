"""Numbering and publishing fail at each of their calls; run again, they leave no gap and skip nothing."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from handlers import number_changes, publish_changes
from tests.store.faults import FAULTS, Fault, Faults, Killed, announcing, lagging
from tests.store.histories import Writer, changes_in, numbers_of_events
from tests.support import LONG
from timesheets.model.change import Change
from timesheets.model.errors import Problem
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.log import log_key
from timesheets.store.people import People
from timesheets.stream import numbering, publisher
from timesheets.stream.bus import Bus

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

PAGE = 2
"""Changes in a transaction and in a page of the publisher: several of each for a short history."""


class World:
    """A table with its stream, its functions and a bus. Functions may run in a process with faults."""

    def __init__(self, client: "DynamoDBClient", table: str, seed: int = 0) -> None:
        self.client = client
        self.table = table
        self.wakes: list[str] = []
        self.events: list[int] = []
        self.published: set[int] = set()
        self.random = Random(seed)  # noqa: S311 repeatable
        self.writer = Writer(Table(announcing(client, self.wakes.append), table), self.random)

    def write(self, count: int) -> list[str]:
        """Make at least `count` changes; return the ids of their entries."""
        first = len(self.wakes)
        while len(self.wakes) < first + count:
            self.writer.step()
        return list(dict.fromkeys(self.wakes[first:]))

    def changes(self) -> list[Change]:
        """Return all changes of the log, checked."""
        return changes_in(self.client, self.table, [self.writer])

    def number(self, entry_ids: list[str], faults: Faults | None = None) -> None:
        """Run the numbering function with a record of each entry."""
        with self._changes(number_changes, faults or Faults()):
            keys = [log_key(entry_id, 1) for entry_id in entry_ids]
            event = {"Records": [{"dynamodb": {"Keys": key}} for key in keys]}
            number_changes.lambda_handler(event, None)

    def publish(self, faults: Faults | None = None, *, lags: bool = False) -> bool:
        """Run the publisher; return whether it is done."""
        faults = faults or Faults()
        with self._changes(publish_changes, faults, lags=lags), pytest.MonkeyPatch.context() as patch:
            patch.setattr(publish_changes, "bus", Bus(faults.of(self)))
            event = {"Records": [{"dynamodb": {"SequenceNumber": "1"}}]}
            answer = publish_changes.lambda_handler(event, self)
            return not answer["batchItemFailures"]

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 AWS's name
        (event,) = Entries
        number = event["Detail"].removeprefix('{"number":').partition(",")[0]
        self.events.append(int(number))
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}

    def publish_all(self, *, lags: bool = False) -> None:
        """Run the publisher until it is done."""
        assert any(self.publish(lags=lags) for _ in range(1000)), "the publisher does not finish"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000 if self.random.random() < 0.8 else 0

    @contextmanager
    def _changes(self, handler: Any, faults: Faults, *, lags: bool = False) -> Iterator[None]:
        client = lagging(self.client, self.random) if lags else self.client
        with pytest.MonkeyPatch.context() as patch:
            table = Table(faults.of(client), self.table)
            patch.setattr(handler, "changes", Changes(table))
            patch.setattr(handler, "people", People(table), raising=False)  # the publisher has none
            yield


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(numbering, "MAX_NUMBERED", PAGE)
    monkeypatch.setattr(publisher, "PAGE", PAGE)
    monkeypatch.setattr(publisher, "LAG", 0)


@pytest.fixture
def step(request: pytest.FixtureRequest) -> int:
    """Return the distance of the calls that fail: in the long run, each call fails on the fast engine."""
    return 1 if LONG and request.node.callspec.params["client"] == "ministack" else 5


@pytest.fixture
def world(client: "DynamoDBClient", table: str) -> World:
    return World(client, table, seed=18)


@pytest.mark.parametrize(("fault", "after"), FAULTS.values(), ids=FAULTS)
def test_numbers_have_no_gap_whatever_call_fails(
    *, fault: Fault, after: bool, step: int, world: World
) -> None:
    for at in itertools.count(1, step):
        ids, faults = world.write(5), Faults(at, fault, after=after)
        with suppress(Killed, Problem):
            world.number(ids, faults)
        world.number(ids)
        if faults.calls < at:
            break
    assert len(world.changes()) == len(world.wakes)


def test_numbers_have_no_gap_whenever_another_function_overtakes(step: int, world: World) -> None:
    for at in itertools.count(1, step):
        ids = world.write(5)
        faults = Faults(at, lambda ids=ids: world.number(ids[::-1]))  # type: ignore[misc]
        world.number(ids, faults)
        if faults.calls < at:
            break
    assert len(world.changes()) == len(world.wakes)


@pytest.mark.parametrize(("fault", "after"), FAULTS.values(), ids=FAULTS)
def test_the_publisher_skips_nothing_whatever_call_fails(
    *, fault: Fault, after: bool, step: int, world: World
) -> None:
    for at in itertools.count(1, step):
        world.number(world.write(5))
        world.events, faults = [], Faults(at, fault, after=after)
        with suppress(Killed):
            world.publish(faults)
        first = len(world.events)
        world.publish_all()
        events, again = world.events[:first], world.events[first:]
        assert (events, again) == (sorted(set(events)), sorted(set(again)))
        repeated = [number for number in events if number in again]
        assert repeated in ([], events[-len(repeated) :])
        assert len(repeated) <= PAGE
        world.published |= {*world.events}
        if faults.calls < at:
            break
    assert sorted(world.published) == numbers_of_events(world.changes())


@pytest.mark.parametrize("seed", range(12 if LONG else 3))
@pytest.mark.parametrize("client", ["ministack"], indirect=True)
def test_any_order_of_changes_deliveries_and_faults_keeps_the_log(
    seed: int, client: "DynamoDBClient", table: str
) -> None:
    """Records arrive late, twice, in another order, or not at all, and functions fail at any call."""
    world = World(client, table, seed)
    random = world.random
    for _ in range(40):
        fault, after = random.choice([*FAULTS.values()])
        faults = Faults(random.randrange(12), fault, after=after)  # 0 is none
        match random.choice(["write", "write", "number", "publish"]):
            case "write":
                world.writer.step()
            case "number":
                batch = random.sample(world.wakes, min(len(world.wakes), random.randrange(1, 10)))
                with suppress(Killed, Problem):
                    world.number(batch, faults)
            case _:
                with suppress(Killed):
                    world.publish(faults, lags=True)
    random.shuffle(world.wakes)
    world.number(world.wakes)
    world.publish_all(lags=True)
    changes = world.changes()
    assert set(numbers_of_events(changes)) == set(world.events)
    assert Changes(Table(client, table)).position(publisher.READER) == len(changes)
