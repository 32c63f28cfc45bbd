"""Concurrent changes: one wins, the others are conflicts, and the table holds the winner's state."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.store.support import NOW, entry, listed, pending, upload
from tests.support import LONG
from timesheets.model.entry import Decision, Entry, corrected, decided, reopened
from timesheets.model.errors import Conflict, Problem
from timesheets.model.ids import id_of_request
from timesheets.model.results import RowResult
from timesheets.model.rows import Row
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries

ROUNDS = 60 if LONG else 10
"""For each contest, on each engine."""

type Move = Callable[[Entry], Entry | None]
"""Returns the next state of an entry; None deletes it."""


def approve(one: Entry) -> Entry:
    return decided(one, Decision(approved=True), reviewer="auth0|mia", now=NOW)


def reject(one: Entry) -> Entry:
    return decided(one, Decision(approved=False, reason="Why?"), reviewer="auth0|max", now=NOW)


def correct(one: Entry) -> Entry:
    return corrected(one, {"hours": Decimal(8), "notes": "Corrected"}, by="auth0|ana", now=NOW)


def move(one: Entry) -> Entry:
    return corrected(one, {"date": date(2026, 1, 1)}, by="auth0|ana", now=NOW)


def delete(_one: Entry) -> None:
    return None


def reopen(one: Entry) -> Entry:
    return reopened(one, reviewer="auth0|mia", now=NOW)


def at_once[T](jobs: Sequence[Callable[[], T]], pool: ThreadPoolExecutor) -> list[T | Problem]:
    """Start jobs at the same moment and return their results; a problem is a result."""
    ready = threading.Barrier(len(jobs))

    def run(job: Callable[[], T]) -> T | Problem:
        ready.wait()
        try:
            return job()
        except Problem as problem:
            return problem

    return list(pool.map(run, jobs))


@pytest.fixture(scope="session")
def pool() -> Iterable[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32) as threads:
        yield threads


CONTESTS: dict[str, tuple[list[Move], Move | None]] = {
    "two managers decide": ([approve, reject], None),
    "owner corrects, manager approves": ([correct, approve], None),
    "owner deletes, manager approves": ([delete, approve], None),
    "owner moves, manager rejects": ([move, reject], None),
    "owner corrects on two devices": ([correct, move], None),
    "owner deletes on one device, corrects on another": ([delete, correct], None),
    "all of them": ([approve, reject, correct, move, delete], None),
    "owner resubmits, manager reopens": ([correct, reopen], reject),
    "owner deletes, manager reopens": ([delete, reopen], reject),
}


@pytest.mark.parametrize(("moves", "before"), CONTESTS.values(), ids=CONTESTS)
def test_one_change_wins_and_the_others_are_conflicts(
    moves: list[Move], before: Move | None, store: Entries, pool: ThreadPoolExecutor
) -> None:
    user = "auth0|ana"
    for number in range(ROUNDS):
        # Every other entry has a key, so its deletion leaves a tombstone.
        known: dict[str, Any] = (
            {"id": id_of_request(user, str(number)), "request_digest": "digest"} if number % 2 else {}
        )
        start = entry(user, **known)
        store.add(start)
        if before and (first := before(start)):
            store.replace(start, first, "corrected")
            start = first

        def job(move: Move, start: Entry = start) -> Callable[[], Entry | None]:
            new = move(start)
            if new is None:
                return lambda: store.remove(start, by=user, now=NOW)
            return lambda: store.replace(start, new, "corrected")

        results = at_once([job(move) for move in moves], pool)
        winners = [n for n, result in enumerate(results) if not isinstance(result, Problem)]
        assert len(winners) == 1
        assert all(isinstance(result, Conflict) for n, result in enumerate(results) if n not in winners)
        kept = moves[winners[0]](start)
        assert listed(store) == ([kept] if kept else [])
        assert pending(store, user_id=user) == ([kept] if kept and kept.status == "pending" else [])
        if kept:
            store.remove(kept, by="auth0|ana", now=NOW)


def test_32_requests_with_one_key_create_one_entry(
    store: Entries, pool: ThreadPoolExecutor, items: Callable[[], list[Any]]
) -> None:
    for number in range(20 if LONG else 3):
        known: Any = {"id": id_of_request("auth0|ana", str(number)), "request_digest": "digest"}
        same = [entry(now=NOW + timedelta(milliseconds=n), **known) for n in range(32)]
        results = at_once([lambda one=one: store.add(one) for one in same], pool)  # type: ignore[misc]
        assert [result[1] for result in results if isinstance(result, tuple)].count(True) == 1
        assert len({result[0] for result in results if isinstance(result, tuple)}) == 1
        assert len(items()) == number + 1


def rows(*, hours: str = "5", user: str = "007") -> list[Row | Problem]:
    fields = {"date": date(2026, 11, 20), "project": "StoreZero", "hours": Decimal(hours)}
    return [Row(fields=fields, user_id=user, external_id=f"row {n}") for n in range(25)]


def test_8_equal_uploads_create_each_entry_once(
    database: Table, store: Entries, pool: ThreadPoolExecutor, items: Callable[[], list[Any]]
) -> None:
    def take() -> list[RowResult | Problem]:
        return upload(database).run(rows())

    results = at_once([take] * 8, pool)
    for number in range(25):
        taken = [result[number] for result in results if isinstance(result, list)]
        assert all(isinstance(one, RowResult) for one in taken), taken
        statuses = Counter(one.status for one in taken if isinstance(one, RowResult))
        assert statuses == {"created": 1, "unchanged": 7}
        assert len({one.entry_id for one in taken if isinstance(one, RowResult)}) == 1
    assert len(listed(store, "007")) == 25
    assert len(items()) == 50


def test_of_two_concurrent_uploads_one_wins_for_each_row(
    database: Table, store: Entries, pool: ThreadPoolExecutor
) -> None:
    """Both change the owner, too: no entry stays with another owner."""

    def take(changed: list[Row | Problem]) -> Callable[[], list[RowResult | Problem]]:
        return lambda: upload(database).run(changed)

    take(rows())()
    results = at_once([take(rows(hours="6", user="008")), take(rows(hours="7", user="009"))], pool)
    assert all(isinstance(one, RowResult) for result in results if isinstance(result, list) for one in result)
    kept = listed(store, "008") + listed(store, "009")
    assert listed(store, "007") == []
    assert len(kept) == 25
    assert {one.external_id for one in kept} == {f"row {n}" for n in range(25)}
    assert all(one.hours == (6 if one.user_id == "008" else 7) for one in kept)
