"""Files as people have them: encodings, delimiters, lines. Memory stays the same whatever their size."""

import codecs
import csv
import hashlib
import io
import json
import re
import shutil
import sys
import tempfile
from collections.abc import Collection, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, BinaryIO, Final, Literal

from timesheets_import.errors import Usage, printable

type Kind = Literal["csv", "jsonl"]

LONGEST_LINE: Final = 2**20
"""Characters. A row of the longest texts that the API takes is a fiftieth of it."""
DELIMITERS: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe"}

_CHUNK: Final = 2**20
_MARKS: Final = (  # UTF-32's begins as UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHERS: Final = (
    (b"PK\x03\x04", "an Excel workbook or a ZIP archive; in Excel choose Save As, CSV UTF-8"),
    (b"\xd0\xcf\x11\xe0", "an Excel workbook; in Excel choose Save As, CSV UTF-8"),
    (b"\x1f\x8b", "compressed; unpack it first: gunzip FILE"),
    (b"%PDF", "a PDF; export the entries as CSV"),
)
_NAMES: Final = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
}


@dataclass(frozen=True, slots=True)
class Examined:
    """What the bytes of a file say."""

    digest: str
    encoding: str
    whole: bool
    """Its last line ends as lines do."""

    @property
    def encoding_name(self) -> str:
        """The encoding as people call it."""
        return _NAMES.get(self.encoding, self.encoding)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the text of a file is to be read."""

    kind: Kind
    encoding: str
    delimiter: str = ","
    header: tuple[str, ...] = ()
    skipped: int = 0
    """Lines before the header."""


@dataclass(frozen=True, slots=True)
class Record:
    """A row as it stands in the file, or why it can't be read."""

    line: int
    cells: list[str] | dict[str, Any]
    fault: str | None = None


@contextmanager
def opened(name: str) -> Iterator[BinaryIO]:
    """Open a file, or standard input (`-`), so that it can be read more than once.

    Raises
    ------
    Usage
        If there is none.

    """
    if name != "-":
        try:
            stream = Path(name).open("rb")  # noqa: SIM115 closed below
        except OSError as error:
            raise Usage(f"{printable(name)} can't be read ({error.strerror}). Is the path right?") from None
        with stream:
            if not stream.seekable():
                raise Usage(f"{printable(name)} is no file. Send it by a pipe: timesheets-import - < FILE")
            yield stream
        return
    with tempfile.TemporaryFile() as spooled:
        shutil.copyfileobj(sys.stdin.buffer, spooled, _CHUNK)
        spooled.seek(0)
        yield spooled


def examine(stream: BinaryIO, encoding: str | None = None) -> Examined:
    """Read all bytes once: their digest, and the encoding that fits every one of them.

    Raises
    ------
    Usage
        If they are no text, or are nothing.

    """
    stream.seek(0)
    start = stream.read(4096)
    if not start.strip(b"\0\t\r\n "):
        raise Usage("The file is empty. Was it exported?")
    for sign, what in _OTHERS:
        if start.startswith(sign):
            raise Usage(f"The file is {what}")
    # A rejected file is written with a mark, whatever the encoding of the first one was named.
    encoding = "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else encoding or _marked(start)
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder(encoding or "utf-8")()
    digest = hashlib.sha256()
    stream.seek(0)
    tail, place = "", 0
    while True:
        chunk = stream.read(_CHUNK)
        digest.update(chunk)
        if decoder is not None:
            try:
                tail = (tail + decoder.decode(chunk, final=not chunk))[-2:]
            except UnicodeDecodeError as error:
                _refuse_unless_windows(encoding, error, place, last=not chunk)
                decoder, encoding = None, "cp1252"
        if not chunk:
            break
        place += len(chunk)
    if encoding == "cp1252":
        tail = _read_as_windows(stream)
    return Examined(digest.hexdigest(), encoding or "utf-8", whole=tail.endswith(("\n", "\r")))


def _marked(start: bytes) -> str | None:
    for mark, name in _MARKS:
        if start.startswith(mark):
            return name
    even, odd = start[::2].count(0), start[1::2].count(0)
    if not even + odd:
        return None
    # Latin text in UTF-16 without a mark: every other byte is 0.
    if odd > len(start) // 4 and even < odd // 10:
        return "utf-16-le"
    if even > len(start) // 4 and odd < even // 10:
        return "utf-16-be"
    raise Usage("The file is no text: it holds zero bytes. Export the entries as CSV or JSON Lines")


def _refuse_unless_windows(
    encoding: str | None, error: UnicodeDecodeError, place: int, *, last: bool
) -> None:
    """Let a file pass for Windows-1252 that is not UTF-8, unless it says or was said to be another."""
    if last and encoding in (None, "utf-8", "utf-8-sig"):
        raise Usage("The file ends within a character: it was cut off. Export or copy it again") from None
    if encoding is not None:
        raise Usage(
            f"The file is not {_NAMES.get(encoding, encoding)}: near byte {place + error.start:,},"
            f" {error.reason}. Name its encoding: --encoding, such as utf-8 or cp1252"
        ) from None


def _read_as_windows(stream: BinaryIO) -> str:
    stream.seek(0)
    tail = ""
    while chunk := stream.read(_CHUNK):
        try:
            tail = chunk.decode("cp1252")[-1:]
        except UnicodeDecodeError as error:
            raise Usage(
                "The file is neither UTF-8 nor UTF-16 nor Windows-1252 text: near byte"
                f" {stream.tell() - len(chunk) + error.start:,}, {error.reason}."
                " If it is text, name its encoding: --encoding"
            ) from None
        if b"\0" in chunk:
            raise Usage("The file is no text: it holds zero bytes. Export the entries as CSV or JSON Lines")
    return tail


def layout_of(
    stream: BinaryIO,
    encoding: str,
    *,
    known: Collection[str],
    kind: Kind | None = None,
    delimiter: str | None = None,
) -> Layout:
    """Find out how a file is to be read; `known` are the columns it may have, casefolded.

    Raises
    ------
    Usage
        If it has no header.

    """
    with _text(stream, encoding) as lines:
        skipped = 0
        first = ""
        for line in lines:
            if line.lower().startswith("sep=") and len(line.rstrip("\r\n")) == len("sep=;"):  # Excel's own
                delimiter = delimiter or line[4]
            elif line.strip():
                first = line
                break
            skipped += 1
    opening = first.lstrip()[:1]
    if kind is None and opening in ("[", "<"):
        what = "a JSON array; make it JSON Lines: jq -c '.[]' FILE" if opening == "[" else "XML or HTML"
        raise Usage(f"The file is {what}. Readable are CSV with a header row, and JSON Lines")
    if kind == "jsonl" or (kind is None and opening == "{"):
        return Layout("jsonl", encoding)
    candidates = [delimiter] if delimiter else list(DELIMITERS)
    headers = {one: _header(stream, encoding, one, skipped) for one in candidates}
    best = max(candidates, key=lambda one: (_met(headers[one], known), len(headers[one])))
    return Layout("csv", encoding, best, tuple(headers[best]), skipped)


def _header(stream: BinaryIO, encoding: str, delimiter: str, skipped: int) -> list[str]:
    with _text(stream, encoding) as lines:
        for _ in range(skipped):
            next(lines)
        try:
            return [name.strip() for name in next(csv.reader(lines, delimiter=delimiter, strict=True))]
        except (csv.Error, StopIteration):
            return []


def _met(header: list[str], known: Collection[str]) -> int:
    return sum(name.casefold() in known for name in header)


def records(stream: BinaryIO, layout: Layout) -> Generator[Record]:
    """Read a file's rows one by one; empty ones are left out.

    Raises
    ------
    Usage
        For a line without an end.

    """
    with _text(stream, layout.encoding) as lines:
        for _ in range(layout.skipped):
            next(lines)
        yield from _json_lines(lines) if layout.kind == "jsonl" else _csv_rows(lines, layout)


def _csv_rows(lines: Iterator[str], layout: Layout) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=layout.delimiter, strict=True)
    next(reader)
    columns = len(layout.header)
    while True:
        line = layout.skipped + reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Record(line, [], _csv_fault(str(error)))
            continue
        if any(cell and not cell.isspace() for cell in cells):
            yield Record(line, cells[:columns], _width_fault(cells, columns))


def _csv_fault(said: str) -> str:
    if "unexpected end" in said:
        return "a quote opens here and does not close: the file was cut off, or the quote has to be doubled"
    if "field larger" in said:
        return (
            "a quote opens here and does not close for long; close it, or double it if it is part of a text"
        )
    return f"is not CSV ({said}); a quote within a quoted text has to be doubled"


def _width_fault(cells: list[str], columns: int) -> str | None:
    if len(cells) < columns:
        return f"has {len(cells)} of {columns} columns; was it cut off?"
    if any(cells[columns:]):
        return f"has {len(cells)} columns, and the header {columns}; quote texts that hold the delimiter"
    return None


def _json_lines(lines: Iterator[str]) -> Iterator[Record]:
    for number, line in enumerate(lines, 1):
        if line.isspace():
            continue
        try:
            value = json.loads(
                line,
                parse_int=_number,
                parse_float=_number,
                parse_constant=_number,
                object_pairs_hook=_members,
            )
        except json.JSONDecodeError as error:
            yield Record(number, {}, f"is not JSON ({error.msg}, column {error.colno})")
        except (ValueError, RecursionError) as error:
            yield Record(number, {}, str(error) if isinstance(error, ValueError) else "is nested too deeply")
        else:
            if isinstance(value, dict):
                yield Record(number, value)
            else:
                yield Record(number, {}, "is no JSON object; each line has to be one, in braces")


def _number(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:  # an exponent past what Decimal holds
        return Decimal("NaN")


def _members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("names the same member twice")
    return members


@contextmanager
def _text(stream: BinaryIO, encoding: str) -> Iterator[Iterator[str]]:
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        yield _bounded(text)
    finally:
        text.detach()


_LINE_END = re.compile(r"[\r\n]\Z")


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not _LINE_END.search(line):
            raise Usage(f"Line {number:,} is longer than {LONGEST_LINE:,} characters: this is no CSV")
        yield line
