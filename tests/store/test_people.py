"""The directory of people, computed from their entries and signatures."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.store.support import NOW, entry
from timesheets.model.entry import corrected, rfc3339
from timesheets.model.errors import Conflict
from timesheets.model.ids import hash_of
from timesheets.model.person import Person
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.items import partition_of
from timesheets.store.people import People

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ANA = "auth0|ana"
OWNER = hash_of(ANA)


@pytest.fixture
def people(database: Table) -> People:
    return People(database)


def test_a_person_has_the_last_week_with_hours(store: Entries, people: People) -> None:
    assert not people.refresh(OWNER)
    assert people.find(ANA) is None
    first = entry(user_email="ana@exampleco.com", user_name="Ana", date=date(2026, 11, 20))
    imported = entry(date=date(2026, 11, 23), source="timesheets-import", external_id="1")
    for one in (first, imported):
        store.add(one)
    assert people.refresh(OWNER)
    ana = Person(user_id=ANA, user_email="ana@exampleco.com", user_name="Ana", last_week="2026-W48")
    assert people.find(ANA) == ana
    assert not people.refresh(OWNER)
    store.replace(imported, corrected(imported, {"date": date(2027, 1, 1)}, by=ANA, now=NOW), "corrected")
    assert people.refresh(OWNER)
    found = people.find(ANA)
    assert found
    assert found.last_week == "2026-W53"


def test_the_email_is_that_of_the_latest_entry_or_signature(
    store: Entries, people: People, client: "DynamoDBClient", table: str
) -> None:
    store.add(entry(user_email="old@exampleco.com", user_name="Ana", date=date(2026, 12, 24), now=NOW))
    later = NOW + timedelta(hours=1)
    store.add(entry(user_email="new@exampleco.com", user_name="Ana", date=date(2026, 11, 20), now=later))
    people.refresh(OWNER)
    new = Person(user_id=ANA, user_email="new@exampleco.com", user_name="Ana", last_week="2026-W52")
    assert people.find(ANA) == new
    texts = {
        "PK": partition_of(OWNER),
        "SK": "SIGN#2026-W47",
        "user_id": ANA,
        "user_email": "ana@newest.example",
    }
    texts |= {"signed_at": rfc3339(later + timedelta(hours=1))}
    item: Any = {name: {"S": value} for name, value in texts.items()}
    client.put_item(TableName=table, Item=item)
    people.refresh(OWNER)
    assert people.find(ANA) == replace(new, user_email="ana@newest.example")


def test_a_person_without_entries_leaves_the_directory(store: Entries, people: People) -> None:
    one = entry()
    store.add(one)
    people.refresh(OWNER)
    store.remove(one, by=ANA, now=NOW)
    assert people.refresh(OWNER)
    assert people.find(ANA) is None
    assert people.page(None, 10) == ([], None)


def test_a_signature_counts_as_a_week(people: People, client: "DynamoDBClient", table: str) -> None:
    texts = {"PK": partition_of(OWNER), "SK": "SIGN#2026-W50", "user_id": ANA, "user_name": "Ana"}
    item: Any = {name: {"S": value} for name, value in texts.items()}
    client.put_item(TableName=table, Item=item)
    assert people.refresh(OWNER)
    assert people.find(ANA) == Person(user_id=ANA, user_name="Ana", last_week="2026-W50")


@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_pages_hold_each_person_once(limit: int, store: Entries, people: People) -> None:
    users = [f"auth0|{n}" for n in range(7)]
    for user in users:
        store.add(entry(user))
        people.refresh(hash_of(user))
    found, after = list[str](), None
    while True:
        page, after = people.page(after, limit)
        assert len(page) == min(limit, len(users) - len(found))
        found += [person.user_id for person in page]
        if after is None:
            break
    assert sorted(found) == users


def test_an_older_computation_never_replaces_a_newer_one(
    store: Entries, client: "DynamoDBClient", table: str
) -> None:
    """The second computation runs while the first has read the entries and not yet written the row."""
    one = entry(date=date(2026, 11, 20))
    store.add(one)

    class Overtaken:
        """A client that lets another computation run before its first write."""

        overtaken = False

        def __getattr__(self, operation: str) -> Any:
            if operation == "transact_write_items" and not self.overtaken:
                Overtaken.overtaken = True
                later = one.date + timedelta(days=70)
                store.replace(one, corrected(one, {"date": later}, by=ANA, now=NOW), "corrected")
                People(Table(client, table)).refresh(OWNER)
            return getattr(client, operation)

    slow: Any = Overtaken()
    People(Table(slow, table)).refresh(OWNER)
    found = People(Table(client, table)).find(ANA)
    assert found
    assert found.last_week == "2027-W04"


def test_a_computation_that_finds_the_row_correct_is_not_undone(
    store: Entries, client: "DynamoDBClient", table: str
) -> None:
    """The second computation writes nothing, because the change that the first has read was taken back."""
    store.add(entry(date=date(2026, 11, 20)))
    People(Table(client, table)).refresh(OWNER)
    later = entry(date=date(2026, 12, 24))
    store.add(later)

    class Overtaken:
        """A client that takes the change back, and lets another computation run, before its first write."""

        overtaken = False

        def __getattr__(self, operation: str) -> Any:
            if operation == "transact_write_items" and not self.overtaken:
                Overtaken.overtaken = True
                store.remove(later, by=ANA, now=NOW)
                assert not People(Table(client, table)).refresh(OWNER)
            return getattr(client, operation)

    slow: Any = Overtaken()
    People(Table(slow, table)).refresh(OWNER)
    found = People(Table(client, table)).find(ANA)
    assert found
    assert found.last_week == "2026-W47"


def test_a_row_that_others_keep_changing_is_a_conflict(
    store: Entries, people: People, database: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: Any) -> None:
        raise Conflict

    store.add(entry())
    monkeypatch.setattr(database, "write", lose)
    with pytest.raises(Conflict):
        people.refresh(OWNER)


def test_hours_do_not_change_the_row(store: Entries, people: People) -> None:
    one = entry()
    store.add(one)
    people.refresh(OWNER)
    store.replace(one, corrected(one, {"hours": Decimal(1)}, by=ANA, now=NOW), "corrected")
    assert not people.refresh(OWNER)
