"""Find out how a file is laid out: an Excel workbook, CSV with its delimiter and header, or JSON Lines."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final, Literal

from timesheets.model.text import clean
from timesheets_import.errors import UsageError
from timesheets_import.files import text_lines
from timesheets_import.workbook import sheet_rows

Kind = Literal["csv", "jsonl", "xlsx"]  # not a `type` alias, which Typer cannot read

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}
_PREVIEW: Final = 20
"""Rows in which the header is searched for."""
_HEADER_MATCHES: Final = 3
"""Known columns by which a row below the first passes for the header."""

type _Preview = list[tuple[int, tuple[str, ...]]]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a file is divided into rows and cells."""

    kind: Kind
    encoding: str
    delimiter: str = ","
    header: tuple[str, ...] = ()
    skipped: int = 0
    """Lines before the header."""


def detect(
    stream: BinaryIO,
    encoding: str,
    *,
    known: Collection[str],
    kind: Kind | None = None,
    delimiter: str | None = None,
) -> Layout:
    """Return a file's layout. Its delimiter is the one that finds the most `known` (casefolded) columns.

    Raises
    ------
    UsageError
        If the file has another form, or a title stands above its header.

    """
    if kind == "xlsx":
        rows = [(number, _names(row)) for number, row in enumerate(islice(sheet_rows(stream), _PREVIEW), 1)]
        rows = [(number, row) for number, row in rows if any(row)]
        header = _header(rows, known)
        return Layout("xlsx", encoding, header=header, skipped=rows[0][0] - 1 if rows else 0)
    skipped, first = 0, ""
    with text_lines(stream, encoding) as lines:
        for line in lines:
            separator = line.strip().strip('"')
            if separator.lower().startswith("sep=") and len(separator) == len("sep=;"):  # Excel
                delimiter = delimiter or separator[4]
            elif line.lower().startswith("sep=\t"):
                delimiter = delimiter or "\t"
            elif line.strip():
                first = line.lstrip()[:1]
                break
            skipped += 1
    if kind is None and first in ("[", "<"):
        found = "a JSON array; make it JSON Lines: jq -c '.[]' FILE" if first == "[" else "XML or HTML"
        raise UsageError(f"The file is {found}. Use CSV with a header row, or JSON Lines")
    if kind == "jsonl" or (kind is None and first == "{"):
        return Layout("jsonl", encoding)
    previews = {d: _preview(stream, encoding, d, skipped) for d in (delimiter or DELIMITERS)}
    if not any(previews.values()):
        raise UsageError("The file has no header: its first line must be CSV with the names of the columns")
    best = max(
        previews,
        key=lambda d: (_most_matches(previews[d], known), len(previews[d][0][1]) if previews[d] else 0),
    )
    return Layout("csv", encoding, best, _header(previews[best], known), skipped)


def _preview(stream: BinaryIO, encoding: str, delimiter: str, skipped: int) -> _Preview:
    """Return the first rows with their lines; none if the first is not CSV."""
    rows: _Preview = []
    with text_lines(stream, encoding) as lines:
        reader = csv.reader(islice(lines, skipped, None), delimiter=delimiter, strict=True)
        try:
            for cells in islice(reader, _PREVIEW):
                rows.append((skipped + reader.line_num, _names(cells)))
        except csv.Error:
            pass
    return rows


def _names(cells: list[str]) -> tuple[str, ...]:
    return tuple(map(clean, cells))


def _header(rows: _Preview, known: Collection[str]) -> tuple[str, ...]:
    if not rows:
        return ()
    (_, header), *others = rows
    line, best = max(others, key=lambda row: _matches(row[1], known), default=rows[0])
    if _matches(best, known) >= max(_HEADER_MATCHES, _matches(header, known) + 1):
        raise UsageError(
            f"The first line is a title: the header seems to be on line {line}. Delete the lines above it"
        )
    return header


def _most_matches(rows: _Preview, known: Collection[str]) -> int:
    return max((_matches(row, known) for _, row in rows), default=-1)


def _matches(row: tuple[str, ...], known: Collection[str]) -> int:
    return sum(name.casefold() in known for name in row)
