"""The units and calls that changes, numbers and pages of the feed cost."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.store.faults import Faults, metered
from tests.store.support import AMAZONS_OWN, NOW, entry, upload
from timesheets.bulk.board import Board
from timesheets.bulk.export import Export
from timesheets.bulk.reminders import ReminderRun
from timesheets.model.change import change_to
from timesheets.model.entry import Decision, Entry, corrected, decided, reopened
from timesheets.model.ids import hash_of, id_of_request
from timesheets.model.rows import Row
from timesheets.model.week import parse_week
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.log import HEAD_KEY, block_of, log_item
from timesheets.store.people import People
from timesheets.stream.numbering import number_entries

if TYPE_CHECKING:
    from collections.abc import Callable

    from mypy_boto3_dynamodb import DynamoDBClient

BATCH = 25
"""Items in one BatchWriteItem, DynamoDB's limit."""
ANA, MIA = "auth0|ana", "auth0|mia"
WEEK = parse_week("2026-W47")


def fill(client: "DynamoDBClient", table: str, first: int, last: int) -> None:
    """Write numbered changes, and the head."""
    items: list[Any] = [{**HEAD_KEY, "log_number": {"N": str(last)}}]
    for number in range(first, last + 1):
        keys = {"log_number": {"N": str(number)}, "log_block": {"N": str(block_of(number))}}
        items.append(log_item(change_to("created", entry())) | keys)
    for start in range(0, len(items), BATCH):
        puts: Any = [{"PutRequest": {"Item": item}} for item in items[start : start + BATCH]]
        client.batch_write_item(RequestItems={table: puts})


def test_a_page_of_the_feed_costs_the_same_at_any_size(client: "DynamoDBClient", table: str) -> None:
    """A page takes one look at the head and one query for each thousand that it touches."""

    def page(after: int, limit: int) -> tuple[list[int | None], int, float]:
        counting, units = Faults(), list[float]()
        changes = Changes(Table(counting.of(metered(client, units)), table))
        found = [change.number for change in changes.read(after, limit).changes]
        return found, counting.calls, sum(units)

    fill(client, table, 1, 10)
    small = page(0, 10)
    assert small[:2] == ([*range(1, 11)], 2)
    fill(client, table, 11, 2_200)
    assert page(0, 10) == small
    assert page(1_500, 10)[1:] == small[1:]
    for after, limit, calls in ((0, 100, 2), (950, 100, 3), (2_190, 100, 2), (2_200, 100, 1)):
        found, made, _ = page(after, limit)
        assert (found, made) == ([*range(after + 1, min(after + limit, 2_200) + 1)], calls)


def join(database: Table, numbers: range) -> None:
    """Log an entry for each of some people, and refresh their rows of the directory."""
    for number in numbers:
        Entries(database).add(entry(f"auth0|{number}"))
        People(database).refresh(hash_of(f"auth0|{number}"))


PAGES: dict[str, tuple["Callable[[Table], object]", int]] = {
    "board": (lambda table: Board(table, WEEK).page(after=None, limit=5, only=None, not_user_id=MIA), 2),
    "export": (lambda table: Export(table, WEEK.first, WEEK.last).page(after=None, limit=5, user_id=None), 2),
}
"""Pages of five people, and the calls for the page as a whole."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_people_costs_the_same_at_any_number(
    name: str, client: "DynamoDBClient", table: str
) -> None:
    def page() -> tuple[int, float]:
        counting, units = Faults(), list[float]()
        read(Table(counting.of(metered(client, units)), table))
        return counting.calls, sum(units)

    read, shared = PAGES[name]
    join(Table(client, table), range(7))
    small = page()
    assert small[0] == shared + 5
    join(Table(client, table), range(7, 30))
    assert page() == small


def writes_of(client: object, units: list[float]) -> Any:
    """Return a client that adds only the units of its writes to `units`."""
    made = SimpleNamespace(
        **{name: getattr(client, name) for name in ("get_item", "batch_get_item", "query")}
    )
    made.transact_write_items = metered(client, units).transact_write_items
    return made


def correct(one: Entry, **changes: Any) -> Entry:
    return corrected(one, changes, by=ANA, now=NOW)


def decide(one: Entry) -> Entry:
    return decided(one, Decision(approved=True), reviewer=MIA, now=NOW)


def reopen(one: Entry) -> Entry:
    return reopened(one, reviewer=MIA, now=NOW)


def imported(database: Table, *, hours: int, user: str = ANA) -> None:
    fields = {"date": date(2026, 11, 20), "project": "StoreZero", "hours": Decimal(hours)}
    upload(database).run([Row(fields=fields, user_id=user, external_id="row 1")])


def replaced(database: Table, change: "Callable[[Entry], Entry]", *, of: Entry) -> None:
    Entries(database).replace(of, change(of), "corrected")


KEYED = entry(id=id_of_request(ANA, "key"), request_digest="digest")
PLAIN = entry()
APPROVED = decide(PLAIN)
# Changes in turn and their write units: a transaction takes two for each item and index.
CHANGES: dict[str, tuple["Callable[[Table], object]", float]] = {
    "create": (lambda database: Entries(database).add(PLAIN), 8),
    "create with a key": (lambda database: Entries(database).add(KEYED), 8),
    "decide": (lambda database: replaced(database, decide, of=PLAIN), 8),
    "reopen": (lambda database: replaced(database, reopen, of=APPROVED), 8),
    "correct": (
        lambda database: replaced(database, lambda one: correct(one, notes="On site"), of=reopen(APPROVED)),
        8,
    ),
    "delete": (
        lambda database: Entries(database).remove(
            correct(reopen(APPROVED), notes="On site"), by=ANA, now=NOW
        ),
        8,
    ),
    "correct to another date": (
        lambda database: replaced(database, lambda one: correct(one, date=date(2026, 11, 1)), of=KEYED),
        12,
    ),
    "delete, with a key": (
        lambda database: Entries(database).remove(correct(KEYED, date=date(2026, 11, 1)), by=ANA, now=NOW),
        8,
    ),
    "import a new row": (lambda database: imported(database, hours=5), 10),
    "import a changed row": (lambda database: imported(database, hours=6), 10),
    "import a moved row": (lambda database: imported(database, hours=6, user="auth0|carl"), 18),
}


@pytest.mark.parametrize("client", AMAZONS_OWN, indirect=True)
def test_units_of_each_change(client: "DynamoDBClient", table: str) -> None:
    """DynamoDB Local counts units as DynamoDB does."""
    found = {}
    for name, (change, _) in CHANGES.items():
        units: list[float] = []
        change(Table(writes_of(client, units), table))
        found[name] = sum(units)
    assert found == {name: expected for name, (_, expected) in CHANGES.items()}


@pytest.mark.parametrize("client", AMAZONS_OWN, indirect=True)
@pytest.mark.parametrize(("size", "expected"), [(1, 6), (10, 42), (99, 398)])
def test_units_of_numbers(size: int, expected: float, client: "DynamoDBClient", table: str) -> None:
    units: list[float] = []
    entries = [entry() for _ in range(size)]
    for one in entries:
        Entries(Table(client, table)).add(one)
    metered_changes = Changes(Table(writes_of(client, units), table))
    number_entries(metered_changes, [one.id for one in entries])
    assert sum(units) == expected


def test_calls_of_reminders(client: "DynamoDBClient", table: str) -> None:
    """Two calls for each person, one more for each who is missing, and one for each mark."""
    database, week, counting = Table(client, table), parse_week("2026-W48"), Faults()
    Entries(database).add(entry("auth0|diligent", date=week.first))
    People(database).refresh(hash_of("auth0|diligent"))
    join(database, range(3))
    run = ReminderRun(Table(counting.of(client), table), week, list)
    page = 1
    assert run.run(has_time=lambda: True)
    assert counting.calls == page + 4 * 2 + 3 + 3
    assert run.run(has_time=lambda: True)
    assert counting.calls == 2 * (page + 4 * 2 + 3) + 3
