"""With writes going on, an export and the repetition of people in the feed end in the fold of the feed."""

import random
from typing import TYPE_CHECKING, Any

import pytest

from ops.number import number_all
from tests.store.company import FIRST, LAST, USERS, Company
from tests.support import LONG
from timesheets.bulk import export as module
from timesheets.bulk.export import Export
from timesheets.model.change import Change
from timesheets.model.export import rows_of
from timesheets.model.person import Person
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


class Busy:
    """A client beside which the company goes on: it makes changes before some of the calls."""

    def __init__(self, client: "DynamoDBClient", company: Company, seed: int) -> None:
        self._client = client
        self._company = company
        self._random = random.Random(seed)  # noqa: S311 no secret

    def __getattr__(self, operation: str) -> Any:
        for _ in range(self._random.randrange(8)):
            self._company.step()
        return getattr(self._client, operation)


def rows_by_person(changes: list[Change]) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of the entries that the feed folds to."""
    latest: dict[str, Change] = {}
    for change in changes:
        known = latest.get(change.entry_id)
        if known is None or known.version < change.version:
            latest[change.entry_id] = change
    rows: dict[str, list[dict[str, Any]]] = {}
    for user in USERS:
        entries = [
            change.entry
            for change in latest.values()
            if change.entry and change.kind != "deleted" and change.entry.user_id == user
        ]
        in_week = [one for one in entries if FIRST <= one.date <= LAST]
        found = rows_of(Person(user_id=user), in_week)
        rows |= {user: found} if found else {}
    return rows


@pytest.mark.parametrize("client", ["ministack"], indirect=True)
@pytest.mark.parametrize("seed", range(20 if LONG else 2))
def test_an_export_and_its_repetition_end_in_the_fold_of_the_feed(
    seed: int, client: "DynamoDBClient", table: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "run_all", in_turn)
    quiet = Table(client, table)
    company = Company(quiet, seed, late=6)
    for _ in range(seed % 5 * 5):  # the others join while the export runs
        company.step()
    busy: Any = Busy(client, company, seed)
    export = Export(Table(busy, table), FIRST, LAST)
    copy: dict[str, list[dict[str, Any]]] = {}
    numbers, after = list[int](), None
    while True:
        page = export.page(after=after, limit=2 if seed % 2 else 100, user_id=None)
        numbers.append(page.number)
        for row in page.rows:
            copy.setdefault(row["user_id"], []).append(row)
        after = page.last
        if len(numbers) == 1 and seed % 3 == 1:
            company.erase(USERS[0])
        if after is None:
            break
    number_all(client, table)
    everything = Changes(quiet).read(0, 10_000).changes
    since = [change for change in everything if (change.number or 0) > min(numbers)]
    named = {change.entry.user_id for change in since if change.entry}
    if any(change.kind == "erased" for change in since):  # it names no one
        named |= set(copy)
    for user in named:
        again = Export(quiet, FIRST, LAST).page(after=None, limit=1, user_id=user).rows
        copy[user] = again
    assert {user: rows for user, rows in copy.items() if rows} == rows_by_person(everything)


def in_turn(people: list[Person], read: Any) -> list[Any]:
    """Read people one after another: the company makes its changes in this thread."""
    return [read(person) for person in people]
