"""Match a file's columns with the fields of an entry."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from timesheets.model.fields import REQUIRED, SERVER_FIELDS
from timesheets_import.errors import UsageError
from timesheets_import.layout import Layout
from timesheets_import.text import listing, printable

FIELDS: Final = ("user_id", "date", "project", "hours", "notes", "external_id")
REQUIRED_FIELDS: Final = ("user_id", *REQUIRED)
SERVER_COLUMNS: Final = SERVER_FIELDS - {"user_id"}
"""Columns that only the server fills; they are not sent, so that an exported list can be imported."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a file writes entries."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """The column of each field that has another name in the file."""
    date_format: str | None = None
    """As in `strptime`; None for ISO 8601."""
    ignore_other_columns: bool = False

    def column(self, name: str) -> str:
        """Return the file's name for a field."""
        return self.columns.get(name, name)

    @property
    def known(self) -> frozenset[str]:
        """Names of columns that have a meaning, casefolded."""
        return frozenset(self.column(name).casefold() for name in FIELDS) | SERVER_COLUMNS


def parse_columns(options: Iterable[str]) -> dict[str, str]:
    """Read `--map` options such as `hours=Stunden`.

    Raises
    ------
    UsageError
        For any other form, an unknown field, or a field that is named twice.

    """
    columns: dict[str, str] = {}
    for option in options:
        name, _, column = (part.strip() for part in option.partition("="))
        if name not in FIELDS or not column:
            raise UsageError(
                f"--map {printable(option)} is not FIELD=COLUMN, such as hours=Stunden;"
                f" the fields are {', '.join(FIELDS)}"
            )
        if name in columns:
            raise UsageError(f"--map names {name} twice; remove one")
        columns[name] = column
    return columns


def positions(layout: Layout, form: Format) -> dict[str, int]:
    """Return the index of each field's column.

    Raises
    ------
    UsageError
        If a column is missing, stands twice or is not a field.

    """
    fields = {form.column(name).casefold(): name for name in FIELDS}
    found: dict[str, int] = {}
    others: list[str] = []
    for index, column in enumerate(layout.header):
        name = fields.get(column.casefold())
        if name in found:
            raise UsageError(f"The header has {printable(column)} twice; rename or remove one")
        if name:
            found[name] = index
        elif column and column.casefold() not in SERVER_COLUMNS:
            others.append(column)
    missing = [form.column(name) for name in REQUIRED_FIELDS if name not in found]
    if missing:
        raise UsageError(
            f"The header has no {listing(missing)}; it has {listing(layout.header) or 'nothing'}."
            " Name the columns: --map hours=Stunden. Check that the first line is the header"
        )
    unmatched = [column for name, column in form.columns.items() if name not in found]
    if unmatched:
        raise UsageError(f"--map names {listing(unmatched)}; the header has only {listing(layout.header)}")
    if others and not form.ignore_other_columns:
        raise UsageError(
            f"Not a field of an entry: {listing(others)}. Name the field (--map FIELD=COLUMN), or use"
            " --ignore-other-columns"
        )
    return found
