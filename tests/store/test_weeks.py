"""Signatures of weeks in the table."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.store.support import NOW, entry, listed
from timesheets.model.errors import Conflict
from timesheets.model.signature import PersonWeek, Signature
from timesheets.model.week import parse_week
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.items import SIGNATURE_PREFIX
from timesheets.store.weeks import Weeks

ANA = "auth0|ana"
WEEK = parse_week("2026-W47")


@pytest.fixture
def weeks(database: Table) -> Weeks:
    return Weeks(database)


def signature(week: PersonWeek, **changes: Any) -> Signature:
    """Return a signature of a week of ana's."""
    person: dict[str, Any] = {"user_id": ANA, "user_email": "ana@exampleco.com", "user_name": "Ana"}
    return week.sign({week.tag}, **person | {"now": NOW} | changes)


def test_a_signature_is_stored_without_loss(store: Entries, weeks: Weeks) -> None:
    kept = entry()
    store.add(kept)
    store.add(entry(date=date(2026, 11, 23)))
    week = weeks.find(ANA, WEEK)
    assert week == PersonWeek(WEEK, (kept,), None)
    for one in (signature(week), signature(week, user_email=None, user_name=None)):
        assert weeks.sign(None, one) is one
        assert weeks.find(ANA, WEEK) == replace(week, signature=one)
        weeks.withdraw(one)
        assert weeks.find(ANA, WEEK) == week


def test_an_empty_week_and_exact_hours_are_stored(store: Entries, weeks: Weeks) -> None:
    empty = signature(weeks.find(ANA, WEEK))
    weeks.sign(None, empty)
    assert weeks.find(ANA, WEEK).signature == empty
    for hours in ("0.1", "0.2"):
        store.add(entry(hours=Decimal(hours)))
    new = signature(weeks.find(ANA, WEEK))
    weeks.sign(empty, new)
    found = weeks.find(ANA, WEEK)
    assert (found.signature, found.current, new.total_hours) == (new, True, Decimal("0.3"))


def test_a_signature_is_one_weeks_and_one_users(weeks: Weeks, items: Callable[[], list[Any]]) -> None:
    weeks.sign(None, signature(weeks.find(ANA, WEEK)))
    assert weeks.find(ANA, parse_week("2026-W48")).signature is None
    assert weeks.find("auth0|carl", WEEK).signature is None
    (item,) = items()
    assert item["SK"] == {"S": f"{SIGNATURE_PREFIX}2026-W47"}


def test_a_signature_is_no_entry(store: Entries, weeks: Weeks) -> None:
    weeks.sign(None, signature(weeks.find(ANA, WEEK)))
    assert listed(store) == []


def test_the_first_of_two_signatures_of_one_state_stays(weeks: Weeks) -> None:
    week = weeks.find(ANA, WEEK)
    first, second = signature(week), signature(week, now=NOW + timedelta(seconds=1))
    assert weeks.sign(None, first) is first
    assert weeks.sign(None, second) == first
    assert weeks.sign(first, first) is first
    assert weeks.find(ANA, WEEK).signature == first


def test_a_signature_that_changed_since_it_was_read_is_not_replaced(store: Entries, weeks: Weeks) -> None:
    first = signature(weeks.find(ANA, WEEK))
    weeks.sign(None, first)
    store.add(entry())
    second = signature(weeks.find(ANA, WEEK))
    weeks.sign(first, second)
    store.add(entry())
    third = signature(weeks.find(ANA, WEEK))
    for old in (None, first):
        with pytest.raises(Conflict, match="The week was changed"):
            weeks.sign(old, third)
    with pytest.raises(Conflict, match="The week was changed"):
        weeks.withdraw(first)
    assert weeks.find(ANA, WEEK).signature == second
    weeks.withdraw(second)
    with pytest.raises(Conflict):
        weeks.sign(second, third)
    weeks.withdraw(second)  # it is gone already
    assert weeks.find(ANA, WEEK).signature is None
