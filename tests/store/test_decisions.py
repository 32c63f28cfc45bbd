"""Many decisions in one call: no version is ever decided that the call did not name."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.support import NOW, entry
from tests.support import LONG
from timesheets.bulk import runner
from timesheets.bulk.decisions import Decisions
from timesheets.model.decisions import DecisionRow
from timesheets.model.entry import Decision, Entry, corrected, decided, reopened
from timesheets.model.errors import Problem
from timesheets.model.results import DecisionResult
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ANA, MIA, MAX = "auth0|ana", "auth0|mia", "auth0|max"
APPROVE, REJECT = Decision(approved=True), Decision(approved=False, reason="Why?")
ENTRIES = 3
hours = count(1)

type Action = Callable[[Entries, str], None]
"""A request of someone else that reads an entry and changes it; it may be refused."""


def correct(store: Entries, entry_id: str) -> None:
    old = store.find(entry_id)
    changes = {"hours": Decimal(next(hours)) / 100}
    store.replace(old, corrected(old, changes, by=ANA, now=NOW), "corrected")


def delete(store: Entries, entry_id: str) -> None:
    old = store.find(entry_id)
    if old.status != "approved":
        store.remove(old, by=ANA, now=NOW)


def approve(store: Entries, entry_id: str) -> None:
    old = store.find(entry_id)
    store.replace(old, decided(old, APPROVE, reviewer=MAX, now=NOW), "approved")


def reject(store: Entries, entry_id: str) -> None:
    old = store.find(entry_id)
    store.replace(old, decided(old, REJECT, reviewer=MAX, now=NOW), "rejected")


def reopen(store: Entries, entry_id: str) -> None:
    old = store.find(entry_id)
    store.replace(old, reopened(old, reviewer=MAX, now=NOW), "reopened")


def attempt(action: Action, store: Entries, entry_id: str) -> None:
    with suppress(Problem):
        action(store, entry_id)


class Interrupted:
    """A client that lets another request come before each of its calls."""

    def __init__(self, client: "DynamoDBClient", between: Callable[[], None]) -> None:
        self._client = client
        self._between = between

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            self._between()
            return getattr(self._client, operation)(**parameters)

        return call


def check(rows: list[DecisionRow], results: list[DecisionResult | Problem], database: Table) -> None:
    """Check that the log holds mia's decisions as the call named them, and each result once."""
    named = {(row.entry_id, row.version, row.decision.status) for row in rows}
    made = 0
    for entry_id in {row.entry_id for row in rows}:
        history = Changes(database).own_history(ANA, entry_id)
        assert [change.version for change in history] == list(range(1, len(history) + 1))
        for change in history:
            if change.by == MIA:
                assert (entry_id, change.version - 1, change.kind) in named
                made += 1
    done = [(row, one) for row, one in zip(rows, results, strict=True) if isinstance(one, DecisionResult)]
    assert [result.status for _, result in done].count("decided") == made
    for row, result in done:
        assert result.entry.status == row.decision.status
        assert result.entry.version - row.version in ({1} if result.status == "decided" else {0, 1})


slots = st.lists(
    st.tuples(
        st.integers(0, ENTRIES - 1), st.sampled_from([correct, correct, delete, approve, reject, reopen])
    ),
    max_size=2,
)
calls = st.lists(
    st.tuples(
        st.integers(0, ENTRIES - 1), st.sampled_from([1, 1, 1, 2, 3]), st.sampled_from([APPROVE, REJECT])
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("client", ["ministack"], indirect=True)
@given(earlier=slots, script=st.lists(slots, max_size=12), wanted=calls)
@settings(
    max_examples=80 if LONG else 25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_requests_between_the_calls_never_change_what_is_decided(
    earlier: list[tuple[int, Action]],
    script: list[list[tuple[int, Action]]],
    wanted: list[tuple[int, int, Decision]],
    database: Table,
    store: Entries,
) -> None:
    entries = [entry() for _ in range(ENTRIES)]
    for one in entries:
        store.add(one)
    for number, action in earlier:
        attempt(action, store, entries[number].id)
    pending_script = iter(script)

    def between() -> None:
        for number, action in next(pending_script, []):
            attempt(action, store, entries[number].id)

    client: Any = Interrupted(database.client, between)
    rows = [DecisionRow(entries[number].id, version, decision) for number, version, decision in wanted]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runner, "WORKERS", 1)  # one row after another: the same script gives the same calls
        results = Decisions(Table(client, database.name), reviewer=MIA, clock=lambda: NOW).run(rows)
    check(rows, results, database)


def test_owners_who_edit_at_the_same_time_never_have_another_version_approved(
    database: Table, store: Entries
) -> None:
    entries = [entry() for _ in range(25)]
    for one in entries:
        store.add(one)
    finished = threading.Event()

    def edit(seed: int) -> None:
        random = Random(seed)  # noqa: S311 not a secret
        while not finished.is_set():
            attempt(
                random.choice([correct, correct, correct, reject, reopen]), store, random.choice(entries).id
            )

    with ThreadPoolExecutor(4) as owners:
        edits = [owners.submit(edit, seed) for seed in range(4)]
        rows: list[DecisionRow] = []
        results: list[DecisionResult | Problem] = []
        try:
            for _ in range(10 if LONG else 3):
                seen: list[Entry] = list(store.find_many([one.id for one in entries]).values())
                call = [DecisionRow(one.id, one.version, APPROVE) for one in seen if one.status == "pending"]
                rows += call
                results += Decisions(database, reviewer=MIA).run(call)
        finally:
            finished.set()
        for edits_of_one in edits:
            edits_of_one.result()
    check(rows, results, database)
    assert {result.status for result in results if isinstance(result, DecisionResult)} >= {"decided"}
