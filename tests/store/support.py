"""Helpers of the store's tests: engines, entries, uploads and lists."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from timesheets.bulk.upload import Upload
from timesheets.model.entry import Entry, new_entry
from timesheets.model.ids import new_id
from timesheets.model.query import ListQuery
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
AMAZONS_OWN = [pytest.param("amazons_own", marks=pytest.mark.long)]
"""Amazon's DynamoDB Local, which needs Java and seconds to start."""
ENGINES = ["ministack", pytest.param("moto", marks=pytest.mark.long), *AMAZONS_OWN]
"""All engines, each with faults of its own. moto takes one call at a time."""


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
