"""Turn a file's records into rows of an upload, checked by the API's own rules."""

import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from timesheets.model.dates import DateRange
from timesheets.model.entry import json_number
from timesheets.model.errors import FieldError, Problem
from timesheets.model.hours import MAX_HOURS
from timesheets.model.rows import Row, parse_row
from timesheets.model.text import clean
from timesheets_import.cells import cell_text, is_total
from timesheets_import.columns import FIELDS, SERVER_COLUMNS, Format, match_columns
from timesheets_import.dates import convert_date
from timesheets_import.durations import Rounding, elapsed, has_date, parse_duration, parse_moment
from timesheets_import.layout import Layout
from timesheets_import.people import People
from timesheets_import.records import Record
from timesheets_import.repeats import Repeats
from timesheets_import.text import printable

_MAX_DIGITS: Final = 30
_TWO_DECIMALS = re.compile(r"[0-9]{1,2}([.,][0-9]{1,2})?")


@dataclass(frozen=True, slots=True)
class FileRow:
    """A record, its checked row and its faults."""

    record: Record
    row: Row | None = None
    external_id: str = ""
    repeated: bool = False
    """Whether an equal row stands further up."""
    faults: Sequence[str] = ()
    remainder: Fraction = Fraction(0)
    """The hours that rounding left out."""
    person: str | None = None
    """A person without a user id; such a row has no other fault."""

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
            "external_id": self.external_id or None,
            "id": self.row.entry_id,
            "version": self.row.version,
        }
        return {name: value for name, value in body.items() if value is not None}


class RowReader:
    """Converts and checks the records of one pass over a file."""

    def __init__(self, layout: Layout, form: Format, dates: DateRange, people: People | None = None) -> None:
        """Match columns and fields. `people` gives the ids of users that the file names otherwise.

        Raises
        ------
        UsageError
            If a column is missing, stands twice or is not a field.

        """
        self._form = form
        self._dates = dates
        self._people = people
        self._columns = {} if layout.kind == "jsonl" else match_columns(layout.header, form)
        self.rounding = Rounding()

    def read(self, records: Iterable[Record]) -> Generator[FileRow]:
        """Yield a row for each record, in the file's order."""
        with closing(Repeats()) as repeats:
            for record in records:
                yield self._row(record, repeats)

    def _row(self, record: Record, repeats: Repeats) -> FileRow:
        if record.fault:
            return FileRow(record, faults=[record.fault])
        body = self._fields(record.cells)
        person = self._convert_person(body)
        faults: dict[str, str] = {}
        _convert_date(body, self._form, faults)
        exact = _convert_hours(body, self._form, faults)
        row = self._parse(body, faults)
        if faults and isinstance(record.cells, list) and _is_total(body, record.cells):
            return FileRow(record, faults=["looks like a total, not an entry: delete the row"])
        if row is None or faults:
            ordered = sorted(faults, key=lambda name: FIELDS.index(name) if name in FIELDS else len(FIELDS))
            return FileRow(record, faults=[self._message(name, faults[name]) for name in ordered])
        if person:
            return FileRow(record, person=person)
        return self._identified(record, row, exact, repeats)

    def _parse(self, body: dict[str, Any], faults: dict[str, str]) -> Row | None:
        """Check a row by the API's rules; add its faults to those that are known already."""
        if self._form.project and not _has_value(body.get("project")):
            body["project"] = self._form.project
        for name in ("notes", "external_id"):  # a blank cell means no value
            if not _has_value(body.get(name)):
                body.pop(name, None)
        try:
            return parse_row(body, self._dates)
        except Problem as problem:
            for error in problem.errors or [FieldError("", problem.detail)]:
                faults.setdefault(*_field_error(error))
        if "project" in faults and not _has_value(body.get("project")):
            faults["project"] += "; --project NAME is for rows that have none"
        return None

    def _identified(self, record: Record, row: Row, exact: Fraction | None, repeats: Repeats) -> FileRow:
        """Round a row's hours and give it its external id, which depends on the exact hours."""
        digest, remainder = row.digest, Fraction(0)
        if exact is not None:
            hours = self.rounding.round(exact, (row.user_id, row.fields["date"]))
            if not hours:
                text = "is less than 0.01 h: delete the row, or add its time to another one"
                return FileRow(record, faults=[self._message("hours", text)])
            remainder = exact - Fraction(hours)
            if remainder:
                digest = replace(row, fields=row.fields | {"hours": exact}).digest
            row = replace(row, fields=row.fields | {"hours": hours})
        if row.entry_id is not None:  # the API recognizes the entry that was exported
            return FileRow(record, row, row.external_id or "", remainder=remainder)
        if row.external_id is None:
            count = repeats.count(digest)
            return FileRow(record, row, f"row-{digest}-{count}", repeated=count > 1, remainder=remainder)
        line, first_digest = repeats.first(row.external_id, record.line, digest)
        if first_digest != digest:
            text = f"stands on line {line} with other content"
            return FileRow(record, faults=[self._message("external_id", text)])
        return FileRow(record, row, row.external_id, repeated=line != record.line, remainder=remainder)

    def _fields(self, cells: list[str] | dict[str, Any]) -> dict[str, Any]:
        """Return the values of the fields, of columns or of members."""
        if isinstance(cells, list):
            texts = [cell_text(cell) for cell in cells]
            return {
                name: " ".join(filter(None, (texts[index] for index in found)))
                for name, found in self._columns.items()
            }
        members = {self._form.column(name): name for name in FIELDS}
        body = {members.get(name, name): value for name, value in cells.items()}
        if self._form.ignore_other_columns:
            body = {name: value for name, value in body.items() if name in FIELDS or name in SERVER_COLUMNS}
        return body

    def _convert_person(self, body: dict[str, Any]) -> str | None:
        """Replace a person by their user id; return the person if there is none."""
        name = body.get("user_id")
        if self._people is None or not isinstance(name, str) or not clean(name):
            return None
        try:
            body["user_id"] = self._people.user_id(name)
        except LookupError as error:
            return f"{printable(clean(name), 60)} {error}"
        return None

    def _message(self, name: str, text: str) -> str:
        return f"{printable(self._form.column(name))}: {text}" if name else text


def _convert_date(body: dict[str, Any], form: Format, faults: dict[str, str]) -> None:
    day = body.get("date")
    if not _has_value(day) and isinstance(body.get("start"), str):
        try:
            start = parse_moment(clean(body["start"]), form.date_format)
        except ValueError:
            return
        if has_date(start):
            body["date"] = start.date().isoformat()
    elif isinstance(day, str) and form.date_format and clean(day):
        try:
            body["date"] = convert_date(clean(day), form.date_format)
        except ValueError:
            faults["date"] = f"must be a date that exists, of the form {form.date_format} (--date-format)"


def _convert_hours(body: dict[str, Any], form: Format, faults: dict[str, str]) -> Fraction | None:
    """Replace a duration, or start and end, by hours; return them exactly if they may need rounding."""
    start, end = body.pop("start", None), body.pop("end", None)
    hours = body.get("hours") if _has_value(body.get("hours")) else None
    exact = None
    if isinstance(hours, str) and form.hours_format == "hours" and _TWO_DECIMALS.fullmatch(hours):
        body["hours"] = hours.replace(",", ".")
    elif isinstance(hours, str):
        exact = parse_duration(clean(hours), form.hours_format)
    elif isinstance(hours, Decimal) and hours.is_finite() and abs(hours.adjusted()) < _MAX_DIGITS:
        exact = parse_duration(f"{hours:f}", form.hours_format)
    elif hours is None and isinstance(start, str) and isinstance(end, str):
        try:
            exact = elapsed(*(parse_moment(clean(text), form.date_format) for text in (start, end)))
        except ValueError as error:
            faults["end"] = str(error)
            exact = Fraction(1)
    if exact is not None:
        # The model checks the range. The hours that are sent are rounded when all other fields are known.
        cents = max(round(exact * 100), 1 if exact else 0) if exact <= MAX_HOURS else 9999
        body["hours"] = Decimal(cents) / 100
    return exact


def _has_value(value: object) -> bool:
    if isinstance(value, str):
        return value[:1].isalnum() or bool(clean(value))
    return value is not None


def _is_total(body: Mapping[str, Any], cells: list[str]) -> bool:
    blank = [not _has_value(body.get(name)) for name in ("user_id", "date", "project")]
    return all(blank[:2]) or (any(blank) and is_total(cells))


def _field_error(error: FieldError) -> tuple[str, str]:
    name = error.pointer.removeprefix("/").replace("~1", "/").replace("~0", "~")
    return name, error.detail
