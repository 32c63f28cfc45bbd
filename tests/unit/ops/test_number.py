"""`make number`: changes that the stream did not announce get their numbers."""

from typing import Any

import pytest

from ops.number import number_all, start_new_log
from tests.unit.support import APPROVED, PENDING
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries

pytestmark = pytest.mark.usefixtures("table")


def test_every_change_gets_a_number_once(dynamodb: Any) -> None:
    table = Table(dynamodb, "timesheets")
    Entries(table).add(PENDING)
    Entries(table).replace(PENDING, APPROVED, "approved")
    assert number_all(dynamodb, "timesheets") == (1, set())
    assert [change.number for change in Changes(table).read(0, 10).changes] == [1, 2]
    assert number_all(dynamodb, "timesheets") == (0, set())


def test_a_new_log_has_another_name_and_keeps_its_numbers(dynamodb: Any) -> None:
    table = Table(dynamodb, "timesheets")
    Entries(table).add(PENDING)
    number_all(dynamodb, "timesheets")
    before = Changes(table).read(0, 10)
    start_new_log(dynamodb, "timesheets")
    after = Changes(table).read(0, 10)
    assert after.log != before.log
    assert (after.head, after.changes) == (before.head, before.changes)
