"""A process is killed before or after each call to DynamoDB; the repeated request is done exactly once."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.store.faults import Faults, Killed
from tests.store.support import NOW, entry, listed, pending
from tests.store.support import upload as an_upload
from timesheets.bulk.decisions import Decisions
from timesheets.model.decisions import DecisionRow
from timesheets.model.entry import Decision, corrected, decided
from timesheets.model.ids import id_of_request
from timesheets.model.results import DecisionResult
from timesheets.model.rows import Row
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

type Request = Callable[[Table], object]

ANA = "auth0|ana"
KEYED = entry(id=id_of_request(ANA, "key"), request_digest="digest")
PLAIN = entry(id=id_of_request(ANA, "plain"))


def rows(*, hours: str = "5", user: str = ANA) -> list[Any]:
    fields = {"date": date(2026, 11, 20), "project": "StoreZero", "hours": Decimal(hours)}
    return [Row(fields=fields, user_id=user, external_id=f"row {n}") for n in range(3)]


def upload(**changes: str) -> Request:
    def request(database: Table) -> None:
        # One after another: the calls are numbered.
        for row in rows(**changes):
            an_upload(database).run([row])

    return request


def correct(database: Table) -> None:
    store = Entries(database)
    one = store.find_own(ANA, PLAIN.id)
    store.replace(
        one,
        corrected(one, {"date": date(2025, 1, 1), "hours": Decimal(8)}, by="auth0|ana", now=NOW),
        "corrected",
    )


def decide(database: Table) -> None:
    store = Entries(database)
    one = store.find(PLAIN.id)
    store.replace(one, decided(one, Decision(approved=True), reviewer="auth0|mia", now=NOW), "corrected")


def decide_many(database: Table) -> None:
    for one in (KEYED, PLAIN):  # one after another: the calls are numbered
        row = DecisionRow(one.id, 1, Decision(approved=True))
        (result,) = Decisions(database, reviewer="auth0|mia", clock=lambda: NOW).run([row])
        assert isinstance(result, DecisionResult)


def add_both(database: Table) -> None:
    for one in (KEYED, PLAIN):
        Entries(database).add(one)


def delete_all(database: Table) -> None:
    store = Entries(database)
    for one in listed(store):
        store.remove(one, by="auth0|ana", now=NOW)


REQUESTS: dict[str, tuple[Request, Request]] = {
    "create under a key": (lambda _: None, lambda database: Entries(database).add(KEYED)),
    "correct": (lambda database: Entries(database).add(PLAIN), correct),
    "decide": (lambda database: Entries(database).add(PLAIN), decide),
    "decide many": (add_both, decide_many),
    "delete": (lambda database: Entries(database).add(PLAIN), delete_all),
    "delete an entry of a key": (lambda database: Entries(database).add(KEYED), delete_all),
    "delete an imported entry": (upload(), delete_all),
    "upload": (lambda _: None, upload()),
    "upload an existing row": (upload(), upload()),
    "upload a changed row": (upload(), upload(hours="6")),
    "upload a row of another owner": (upload(), upload(hours="6", user="auth0|carl")),
}


def state(client: "DynamoDBClient", table: str) -> list[str]:
    """Return everything in the table except for random ids and times."""
    store = Entries(Table(client, table))
    kept = listed(store) + listed(store, "auth0|carl")
    assert pending(store) == sorted(
        (one for one in kept if one.status == "pending"), key=lambda one: one.position
    )
    entries = [
        f"{one.user_id} {one.date} {one.hours.normalize()} {one.status} {one.version} {one.external_id}"
        for one in kept
    ]
    items = client.scan(TableName=table, ConsistentRead=True)["Items"]
    return sorted(entries) + sorted(" ".join(sorted(item)) for item in items)


def clear(client: "DynamoDBClient", table: str) -> None:
    for item in client.scan(TableName=table, ConsistentRead=True)["Items"]:
        client.delete_item(TableName=table, Key={"PK": item["PK"], "SK": item["SK"]})


@pytest.mark.parametrize(("before", "request_"), REQUESTS.values(), ids=REQUESTS)
def test_a_repeated_request_is_done_exactly_once(
    before: Request, request_: Request, client: "DynamoDBClient", table: str
) -> None:
    before(Table(client, table))
    counting = Faults()
    request_(Table(counting.of(client), table))
    done = state(client, table)
    for at in range(1, counting.calls + 1):
        for after in (False, True):
            clear(client, table)
            before(Table(client, table))
            with pytest.raises(Killed):
                request_(Table(Faults(at, after=after).of(client), table))
            request_(Table(client, table))
            assert state(client, table) == done, f"killed {'after' if after else 'before'} call {at}"
