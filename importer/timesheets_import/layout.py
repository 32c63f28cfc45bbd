"""Find out how a text file is laid out: CSV with its delimiter and header, or JSON Lines."""

import csv
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, Final, Literal

from timesheets_import.errors import UsageError
from timesheets_import.files import text_lines

Kind = Literal["csv", "jsonl"]  # not a `type` alias, which Typer cannot read

DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}


@dataclass(frozen=True, slots=True)
class Layout:
    """How the text of a file is divided into rows and cells."""

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
        If the file is neither CSV nor JSON Lines.

    """
    skipped, first = 0, ""
    with text_lines(stream, encoding) as lines:
        for line in lines:
            if line.lower().startswith("sep=") and len(line.rstrip("\r\n")) == len("sep=;"):  # Excel
                delimiter = delimiter or line[4]
            elif line.strip():
                first = line.lstrip()[:1]
                break
            skipped += 1
    if kind is None and first in ("[", "<"):
        found = "a JSON array; make it JSON Lines: jq -c '.[]' FILE" if first == "[" else "XML or HTML"
        raise UsageError(f"The file is {found}. Use CSV with a header row, or JSON Lines")
    if kind == "jsonl" or (kind is None and first == "{"):
        return Layout("jsonl", encoding)
    headers = {d: _header(stream, encoding, d, skipped) for d in (delimiter or DELIMITERS)}
    delimiter = max(headers, key=lambda d: (_matches(headers[d], known), len(headers[d])))
    return Layout("csv", encoding, delimiter, headers[delimiter], skipped)


def _header(stream: BinaryIO, encoding: str, delimiter: str, skipped: int) -> tuple[str, ...]:
    with text_lines(stream, encoding) as lines:
        reader = csv.reader(islice(lines, skipped, None), delimiter=delimiter, strict=True)
        try:
            return tuple(name.strip() for name in next(reader))
        except (csv.Error, StopIteration):
            return ()


def _matches(header: tuple[str, ...], known: Collection[str]) -> int:
    return sum(name.casefold() in known for name in header)
