"""Keeps the directory of people up to date."""

from collections.abc import Iterable

from timesheets.model.errors import Problem
from timesheets.store.people import People
from timesheets.telemetry import count, logger


def refresh_people(people: People, owners: Iterable[str]) -> None:
    """Compute the rows of people, given by hash. A fault of one row does not stop the others.

    Raises
    ------
    Unavailable, Conflict
        If DynamoDB is not available, or others keep changing a row. Call it again.

    """
    for owner in owners:
        try:
            people.refresh(owner)
        except Problem:
            raise
        except Exception as error:  # noqa: BLE001 `make people` repairs it
            logger.error("person not updated", owner=owner, cause=type(error).__name__)
            count("PeopleNotUpdated")
