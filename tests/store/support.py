"""Helpers of the store's tests: engines, entries, uploads, lists, and a client that is killed."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from timesheets.bulk.upload import Upload
from timesheets.model.entry import Entry, new_entry
from timesheets.model.ids import new_id
from timesheets.model.query import ListQuery
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
LONG_ENGINE = [pytest.mark.engine, pytest.mark.long]
IN_PROCESSES = [
    pytest.param("ministack", marks=pytest.mark.engine),
    pytest.param("amazons_own", marks=LONG_ENGINE),
]


def entry(user: str = "auth0|ana", *, now: datetime = NOW, **changes: Any) -> Entry:
    """Return a new entry with `changes`."""
    fields = {"date": date(2026, 11, 20), "project": "StoreZero", "hours": Decimal("7.25")}
    return new_entry({**fields, "id": new_id(user), "user_id": user, **changes}, now=now)


def upload(database: Table) -> Upload:
    """Return an upload by an importing client."""
    return Upload(database, source="timesheets-import", key=None, clock=lambda: NOW)


def listed(store: Entries, user: str = "auth0|ana", **query: Any) -> list[Entry]:
    """Return all entries of a user."""
    return list(store.entries_of(user, ListQuery(**{"limit": None} | query)))


def pending(store: Entries, **query: Any) -> list[Entry]:
    """Return all pending entries."""
    return list(store.pending(ListQuery(**{"limit": None, "ascending": True} | query)))


class Killed(BaseException):
    """The process was killed."""


class Mortal:
    """A client that is killed at one of its calls, before or after DynamoDB does it."""

    def __init__(self, client: "DynamoDBClient", at: int = -1, *, after: bool = False) -> None:
        self._client = client
        self._at = at
        self._after = after
        self.calls = 0

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**parameters: Any) -> Any:
            self.calls += 1
            if self.calls == self._at and not self._after:
                raise Killed
            answer = getattr(self._client, operation)(**parameters)
            if self.calls == self._at:
                raise Killed
            return answer

        return call
