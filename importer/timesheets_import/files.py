"""Open an input file and read its text. Memory use does not depend on the file's size."""

import codecs
import hashlib
import io
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from timesheets_import.errors import UsageError
from timesheets_import.text import printable

MAX_LINE: Final = 2**20
"""Characters; a row of the longest texts that the API takes is a fiftieth of it."""

_BOMS: Final = (  # UTF-32's begins like UTF-16's
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_OTHER_FORMATS: Final = (
    (b"\x1f\x8b", "compressed; unpack it first: gunzip FILE"),
    (b"%PDF", "a PDF; export the entries as CSV"),
)
_WORKBOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_COMMON_ENCODINGS: Final = ("cp1252", "cp1250", "mac-roman")
_WORD = re.compile(rb'[^\s,;|"]*')


@dataclass(frozen=True, slots=True)
class Source:
    """Facts about a file's bytes."""

    digest: str
    """SHA-256, in hexadecimal."""
    encoding: str
    complete: bool
    """Whether the last line has a line end."""
    workbook: bool = False
    """Whether it is an Excel workbook."""


@contextmanager
def open_input(name: str) -> Iterator[BinaryIO]:
    """Open a file, or standard input (`-`) as a temporary copy, so that it can be read twice.

    Raises
    ------
    UsageError
        If it cannot be read.

    """
    if name == "-":
        with tempfile.TemporaryFile() as copy:
            shutil.copyfileobj(sys.stdin.buffer, copy, 2**20)
            yield copy
        return
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 closed below
    except OSError as error:
        raise UsageError(f"{printable(name)} cannot be read ({error.strerror}). Check the path") from None
    with stream:
        if not stream.seekable():
            raise UsageError(f"{printable(name)} is not a file. Use a pipe: timesheets-import - < FILE")
        yield stream


def inspect(stream: BinaryIO, encoding: str | None = None) -> Source:
    """Read a file's digest and encoding: its byte order mark's, else `encoding`, else UTF-8.

    Raises
    ------
    UsageError
        If the file is empty or not text.

    """
    stream.seek(0)
    start = stream.read(4096)
    if not start.strip(b"\0\t\r\n "):
        raise UsageError("The file is empty. Export it again")
    for magic, description in _OTHER_FORMATS:
        if start.startswith(magic):
            raise UsageError(f"The file is {description}")
    if start.startswith(_WORKBOOKS):
        return Source(_digest(stream), "binary", complete=True, workbook=True)
    marked = next((name for bom, name in _BOMS if start.startswith(bom)), None)
    if b"\0" in start and not (marked or encoding):
        raise UsageError(
            "The file holds zero bytes, so it is not UTF-8 text. Export it as CSV UTF-8; if it is UTF-16"
            " without a byte order mark, use --encoding utf-16-le or utf-16-be"
        )
    digest = _digest(stream)
    stream.seek(-min(4, stream.tell()), io.SEEK_END)
    complete = stream.read().rstrip(b"\0").endswith((b"\n", b"\r"))
    # A file of rejected rows is UTF-8 with a mark, whatever --encoding says about the first file.
    if marked != "utf-8-sig":
        marked = encoding or marked or "utf-8"
    return Source(digest, marked, complete)


def _digest(stream: BinaryIO) -> str:
    stream.seek(0)
    digest = hashlib.sha256()
    while chunk := stream.read(2**20):
        digest.update(chunk)
    return digest.hexdigest()


@contextmanager
def text_lines(stream: BinaryIO, encoding: str) -> Iterator[Iterator[str]]:
    """Decode a file from its start, line by line, line ends included.

    Raises
    ------
    UsageError
        For a line that is too long, and for bytes that are not text in this encoding.

    """
    stream.seek(0)
    text = io.TextIOWrapper(stream, encoding=encoding, newline="")
    try:
        yield _lines(text)
    finally:
        text.detach()


def _lines(text: io.TextIOWrapper) -> Iterator[str]:
    number = 0
    try:
        while line := text.readline(MAX_LINE):
            if not number:
                line = line.lstrip("\ufeff")  # a second mark
            number += 1
            if len(line) == MAX_LINE and line[-1] not in "\r\n":
                raise UsageError(f"Line {number:,} is longer than {MAX_LINE:,} characters: this is not CSV")
            yield line
    except UnicodeDecodeError as error:
        line_number = number + 1 + error.object[: error.start].count(b"\n")
        raise UsageError(_encoding_message(error, line_number)) from None


def _encoding_message(error: UnicodeDecodeError, line: int) -> str:
    """Show the undecodable word in common encodings, so that the user can choose the right one."""
    before = re.search(_WORD.pattern + rb"\Z", error.object[max(0, error.start - 40) : error.start])
    after = _WORD.match(error.object[error.start : error.start + 40])
    word = (before[0] if before else b"") + (after[0] if after else b"")
    readings = ", ".join(f"{printable(word.decode(e, 'replace'))} as {e}" for e in _COMMON_ENCODINGS)
    cut = " It may have been cut off." if error.end == len(error.object) else ""
    return (
        f"The file is not {error.encoding.upper()}: line {line:,} has other bytes.{cut} Name its encoding:"
        f" --encoding. The word reads {readings}"
    )
