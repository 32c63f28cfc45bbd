"""People in the tables of the benchmarks, whose weeks are read for the board and for exports."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import batched
from typing import Any, Final

import boto3

from bench.entries import BATCH, DAY
from timesheets.model.entry import Decision, decided, new_entry
from timesheets.model.ids import hash_of, id_of_request
from timesheets.model.signature import PersonWeek
from timesheets.model.week import week_of
from timesheets.store.dynamodb import Item
from timesheets.store.items import to_item
from timesheets.store.people import person_key
from timesheets.store.weeks import to_item as signature_item

PAGE: Final = 100
"""People on a page."""
WEEK: Final = week_of(DAY)
NOW: Final = datetime(2026, 11, 20, 22, tzinfo=UTC)


def fill_people(name: str, size: int) -> None:
    """Write the rows of `size` people, and a signed week of five entries for each on the first page.

    So the first page is alike at any size, and only the number of people behind it differs.
    """
    client = boto3.client("dynamodb")
    people = sorted((hash_of(user), user) for user in (f"auth0|person-{number:05}" for number in range(size)))
    items = [_person(owner, user) for owner, user in people]
    items += [item for _, user in people[:PAGE] for item in _week(user)]
    for batch in batched(items, BATCH, strict=False):
        requests: Any = {name: [{"PutRequest": {"Item": item}} for item in batch]}
        if client.batch_write_item(RequestItems=requests)["UnprocessedItems"]:
            raise RuntimeError(name)


def _person(owner: str, user: str) -> Item:
    texts = {"user_id": user, "user_email": f"{user[6:]}@exampleco.com", "user_name": user[6:]}
    return {
        **person_key(owner),
        **{name: {"S": text} for name, text in texts.items()},
        "last_week": {"S": WEEK.name},
        "revision": {"N": "1"},
    }


def _week(user: str) -> list[Item]:
    person: Any = {"user_id": user, "user_email": f"{user[6:]}@exampleco.com", "user_name": user[6:]}
    entries = tuple(
        decided(
            new_entry(
                {"date": WEEK.first + timedelta(day), "project": "StoreZero", "hours": Decimal("7.5")},
                id=id_of_request(user, "bench", str(day)),
                **person,
                now=NOW,
            ),
            Decision(approved=True),
            reviewer="auth0|mia",
            now=NOW,
        )
        for day in range(5)
    )
    week = PersonWeek(WEEK, entries, None)
    return [*map(to_item, entries), signature_item(week.sign({week.tag}, **person, now=NOW))]
