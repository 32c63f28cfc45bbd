"""Files as people have them."""

import codecs
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from timesheets_import import files
from timesheets_import.errors import Usage
from timesheets_import.files import Layout, Record, examine, layout_of, opened

type Read = Callable[..., tuple[Layout, list[Record]]]

HEAD = "user_id,date,project,hours,notes"
ROW = "007,2026-11-20,Größe,7.5,ä"
TEXT = f"{HEAD}\r\n{ROW}\r\n"
CELLS = ["007", "2026-11-20", "Größe", "7.5", "ä"]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8-sig"),
        (TEXT.encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-32"), "utf-32"),
        (TEXT.encode("cp1252"), "cp1252"),
    ],
)
def test_the_encoding_is_found_out(data: bytes, encoding: str, read: Read) -> None:
    layout, rows = read(data)
    assert layout.encoding == encoding
    assert layout.header == tuple(HEAD.split(","))
    assert [row.cells for row in rows] == [CELLS]


def test_windows_1252_is_found_out_however_late_it_shows(read: Read) -> None:
    data = f"{HEAD}\n{'007,2026-11-20,A,1,\n' * 100_000}".encode() + ROW.encode("cp1252")
    layout, rows = read(data)
    assert layout.encoding == "cp1252"
    assert rows[-1] == Record(100_002, CELLS)


def test_a_named_encoding_is_taken_but_not_against_a_mark(read: Read) -> None:
    assert read(TEXT.encode("latin-1"), encoding="latin-1")[0].encoding == "latin-1"
    assert read(codecs.BOM_UTF8 + TEXT.encode(), encoding="cp1252")[0].encoding == "utf-8-sig"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_out(delimiter: str, read: Read) -> None:
    layout, rows = read(TEXT.replace(",", delimiter).encode())
    assert layout.delimiter == delimiter
    assert [row.cells for row in rows] == [CELLS]


def test_the_delimiter_is_the_one_that_finds_fields_not_the_commonest(read: Read) -> None:
    layout, _ = read(b'user_id;date;project;hours;"a,b,c,d,e,f,g"\n')
    assert (layout.delimiter, layout.header[-1]) == (";", "a,b,c,d,e,f,g")


def test_excels_line_about_the_delimiter_is_taken(read: Read) -> None:
    layout, rows = read(b"sep=;\r\nuser_id;date;project;hours\r\n1;2;3;4\r\n")
    assert (layout.delimiter, layout.skipped) == (";", 1)
    assert rows == [Record(3, ["1", "2", "3", "4"])]


def test_a_named_delimiter_is_taken(read: Read) -> None:
    assert read(b"user_id:date\n1:2\n", delimiter=":")[1] == [Record(2, ["1", "2"])]


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        # Quoted line ends: a row's line is its first.
        ('a,b\n"1\n2",3\n4,5\n', [Record(2, ["1\n2", "3"]), Record(4, ["4", "5"])]),
        ('a,b\r\n"say ""hi""","1,2"\r\n', [Record(2, ['say "hi"', "1,2"])]),
        # Empty lines, and what spreadsheets leave of them.
        ("\n\na,b\n\n1,2\n , \n,\n\n3,4\n\n", [Record(5, ["1", "2"]), Record(9, ["3", "4"])]),
        ("a,b\n1,2,,\n", [Record(2, ["1", "2"])]),
        ("a,b\r1,2\r", [Record(2, ["1", "2"])]),
        # No end to the last line.
        ("a,b\n1,2", [Record(2, ["1", "2"])]),
        ("a,b\n", []),
        ("a,b", []),
    ],
)
def test_rows_are_read_with_their_lines(text: str, rows: list[Record], read: Read) -> None:
    assert read(text.encode())[1] == rows


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a,b\n1,2\n3", 3, "has 1 of 2 columns; was it cut off?"),
        ("a,b\n1,2,3\n", 2, "has 3 columns, and the header 2"),
        ('a,b\n1,"2', 2, "a quote opens here and does not close"),
        ('a,b\n1,"2"3\n4,5\n', 2, "is not CSV"),
        (f'a,b\n1,"{"x\n" * 70_000}', 2, "a quote opens here and does not close for long"),
    ],
)
def test_a_row_that_can_not_be_read_says_why(text: str, line: int, words: str, read: Read) -> None:
    fault = next(row for row in read(text.encode())[1] if row.fault)
    assert fault.line == line
    assert words in (fault.fault or "")


def test_a_bad_row_hides_no_other(read: Read) -> None:
    _, rows = read(b'a,b\n1,"2"3\n4,5\n6\n7,8\n')
    assert [(row.line, bool(row.fault)) for row in rows] == [(2, True), (3, False), (4, True), (5, False)]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\r\n \r\n", "empty"),
        (b"PK\x03\x04\x14\x00", "Excel workbook or a ZIP"),
        (b"\xd0\xcf\x11\xe0\xa1", "Excel workbook"),
        (b"\x1f\x8b\x08", "gunzip"),
        (b"%PDF-1.7", "a PDF"),
        (b"<html><body>", "XML or HTML"),
        (b'[{"user_id": "007"}]', "jq -c '.[]'"),
        (bytes(range(256)) * 20, "no text"),
        (b"a" * 5000 + b"\xff\x00", "no text"),
        (b"abc\xff\x81", "neither UTF-8"),
        ("a,b\nä".encode()[:-1], "was cut off"),
        (b"a" * (files.LONGEST_LINE + 1), "longer than"),
        (b"a,b\n" + b"a" * (files.LONGEST_LINE + 1), "Line 2"),
    ],
)
def test_what_is_no_csv_is_named(data: bytes, words: str, read: Read) -> None:
    with pytest.raises(Usage) as refusal:
        read(data)
    assert words in str(refusal.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "ascii"])
def test_a_named_encoding_that_does_not_fit_is_told(encoding: str, read: Read) -> None:
    data = codecs.BOM_UTF16_LE + b"\x00\xd8a\x00" if encoding == "utf-16" else b"a,b\n\xff\xfe1,2\n"
    with pytest.raises(Usage, match="Name its encoding"):
        read(data, encoding=encoding)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b'{"a": 1', "is not JSON"),
        (b"[1]", "no JSON object"),
        (b'{"a": 1, "a": 2}', "the same member twice"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_json_lines_with_a_bad_line_name_it(line: bytes, fault: str, read: Read) -> None:
    layout, rows = read(
        b'{"user_id": "1", "hours": 7.25}\n\n' + line + b'\n{"hours": 1e999999999999999999999}\n'
    )
    assert layout.kind == "jsonl"
    assert [row.line for row in rows] == [1, 3, 4]
    assert str(rows[0].cells["hours"]) == "7.25"  # type: ignore[call-overload]
    assert fault in (rows[1].fault or "")
    assert rows[2].fault is None


def test_whether_the_last_line_has_an_end_is_told() -> None:
    for data, whole in ((b"a\n", True), (b"a\r", True), (b"a", False), ("ä\n".encode("cp1252"), True)):
        assert examine(io.BytesIO(data)).whole is whole
    assert examine(io.BytesIO(b"a"), "x-mac-cyrillic".replace("x-", "")).encoding_name == "mac-cyrillic"


def test_a_header_that_is_no_csv_has_no_columns() -> None:
    assert layout_of(io.BytesIO(b'"a'), "utf-8", known=()).header == ()


def test_standard_input_can_be_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"abc")))
    with opened("-") as stream:
        assert stream.read() == b"abc"
        stream.seek(0)
        assert stream.read() == b"abc"


def test_what_is_no_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Usage, match="can't be read"), opened(str(tmp_path)):
        pass

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    def open_pipe(*_: Any) -> Pipe:
        return Pipe()

    monkeypatch.setattr(Path, "open", open_pipe)
    with pytest.raises(Usage, match="is no file"), opened("pipe"):
        pass
