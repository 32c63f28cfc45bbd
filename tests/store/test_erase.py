"""`make erase`: nothing personal stays, whatever happens meanwhile, and the feed keeps its numbers."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from ops.erase import Eraser
from tests.store.faults import Faults, Killed
from tests.store.support import NOW, entry
from timesheets.bulk.board import Board
from timesheets.model.change import Change
from timesheets.model.entry import Decision, corrected, decided, rfc3339
from timesheets.model.errors import Conflict, Problem
from timesheets.model.ids import hash_of, id_of_request, new_id
from timesheets.model.person import Person
from timesheets.model.reminder import Reminder
from timesheets.model.week import parse_week
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.imports import Imports
from timesheets.store.items import Import, erasure_key, to_item, tombstone
from timesheets.store.people import People
from timesheets.store.reminders import Reminders
from timesheets.store.weeks import Weeks
from timesheets.stream.numbering import number_entries

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ANA, CARL = "auth0|ana", "auth0|carl"
LATER = NOW + timedelta(minutes=5)
AT = rfc3339(NOW + timedelta(days=1))
PERSONAL: Any = {"user_email": "ana@exampleco.com", "user_name": "Ana Diaz", "notes": "at the dentist"}
CARLS = entry(CARL)
TRACES = (ANA, "ana@exampleco.com", "Ana Diaz", "dentist", "StoreZero", "2026-11-20", "digest")


def eraser(client: Any, table: str) -> Eraser:
    return Eraser(Table(client, table), ANA, AT)


def fill(database: Table) -> list[str]:
    """Store an entry of each kind of Ana's, some changes with a number; return the ids."""
    store, imports, changes = Entries(database), Imports(database), Changes(database)
    plain = entry(**PERSONAL, id="0" * 24 + hash_of(ANA))
    keyed = entry(**PERSONAL, id=id_of_request(ANA, "key"), request_digest="digest")
    gone = entry(**PERSONAL, id=id_of_request(ANA, "gone"), request_digest="digest")
    imported = entry(**PERSONAL, source="job", external_id="1")
    moved = entry(**PERSONAL, source="job", external_id="2")
    unlogged = entry(**PERSONAL)
    for one in (plain, keyed, gone):
        store.add(one)
    imports.add(imported, "row digest")
    imports.add(moved, "row digest")
    to_carl = corrected(moved, {"id": new_id(CARL), "user_id": CARL, "user_email": None}, by="job", now=LATER)
    to_carl = replace(to_carl, user_name=None, notes=None)
    imports.replace(Import(moved.id, "row digest"), moved, to_carl, "another row")
    approved = decided(plain, Decision(approved=True), reviewer="auth0|mia", now=LATER)
    store.replace(plain, approved, "approved")
    store.remove(gone, by=ANA, now=LATER)
    number_entries(changes, [plain.id, gone.id])
    again = corrected(keyed, {"hours": Decimal(3)}, by=ANA, now=LATER)
    store.replace(keyed, again, "corrected")
    for item in (
        to_item(unlogged),
        tombstone(entry(**PERSONAL, id=id_of_request(ANA, "old"), request_digest="digest")),
    ):
        database.client.put_item(TableName=database.name, Item=item)
    weeks = Weeks(database)
    week = weeks.find(ANA, parse_week("2026-W47"))
    person = {name: PERSONAL[name] for name in ("user_email", "user_name")}
    weeks.sign(None, week.sign({week.tag}, user_id=ANA, now=NOW, **person))
    reminder = Reminder("incomplete", parse_week("2026-W46"), Person(user_id=ANA, **person))
    Reminders(database).mark(reminder, rfc3339(NOW))
    store.add(CARLS)
    return [one.id for one in (plain, keyed, gone, imported, moved, unlogged)]


def scan(client: "DynamoDBClient", table: str) -> list[Any]:
    return client.scan(TableName=table, ConsistentRead=True)["Items"]


def check_erased(client: "DynamoDBClient", table: str, ids: list[str]) -> None:
    """Require that nothing personal of Ana's stays, and all of Carl's does."""
    database = Table(client, table)
    items = [item for item in scan(client, table) if item["PK"]["S"].endswith(hash_of(ANA))]
    for item in items:
        assert set(item) <= {"PK", "SK", "change", "at", "by", "log_number", "log_block"}, item
        assert not [trace for trace in TRACES if trace in str(item)]
    assert len([item for item in scan(client, table) if item["PK"]["S"].startswith("IMPORT#")]) == 1
    changes = Changes(database)
    for entry_id in ids:
        history = changes.own_history(ANA, entry_id)
        versions = [change.version for change in history]
        assert versions == list(range(versions[0], versions[0] + len(versions)))
        assert {(change.kind, change.at, change.by) for change in history} == {("erased", AT, "erasure")}
        assert [change.to_json(numbered=True)["entry"] for change in history] == [{"id": entry_id}] * len(
            history
        )
        with pytest.raises(Problem):
            Entries(database).find(entry_id)
    assert Entries(database).find(CARLS.id) == CARLS
    assert database.get(erasure_key(hash_of(ANA)))["at"] == {"S": AT}


def feed(database: Table, ids: list[str]) -> list[Change]:
    """Number all changes and return them; their numbers have no gap."""
    changes = Changes(database)
    number_entries(changes, ids)
    found = changes.read(0, 1000)
    assert [change.number for change in found.changes] == list(range(1, found.head + 1))
    return found.changes


def test_nothing_personal_stays_and_the_feed_tells_of_each_entry(
    client: "DynamoDBClient", table: str, database: Table
) -> None:
    ids = fill(database)
    before = {change.number: change for change in Changes(database).read(0, 100).changes}
    assert eraser(client, table).run() == {"entries": 4, "changes": 9, "signatures": 1, "reminders": 1}
    check_erased(client, table, ids)
    erased = feed(database, ids)
    assert {change.entry_id for change in erased[len(before) :]} == set(ids)
    for change in erased[: len(before)]:
        assert (change.entry_id, change.version) == (
            before[change.number].entry_id,
            before[change.number].version,
        )
    kept = scan(client, table)
    late = Eraser(database, ANA, rfc3339(NOW + timedelta(days=2)))
    assert late.run() == {}
    assert scan(client, table) == kept


def test_an_erased_person_leaves_the_board(client: "DynamoDBClient", table: str, database: Table) -> None:
    fill(database)
    for user in (ANA, CARLS.user_id):
        People(database).refresh(hash_of(user))

    def users() -> set[str]:
        rows, _ = Board(database, parse_week("2026-W47")).page(
            after=None, limit=100, only=None, not_user_id="auth0|mia"
        )
        return {row.person.user_id for row in rows}

    assert users() == {ANA, CARLS.user_id}
    eraser(client, table).run()
    assert users() == {CARLS.user_id}


def test_an_erased_key_is_not_used_again(client: "DynamoDBClient", table: str, database: Table) -> None:
    fill(database)
    eraser(client, table).run()
    with pytest.raises(Problem, match="Idempotency-Key"):
        Entries(database).add(entry(id=id_of_request(ANA, "key"), request_digest="digest"))


def test_more_changes_than_a_transaction_may_have(
    client: "DynamoDBClient", table: str, database: Table
) -> None:
    store = Entries(database)
    one = entry(**PERSONAL)
    store.add(one)
    for n in range(104):
        new = corrected(one, {"hours": Decimal(n % 24 + 1)}, by=ANA, now=LATER)
        store.replace(one, new, "corrected")
        one = new
    assert eraser(client, table).run() == {"entries": 1, "changes": 105}
    assert [change.kind for change in Changes(database).own_history(ANA, one.id)] == ["erased"] * 106


@pytest.mark.long
def test_a_killed_erasure_is_completed_by_the_next(
    client: "DynamoDBClient", table: str, database: Table
) -> None:
    fill(database)
    counting = Faults()
    eraser(counting.of(client), table).run()
    for at in range(1, counting.calls + 1):
        for after in (False, True):
            for item in scan(client, table):
                client.delete_item(TableName=table, Key={"PK": item["PK"], "SK": item["SK"]})
            ids = fill(database)
            with pytest.raises(Killed):
                eraser(Faults(at, after=after).of(client), table).run()
            eraser(client, table).run()
            check_erased(client, table, ids)
            history = [len(Changes(database).own_history(ANA, one)) for one in ids]
            assert history == [3, 3, 3, 2, 3, 1], f"killed {'after' if after else 'before'} call {at}"
            feed(database, ids)


def live(store: Entries, changes: Changes, ids: list[str], stop: threading.Event) -> None:
    """Add, correct and delete entries, and number their changes, until `stop`."""
    while not stop.is_set():
        one = entry(**PERSONAL)
        new = corrected(one, {"hours": Decimal(1)}, by=ANA, now=LATER)
        try:
            store.add(one)
            ids.append(one.id)
            number_entries(changes, ids[-3:])
            store.replace(one, new, "corrected")
            if len(ids) % 2:
                store.remove(new, by=ANA, now=LATER)
        except Conflict:
            continue


def test_live_writes_meanwhile_are_erased_too(client: "DynamoDBClient", table: str, database: Table) -> None:
    ids, stop = fill(database), threading.Event()
    writer = threading.Thread(target=live, args=(Entries(database), Changes(database), ids, stop))
    timer = threading.Timer(3, stop.set)
    writer.start()
    timer.start()
    totals = eraser(client, table).run()
    stop.set()
    writer.join()
    totals += eraser(client, table).run()
    assert totals["changes"] >= 9
    check_erased(client, table, ids)
    assert Counter(
        change.entry_id for change in feed(database, ids) if change.kind == "erased"
    ).keys() == set(ids)
