"""Entries as comma-separated values (RFC 4180). Pure."""

import csv
import io
from collections.abc import Iterable
from typing import Final

from timesheets.model.entry import Entry

MEDIA_TYPE: Final = "text/csv; charset=utf-8; header=present"

COLUMNS: Final = (
    "id",
    "user_id",
    "user_email",
    "date",
    "project",
    "hours",
    "notes",
    "status",
    "approved",
    "reviewed_by",
    "reviewed_at",
    "reason",
    "external_id",
    "source",
    "created_at",
    "modified_at",
    "version",
)

# Characters that start a formula in a spreadsheet, full-width forms included (OWASP, "CSV Injection").
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001


def to_csv(entries: Iterable[Entry]) -> str:
    """Return a header row and a row for each entry; an apostrophe precedes texts that look like formulas."""
    text = io.StringIO()
    writer = csv.writer(text)  # its default line ending is CRLF, as RFC 4180 requires
    writer.writerow(COLUMNS)
    for entry in entries:
        members = entry.to_json()
        writer.writerow([_cell(members.get(name)) for name in COLUMNS])
    return text.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value
