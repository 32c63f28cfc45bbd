"""Turn a file's records into rows of an upload, checked by the API's own rules."""

import re
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from timesheets.model.dates import DateRange
from timesheets.model.entry import json_number
from timesheets.model.errors import FieldError, Problem
from timesheets.model.rows import Row, parse_row
from timesheets_import.columns import FIELDS, Format, positions
from timesheets_import.layout import Layout
from timesheets_import.records import Record
from timesheets_import.repeats import Repeats
from timesheets_import.text import printable

_DECIMAL_COMMA = re.compile(r"\s*-?[0-9]+,[0-9]{1,2}\s*")
"""Not 1,000, which may be a thousand."""


@dataclass(frozen=True, slots=True)
class FileRow:
    """A record, its checked row and its faults."""

    record: Record
    row: Row | None = None
    external_id: str = ""
    repeated: bool = False
    """Whether an equal row stands further up."""
    faults: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the row's JSON in an upload."""
        assert self.row is not None  # noqa: S101 only valid rows are sent
        fields = self.row.fields
        body = {
            "user_id": self.row.user_id,
            "date": fields["date"].isoformat(),
            "project": fields["project"],
            "hours": json_number(fields["hours"]),
            "notes": fields.get("notes"),
            "external_id": self.external_id,
        }
        return {name: value for name, value in body.items() if value is not None}


class RowReader:
    """Converts and checks the records of one pass over a file."""

    def __init__(self, layout: Layout, form: Format) -> None:
        """Match columns and fields.

        Raises
        ------
        UsageError
            If they do not match.

        """
        self._form = form
        self._dates = DateRange.around(datetime.now(UTC).date())
        self._positions = positions(layout, form) if layout.kind == "csv" else {}
        self._members = {form.column(name): name for name in FIELDS}

    def read(self, records: Iterable[Record]) -> Generator[FileRow]:
        """Yield a row for each record, in the file's order."""
        with closing(Repeats()) as repeats:
            for record in records:
                yield self._row(record, repeats)

    def _row(self, record: Record, repeats: Repeats) -> FileRow:
        if record.fault:
            return FileRow(record, faults=[record.fault])
        body, faults = self._body(record.cells)
        try:
            row = parse_row(body, self._dates)
        except Problem as problem:
            reported = {fault.partition(":")[0] for fault in faults}
            messages = map(self._message, problem.errors)
            faults += [message for message in messages if message.partition(":")[0] not in reported]
            return FileRow(record, faults=faults)
        return FileRow(record, faults=faults) if faults else self._identified(record, row, repeats)

    def _identified(self, record: Record, row: Row, repeats: Repeats) -> FileRow:
        """Give a row its external id: the file's, or one derived from its content and its count so far."""
        digest = row.digest
        if row.external_id is None:
            count = repeats.count(digest)
            return FileRow(record, row, f"row-{digest}-{count}", repeated=count > 1)
        line, first_digest = repeats.first(row.external_id, record.line, digest)
        if first_digest != digest:
            column = self._form.column("external_id")
            return FileRow(record, faults=[f"{column}: stands on line {line} with other content"])
        return FileRow(record, row, row.external_id, repeated=line != record.line)

    def _body(self, cells: list[str] | dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        faults: list[str] = []
        body: dict[str, Any]
        if isinstance(cells, list):
            body = {name: cells[index] for name, index in self._positions.items()}
        else:
            body = {self._members.get(name, name): value for name, value in cells.items()}
            if self._form.ignore_other_columns:
                body = {name: value for name, value in body.items() if name in FIELDS}
        for name in ("notes", "external_id"):  # a blank cell means no value
            value = body.get(name)
            if isinstance(value, str) and not value.strip():
                del body[name]
        hours, day = body.get("hours"), body.get("date")
        if isinstance(hours, str) and _DECIMAL_COMMA.fullmatch(hours):
            body["hours"] = hours.replace(",", ".")
        if self._form.date_format and isinstance(day, str):
            try:
                body["date"] = _date(day.strip(), self._form.date_format)
            except ValueError:
                column = printable(self._form.column("date"), 50)
                faults.append(f"{column}: must be a date of the form {self._form.date_format}")
        return body, faults

    def _message(self, error: FieldError) -> str:
        name = error.pointer.removeprefix("/").replace("~1", "/").replace("~0", "~")
        return f"{printable(self._form.column(name))}: {error.detail}" if name else error.detail


def _date(text: str, form: str) -> str:
    return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 a calendar date has no zone
