"""What a row of an upload may say, checked. Pure: the importer checks its files by the same rules."""

from dataclasses import dataclass
from typing import Any, Final

from timesheets.model.errors import FieldError, Problem, invalid_entry
from timesheets.model.fields import (
    ENTRY_CHECKS,
    MAX_EXTERNAL_ID,
    MAX_USER_ID,
    REQUIRED,
    SERVER_FIELDS,
    checked_fields,
    identifier,
)
from timesheets.model.ids import fields_digest

MAX_ROWS: Final = 100


def _external_id(value: object) -> object:
    return None if value is None else identifier(MAX_EXTERNAL_ID)(value)


_CHECKS: Final = {
    "user_id": identifier(MAX_USER_ID),
    **ENTRY_CHECKS,
    "external_id": _external_id,
}


@dataclass(frozen=True, slots=True)
class Row:
    """One checked row."""

    fields: dict[str, Any]
    user_id: str
    external_id: str | None

    @property
    def digest(self) -> str:
        """Hash of the row's content."""
        return fields_digest({**self.fields, "user_id": self.user_id})


def parse_row(body: object) -> Row:
    """Check one row, decoded JSON.

    Raises
    ------
    Problem
        `invalid_entry`, naming every fault.

    """
    fields = checked_fields(
        body, _CHECKS, required=("user_id", *REQUIRED), accepted=SERVER_FIELDS - {"user_id"}
    )
    return Row(user_id=fields.pop("user_id"), external_id=fields.pop("external_id", None), fields=fields)


def parse_rows(body: object) -> list[Row | Problem]:
    """Check an upload, decoded JSON: one row, or an array of up to 100. A bad row is its problem.

    Raises
    ------
    Problem
        `invalid_entry` for an array of another length.

    """
    rows = body if isinstance(body, list) else [body]
    if not 1 <= len(rows) <= MAX_ROWS:
        raise invalid_entry([FieldError("", f"must be one entry, or an array of 1 to {MAX_ROWS}")])
    return [_row_or_problem(row) for row in rows]


def _row_or_problem(body: object) -> Row | Problem:
    try:
        return parse_row(body)
    except Problem as problem:
        return problem
