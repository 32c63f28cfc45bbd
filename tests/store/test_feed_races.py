"""Writers, several numbering functions, a publisher and a reader of the feed, all at the same time."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import TYPE_CHECKING

import pytest

from ops.number import number_all
from tests.store.faults import announcing, lagging
from tests.store.histories import Writer, changes_in, copy_of, numbers_of_events
from tests.support import LONG
from timesheets.model.errors import Conflict, Unavailable
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.stream import publisher
from timesheets.stream.numbering import number_entries

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from timesheets.model.change import Change

ROUNDS, STEPS = (8, 60) if LONG else (1, 25)
"""Rounds on each engine, and changes that each writer tries in one."""


class Stream:
    """The table's stream: it delivers records late, reordered, repeatedly, or not at all."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._lock = threading.Lock()
        self._records: list[str] = []

    def add(self, entry_id: str) -> None:
        with self._lock:
            self._records += [entry_id] * self._random.choice([0, 1, 1, 1, 1, 2])

    def batch(self) -> list[str]:
        with self._lock:
            self._random.shuffle(self._records)
            size = self._random.randrange(1, 10)
            batch, self._records = self._records[:size], self._records[size:]
            return batch


class Reader:
    """A reader of the feed whose index lags."""

    def __init__(self, client: "DynamoDBClient", table: str, random: Random) -> None:
        self._changes = Changes(Table(lagging(client, random), table))
        self._random = random
        self.found: list[Change] = []

    def read(self) -> bool:
        """Read a page; return whether the reader is at the head."""
        feed = self._changes.read(len(self.found), self._random.randrange(1, 100))
        self.found += feed.changes
        return len(self.found) == feed.head


def run_beside(writers: list[Writer], jobs: list[Callable[[], object]]) -> None:
    """Let all writers make their changes, and repeat the jobs until they have."""
    writing = True

    def write(writer: Writer) -> None:
        for _ in range(STEPS):
            writer.step()

    def repeat(job: Callable[[], object]) -> None:
        while writing:
            job()
            time.sleep(0.002)

    with ThreadPoolExecutor(len(writers) + len(jobs)) as pool:
        beside = [pool.submit(repeat, job) for job in jobs]
        try:
            list(pool.map(write, writers))
        finally:
            writing = False
        for future in beside:
            future.result()


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_a_live_reader_sees_each_change_once_and_in_order(
    seed: int, client: "DynamoDBClient", table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publisher, "LAG", 0)
    random = Random(seed)  # noqa: S311 repeatable
    stream, reader, published = Stream(random), Reader(client, table, random), list[int | None]()
    source = Table(announcing(client, stream.add), table)
    writers = [Writer(source, Random(f"{seed} {n}"), f"writer {n}") for n in range(3)]  # noqa: S311
    changes, lagging_changes = Changes(Table(client, table)), Changes(Table(lagging(client, random), table))

    def publish() -> bool:
        return publisher.publish_decisions(
            lagging_changes, lambda event: published.append(event.number), has_time=lambda: False
        )

    def number() -> None:
        batch = stream.batch()
        try:
            assert number_entries(changes, batch) == set()
        except (Conflict, Unavailable):  # Lambda repeats the batch
            for entry_id in batch:
                stream.add(entry_id)

    run_beside(writers, [number, number, number, reader.read, publish])
    number_all(client, table)  # changes whose records were lost
    while not reader.read() or not publish():
        pass
    log = changes_in(client, table, writers)
    assert reader.found == log
    assert copy_of(reader.found) == copy_of(log)
    assert published == numbers_of_events(log)


def test_a_stopped_stream_is_repaired_by_numbering_all(client: "DynamoDBClient", table: str) -> None:
    """The stream has lost every record. Writers go on while two commands number all changes."""
    writers = [Writer(Table(client, table), Random(n), f"writer {n}") for n in range(2)]  # noqa: S311
    for _ in range(3 * STEPS):
        writers[0].step()
    assert Changes(Table(client, table)).read(0, 100).changes == []
    with ThreadPoolExecutor(3) as pool:
        commands = [pool.submit(number_all, client, table) for _ in range(2)]
        for _ in range(STEPS):
            writers[1].step()
        assert [command.result()[1] for command in commands] == [set(), set()]
    number_all(client, table)
    log = changes_in(client, table, writers)
    versions = [(change.entry_id, change.version) for change in log]
    assert len(set(versions)) == len(versions)
    assert number_all(client, table) == (0, set())
