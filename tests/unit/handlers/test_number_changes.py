"""The function that numbers changes, woken by the table's stream."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest

from handlers import number_changes as handler
from tests.support import PROJECT
from tests.unit.aws import CLIENT
from tests.unit.support import PENDING
from timesheets.model.errors import Conflict, Problem, Unavailable
from timesheets.model.ids import hash_of
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.items import SIGNATURE_PREFIX, partition_of
from timesheets.store.log import log_key
from timesheets.store.people import People

pytestmark = pytest.mark.usefixtures("table")


EVENT: dict[str, Any] = json.loads((PROJECT / "events/number_changes.json").read_text())


def wake(*sort_keys: str) -> None:
    """Call the function with a record for each sort key in the partition of PENDING's owner."""
    (record,) = EVENT["Records"]
    partition = {"S": partition_of(hash_of(PENDING.user_id))}
    records = [record | {"dynamodb": {"Keys": {"PK": partition, "SK": {"S": key}}}} for key in sort_keys]
    handler.lambda_handler({"Records": records}, None)


def numbers() -> list[int | None]:
    changes = Changes(Table(CLIENT)).own_history(PENDING.user_id, PENDING.id)
    return [change.number for change in changes]


def test_the_event_of_an_unknown_entry_changes_nothing() -> None:
    handler.lambda_handler(EVENT, None)
    assert Changes(Table(CLIENT)).read(0, 1).head == 0


def test_all_changes_of_an_entry_are_numbered_whatever_record_arrives() -> None:
    entries = Entries(Table(CLIENT))
    entries.add(PENDING)
    key = log_key(PENDING.id, 7)["SK"]["S"]
    wake(key, key)
    assert numbers() == [1]
    wake(key)
    assert numbers() == [1]


def test_a_change_or_a_signature_refreshes_the_owners_row() -> None:
    people = People(Table(CLIENT))
    Entries(Table(CLIENT)).add(PENDING)
    wake(f"{SIGNATURE_PREFIX}2026-W47")
    person = people.find(PENDING.user_id)
    assert person
    assert (person.user_email, person.last_week) == (PENDING.user_email, "2026-W47")
    assert numbers() == [None]


def test_a_person_is_in_the_directory_before_their_change_has_a_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Exports list the people in the directory, and hold every change up to a number."""
    found = list[object]()
    monkeypatch.setattr(
        handler.changes, "number", lambda _: found.append(People(Table(CLIENT)).find(PENDING.user_id))
    )
    Entries(Table(CLIENT)).add(PENDING)
    wake(log_key(PENDING.id, 1)["SK"]["S"])
    assert found
    assert found[0] is not None


def test_a_fault_in_the_directory_is_counted(
    monkeypatch: pytest.MonkeyPatch, written: Callable[[], str]
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("secret of ana")

    Entries(Table(CLIENT)).add(PENDING)
    monkeypatch.setattr(handler.people, "refresh", fail)
    wake(log_key(PENDING.id, 1)["SK"]["S"])
    logged = written()
    assert "PeopleNotUpdated" in logged
    assert "secret of ana" not in logged
    assert numbers() == [1]


@pytest.mark.parametrize("problem", [Unavailable, Conflict])
@pytest.mark.parametrize("part", ["changes", "people"])
def test_a_problem_of_the_table_repeats_the_batch(
    part: str, problem: type[Problem], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise problem

    Entries(Table(CLIENT)).add(PENDING)
    monkeypatch.setattr(time, "sleep", lambda _: None)
    monkeypatch.setattr(
        *{"changes": (handler.changes, "number"), "people": (handler.people, "refresh")}[part], fail
    )
    with pytest.raises(problem):
        wake(log_key(PENDING.id, 1)["SK"]["S"])


def test_an_outage_repeats_the_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    def unavailable(*_: Any) -> None:
        raise Unavailable

    monkeypatch.setattr(handler.changes, "unnumbered", unavailable)
    with pytest.raises(Unavailable):
        wake(log_key(PENDING.id, 1)["SK"]["S"])


def test_a_fault_is_counted_and_does_not_repeat_the_batch(
    monkeypatch: pytest.MonkeyPatch, written: Callable[[], str]
) -> None:
    def fail(*_: Any) -> None:
        raise ValueError("secret of ana")

    Entries(Table(CLIENT)).add(PENDING)
    monkeypatch.setattr(handler.changes, "number", fail)
    wake(log_key(PENDING.id, 1)["SK"]["S"])
    logged = written()
    assert PENDING.id in logged
    assert "ChangesNotNumbered" in logged
    assert "secret of ana" not in logged
    assert numbers() == [None]
