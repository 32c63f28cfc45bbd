"""Read a file's rows one by one, each with its line and its fault if it cannot be read."""

import csv
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, BinaryIO, Final

from timesheets.strict_json import Decoder
from timesheets_import.files import text_lines
from timesheets_import.layout import Layout
from timesheets_import.workbook import sheet_rows

_DECODER: Final = Decoder(decimals=True)
_NOT_AN_OBJECT: Final = "must be a JSON object in braces"


@dataclass(frozen=True, slots=True)
class Record:
    """A row as the file has it."""

    line: int
    """The line on which it begins, or the row of a sheet, from 1."""
    cells: list[str] | dict[str, Any]
    """A table's cells in the header's order, or JSON's members."""
    fault: str | None = None


def read_records(stream: BinaryIO, layout: Layout) -> Generator[Record]:
    """Yield a file's rows; those without any content are left out.

    Raises
    ------
    UsageError
        If the file's text cannot be decoded.

    """
    if layout.kind == "xlsx":
        sheet = enumerate(islice(sheet_rows(stream), layout.skipped + 1, None), layout.skipped + 2)
        yield from _table(sheet, len(layout.header))
        return
    with text_lines(stream, layout.encoding) as lines:
        body = islice(lines, layout.skipped, None)
        if layout.kind == "jsonl":
            yield from _json_lines(body)
        else:
            yield from _table(_csv_rows(body, layout), len(layout.header))


def _table(rows: Iterable[tuple[int, list[str] | str]], columns: int) -> Iterator[Record]:
    for line, cells in rows:
        if isinstance(cells, str):
            yield Record(line, [], cells)
        elif any(cell and not cell.isspace() for cell in cells):
            yield Record(line, cells[:columns], _width_fault(cells, columns))


def _csv_rows(lines: Iterator[str], layout: Layout) -> Iterator[tuple[int, list[str] | str]]:
    """Yield each row's line, and its cells or its fault."""
    reader = csv.reader(lines, delimiter=layout.delimiter, strict=True)
    next(reader)
    while True:
        line = layout.skipped + reader.line_num + 1
        try:
            yield line, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield line, _csv_fault(str(error))


def _csv_fault(error: str) -> str:
    if "unexpected end" in error or "field larger" in error:
        return "has a quote that is never closed: close it, or double it if it is part of the text"
    return f"is not CSV ({error}): double a quote that is part of a quoted text"


def _width_fault(cells: list[str], columns: int) -> str | None:
    if len(cells) < columns:
        return f"has {len(cells)} of {columns} columns: the file may have been cut off"
    if any(cells[columns:]):
        return f"has {len(cells)} columns, the header {columns}: quote texts that hold the delimiter"
    return None


def _json_lines(lines: Iterator[str]) -> Iterator[Record]:
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            value = _DECODER.decode(line.rstrip("\r\n"))
        except ValueError as error:
            yield Record(number, {}, f"is not JSON: {error}")
        else:
            yield Record(number, value) if isinstance(value, dict) else Record(number, {}, _NOT_AN_OBJECT)
