"""`make people`: the directory is computed again."""

from dataclasses import replace
from typing import Any

import pytest

from ops.people import refresh_all
from tests.unit.support import PENDING
from timesheets.model.ids import new_id
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.people import People, person_key

pytestmark = pytest.mark.usefixtures("table")


def test_the_directory_is_computed_from_everyones_entries(dynamodb: Any) -> None:
    table = Table(dynamodb, "timesheets")
    for user in ("auth0|ana", "auth0|carl"):
        Entries(table).add(replace(PENDING, id=new_id(user), user_id=user))
    left: dict[str, Any] = {"last_week": {"S": "2026-W01"}, "user_id": {"S": "auth0|left"}}
    dynamodb.put_item(TableName="timesheets", Item=person_key("0" * 24) | left | {"revision": {"N": "1"}})
    assert refresh_all(dynamodb, "timesheets") == (3, 3)
    people, _ = People(table).page(None, 10)
    assert sorted(person.user_id for person in people) == ["auth0|ana", "auth0|carl"]
    assert refresh_all(dynamodb, "timesheets") == (2, 0)
