"""The store, on moto."""

import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from timesheets.entry import Entry, EntryFields, new_entry
from timesheets.store import Store, new_id

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def entry(user: str = "auth0|ana", day: date = date(2026, 11, 20), **changes: str | None) -> Entry:
    fields = EntryFields(date=day, project="StoreZero", hours=Decimal("7.25"), notes=changes.get("notes"))
    return new_entry(fields, entry_id=new_id(), user_id=user, user_email=changes.get("email"), now=NOW)


pytestmark = pytest.mark.usefixtures("table")


@pytest.fixture(scope="session")
def store() -> Store:
    return Store.connect()


@pytest.mark.parametrize("email", [None, "ana@exampleco.com"])
@pytest.mark.parametrize("notes", [None, "", "first\nsecond 🦆"])
def test_an_entry_comes_back_as_it_was(store: Store, email: str | None, notes: str | None) -> None:
    kept = entry(email=email, notes=notes)
    store.add(kept)
    assert list(store.entries_of("auth0|ana")) == [kept]


def test_a_list_is_newest_date_first_and_within_a_day_newest_entry_first(store: Store) -> None:
    entries = [entry(day=date(2026, 11, day)) for day in (3, 1, 2, 1)]
    for one in entries:
        store.add(one)
    expected = sorted(entries, key=lambda e: (e.date, e.id), reverse=True)
    assert list(store.entries_of("auth0|ana")) == expected
    assert list(store.entries_of("auth0|ana", ascending=True)) == expected[::-1]


def test_a_range_includes_both_its_days(store: Store) -> None:
    for day in range(1, 6):
        store.add(entry(day=date(2026, 11, day)))
    found = store.entries_of("auth0|ana", first=date(2026, 11, 2), last=date(2026, 11, 4))
    assert [e.date.day for e in found] == [4, 3, 2]


@pytest.mark.parametrize("stranger", ["auth0|carl", "auth0|an", "auth0|anaa", "auth0|ana#", ""])
def test_nobody_else_sees_an_entry(store: Store, stranger: str) -> None:
    store.add(entry())
    assert list(store.entries_of(stranger)) == []


def test_a_list_longer_than_one_answer_of_dynamodb_is_whole(store: Store) -> None:
    notes = "x" * 1000 * 4  # bytes: 300 of these pass the megabyte that one query returns
    entries = [entry(day=date(2026, 1, 1) + timedelta(days=n), notes=notes) for n in range(300)]
    for one in entries:
        store.add(one)
    assert list(store.entries_of("auth0|ana", ascending=True)) == entries


def test_an_entry_is_never_written_over(store: Store) -> None:
    kept = entry()
    store.add(kept)
    with pytest.raises(ClientError, match="ConditionalCheckFailed"):
        store.add(kept)


def test_hours_are_a_decimal_number_in_the_table(store: Store, dynamodb: Any) -> None:
    store.add(entry())
    (item,) = dynamodb.scan(TableName="timesheets")["Items"]
    assert item["hours"] == {"N": "7.25"}


def test_ids_sort_by_the_time_they_were_made_and_never_repeat() -> None:
    ids = [new_id() for _ in range(1000)]
    assert len(set(ids)) == 1000
    assert all(uuid.UUID(one).version == 7 and uuid.UUID(one).variant == uuid.RFC_4122 for one in ids)
    assert [one[:13] for one in ids] == sorted(one[:13] for one in ids)
