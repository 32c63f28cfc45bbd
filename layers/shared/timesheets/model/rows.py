"""Rows of an upload. The importer checks its files by these rules, too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from timesheets.model.batch import MAX_ROWS, parse_batch
from timesheets.model.dates import DateRange
from timesheets.model.entry import SERVER_FIELDS
from timesheets.model.errors import Problem
from timesheets.model.fields import (
    REQUIRED,
    entry_checks,
    parse_external_id,
    parse_fields,
    parse_user_id,
)
from timesheets.model.ids import fields_digest, owner_of
from timesheets.model.text import strip

_VERSION = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class Row:
    """A valid row."""

    fields: dict[str, Any]
    user_id: str
    external_id: str | None
    entry_id: str | None = None
    """The entry that the row was exported from; None for a row of another system."""
    version: int | None = None

    @cached_property
    def digest(self) -> str:
        """Hash of the row's content."""
        return fields_digest({**self.fields, "user_id": self.user_id})


def parse_row(body: object, dates: DateRange) -> Row:
    """Return a row, decoded JSON, checked.

    Raises
    ------
    Problem
        `invalid_entry`, with every error.

    """
    checks = {"user_id": parse_user_id, **entry_checks(dates), "external_id": parse_external_id}
    fields = parse_fields(body, checks, required=("user_id", *REQUIRED), ignored=SERVER_FIELDS)
    assert isinstance(body, Mapping)  # noqa: S101 parse_fields has checked it
    entry_id, version = _entry_reference(body.get("id"), body.get("version"))
    return Row(
        user_id=fields.pop("user_id"),
        external_id=fields.pop("external_id", None),
        fields=fields,
        entry_id=entry_id,
        version=version,
    )


def parse_rows(body: object, dates: DateRange) -> list[Row | Problem]:
    """Return the rows of an upload, decoded JSON: an object, or an array of 1 to 100. A bad row is a problem.

    Raises
    ------
    Problem
        `invalid_entry` for an array of another length.

    """
    return parse_batch(
        body if isinstance(body, list) else [body],
        lambda row: parse_row(row, dates),
        shape=f"one entry, or an array of 1 to {MAX_ROWS}",
    )


def _entry_reference(entry_id: object, version: object) -> tuple[str, int] | tuple[None, None]:
    """Return the id and the version of an exported entry; other systems' values are ignored."""
    if isinstance(entry_id, str) and owner_of(strip(entry_id)) and _VERSION.fullmatch(strip(str(version))):
        return strip(entry_id), int(strip(str(version)))
    return None, None
