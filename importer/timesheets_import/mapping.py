"""From a file's rows to the API's: columns named, values spelled its way, and checked by its own rules."""

import re
import sqlite3
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from timesheets.model.entry import json_number
from timesheets.model.errors import FieldError, Problem
from timesheets.model.fields import REQUIRED, SERVER_FIELDS
from timesheets.model.rows import Row, parse_row
from timesheets_import.errors import Usage, printable
from timesheets_import.files import Layout, Record

FIELDS: Final = ("user_id", "date", "project", "hours", "notes", "external_id")
NEEDED: Final = ("user_id", *REQUIRED)
LEFT_OUT: Final = SERVER_FIELDS - {"user_id"}
"""Columns that only the server fills: an exported list can be imported as it is."""

_NAMED: Final = 10
"""Columns in one message."""
_DECIMAL_COMMA = re.compile(r"\s*-?[0-9]+,[0-9]{1,2}\s*")
"""Not 1,000: that may be a thousand."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How the columns of a file become fields."""

    names: Mapping[str, str] = field(default_factory=dict)
    """A column's name for each field that is called otherwise."""
    date_format: str | None = None
    """As in strptime; None for ISO 8601."""
    ignore_others: bool = False

    def column(self, name: str) -> str:
        """Return what the file calls a field."""
        return self.names.get(name, name)

    @property
    def known(self) -> frozenset[str]:
        """The columns that say something, casefolded."""
        return frozenset(self.column(name).casefold() for name in FIELDS) | LEFT_OUT


@dataclass(frozen=True, slots=True)
class Checked:
    """A row of the file, and what the API's rules say of it."""

    record: Record
    row: Row | None = None
    external_id: str = ""
    repeats: bool = False
    """The same row stands further up."""
    faults: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the row as it is sent."""
        assert self.row is not None  # noqa: S101 only good rows are sent
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


def parse_names(given: Iterable[str]) -> dict[str, str]:
    """Read `--map` options: `hours=Stunden`.

    Raises
    ------
    Usage
        For anything else.

    """
    names: dict[str, str] = {}
    for one in given:
        name, separator, column = one.partition("=")
        name, column = name.strip(), column.strip()
        if name not in FIELDS or not separator or not column:
            raise Usage(
                f"--map {printable(one)} is not FIELD=COLUMN, such as hours=Stunden;"
                f" the fields are {', '.join(FIELDS)}"
            )
        if name in names:
            raise Usage(f"--map names {name} twice; leave one out")
        names[name] = column
    return names


def positions(layout: Layout, reading: Reading) -> dict[str, int]:
    """Return in which column each field stands.

    Raises
    ------
    Usage
        If the header lacks a field, has one twice, or has columns that are none.

    """
    wanted = {reading.column(name).casefold(): name for name in FIELDS}
    found: dict[str, int] = {}
    others: list[str] = []
    for index, column in enumerate(layout.header):
        name = wanted.get(column.casefold())
        if name in found:
            raise Usage(f"The header has {printable(column)} twice; rename or remove one")
        if name:
            found[name] = index
        elif column and column.casefold() not in LEFT_OUT:
            others.append(column)
    missing = [reading.column(name) for name in NEEDED if name not in found]
    if missing:
        raise Usage(
            f"The header has no {listed(missing)}; it has {listed(layout.header) or 'nothing'}."
            " Name the columns: --map hours=Stunden. Or is the header missing?"
        )
    unmet = [reading.names[name] for name in reading.names if name not in found]
    if unmet:
        raise Usage(f"The header has no {listed(unmet)}, which --map names; it has {listed(layout.header)}")
    if others and not reading.ignore_others:
        raise Usage(
            f"No field of an entry: {listed(others)}. Name what it is (--map FIELD=COLUMN), or leave it out:"
            " --ignore-other-columns"
        )
    return found


def listed(names: Sequence[str]) -> str:
    """Return names for a message: not ten thousand of them."""
    shown = ", ".join(printable(name, 50) for name in names[:_NAMED])
    return shown + (f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else "")


class Checker:
    """Checks the rows of one pass over a file, and counts those that are equal."""

    def __init__(self, layout: Layout, reading: Reading) -> None:
        """Begin at the file's first row.

        Raises
        ------
        Usage
            If the file's columns are not the fields.

        """
        self._reading = reading
        self._positions = positions(layout, reading) if layout.kind == "csv" else {}
        self._members = {reading.column(name): name for name in FIELDS}

    def check(self, records: Iterable[Record]) -> Generator[Checked]:
        """Check rows in the file's order, and give each what makes it known to the API."""
        with closing(_Seen()) as seen:
            for record in records:
                yield self._checked(record, seen)

    def _checked(self, record: Record, seen: "_Seen") -> Checked:
        if record.fault:
            return Checked(record, faults=[record.fault])
        body, faults = self._body(record.cells)
        try:
            row = parse_row(body)
        except Problem as problem:
            told = {fault.partition(":")[0] for fault in faults}
            said = map(self._said, problem.errors)
            faults += [one for one in said if one.partition(":")[0] not in told]
            return Checked(record, faults=faults)
        return Checked(record, faults=faults) if faults else self._known(record, row, seen)

    def _known(self, record: Record, row: Row, seen: "_Seen") -> Checked:
        digest = row.digest
        if row.external_id is None:
            times = seen.times(digest)
            return Checked(record, row, f"row-{digest}-{times}", repeats=times > 1)
        line, before = seen.first(row.external_id, record.line, digest)
        if before != digest:
            column = self._reading.column("external_id")
            return Checked(record, faults=[f"{column}: stands on line {line} already, with another content"])
        return Checked(record, row, row.external_id, repeats=line != record.line)

    def _body(self, cells: list[str] | dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        faults: list[str] = []
        body: dict[str, Any]
        if isinstance(cells, list):
            body = {name: cells[index] for name, index in self._positions.items()}
        else:
            body = {self._members.get(name, name): value for name, value in cells.items()}
            if self._reading.ignore_others:
                body = {name: value for name, value in body.items() if name in FIELDS}
        for name in ("notes", "external_id"):  # what is blank says nothing
            value = body.get(name)
            if isinstance(value, str) and not value.strip():
                del body[name]
        hours, day = body.get("hours"), body.get("date")
        if isinstance(hours, str) and _DECIMAL_COMMA.fullmatch(hours):
            body["hours"] = hours.replace(",", ".")
        if self._reading.date_format and isinstance(day, str):
            try:
                body["date"] = _date(day.strip(), self._reading.date_format)
            except ValueError:
                column = printable(self._reading.column("date"), 50)
                faults.append(f"{column}: must be a date written as --date-format says")
        return body, faults

    def _said(self, fault: FieldError) -> str:
        name = fault.pointer.removeprefix("/").replace("~1", "/").replace("~0", "~")
        return f"{printable(self._reading.column(name))}: {fault.detail}" if name else fault.detail


def _date(text: str, form: str) -> str:
    return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007 a calendar date has no zone


class _Seen:
    """How often each row came: in a private file of SQLite's, for a million are too many for memory."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -4000;"
            "CREATE TABLE rows (digest TEXT PRIMARY KEY, times INTEGER) WITHOUT ROWID;"
            "CREATE TABLE ids (id TEXT PRIMARY KEY, line INTEGER, digest TEXT) WITHOUT ROWID;"
            "BEGIN"
        )

    def close(self) -> None:
        """Remove the file."""
        self._database.close()

    def times(self, digest: str) -> int:
        """Return how often a row has come, this time included."""
        (times,) = self._database.execute(
            "INSERT INTO rows VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1 RETURNING times",
            (digest,),
        ).fetchone()
        return int(times)

    def first(self, external_id: str, line: int, digest: str) -> tuple[int, str]:
        """Return where an external id stands first, and with which row."""
        first: tuple[int, str] = self._database.execute(
            "INSERT INTO ids VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET line = line RETURNING line, digest",
            (external_id, line, digest),
        ).fetchone()
        return first
