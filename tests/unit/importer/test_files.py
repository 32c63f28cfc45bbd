"""Files in every form that people have: bytes, encodings, delimiters, rows."""

import codecs
import io
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.unit.importer.support import read
from timesheets_import.errors import UsageError
from timesheets_import.files import MAX_LINE, inspect, open_input
from timesheets_import.layout import detect
from timesheets_import.records import Record

HEAD = "user_id,date,project,hours,notes"
ROW = "007,2026-11-20,Größe,7.5,ä"
TEXT = f"{HEAD}\r\n{ROW}\r\n"
CELLS = ["007", "2026-11-20", "Größe", "7.5", "ä"]


@pytest.mark.parametrize(
    ("data", "option", "encoding"),
    [
        (TEXT.encode(), None, "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), None, "utf-8-sig"),
        (TEXT.encode("utf-16"), None, "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), None, "utf-16"),
        (TEXT.encode("utf-32"), None, "utf-32"),
        (TEXT.encode("utf-16-le"), "utf-16-le", "utf-16-le"),
        (TEXT.encode("cp1252"), "cp1252", "cp1252"),
        (TEXT.encode("mac-roman"), "mac-roman", "mac-roman"),
        # A file of rejected rows is UTF-8 with a mark, whatever --encoding says.
        (codecs.BOM_UTF8 + TEXT.encode(), "cp1252", "utf-8-sig"),
    ],
)
def test_encoding_is_marked_named_or_utf_8(data: bytes, option: str | None, encoding: str) -> None:
    layout, records = read(data, encoding=option)
    assert layout.encoding == encoding
    assert layout.header == tuple(HEAD.split(","))
    assert [record.cells for record in records] == [CELLS]


@pytest.mark.parametrize(
    ("data", "option", "words"),
    [
        ("a,b\n1,Müller,2\n".encode("cp1252"), None, "not UTF-8: line 2"),
        ("a,b\n1,Müller,2\n".encode("cp1252"), None, "Müller as cp1252"),
        ("a,b\n1,Müller,2\n".encode("mac-roman"), None, "Müller as mac-roman"),
        ("a,b\n1,Grześ,2\n".encode("cp1250"), None, "Grześ as cp1250"),
        (b"a,b\n" + b"1,A\n" * 9_000 + "1,Größe\n".encode("cp1252"), None, "line 9,002"),
        ("a,b\n1,ä".encode()[:-1], None, "may have been cut off"),
        (b"a,b\n\xff\xfe1,2\n", "ascii", "Name its encoding: --encoding"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8a\x00", "utf-16", "Name its encoding: --encoding"),
        (TEXT.encode("utf-16-le"), None, "--encoding utf-16-le"),
    ],
)
def test_undecodable_bytes_are_a_usage_error(data: bytes, option: str | None, words: str) -> None:
    with pytest.raises(UsageError) as error:
        read(data, encoding=option)
    assert words in str(error.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_detected(delimiter: str) -> None:
    layout, records = read(TEXT.replace(",", delimiter).encode())
    assert layout.delimiter == delimiter
    assert [record.cells for record in records] == [CELLS]


def test_delimiter_is_the_one_that_finds_fields() -> None:
    layout, _ = read(b'user_id;date;project;hours;"a,b,c,d,e,f,g"\n')
    assert (layout.delimiter, layout.header[-1]) == (";", "a,b,c,d,e,f,g")


def test_delimiter_option_is_used() -> None:
    assert read(b"user_id:date\n1:2\n", delimiter=":")[1] == [Record(2, ["1", "2"])]


def test_sep_line_of_excel_is_not_the_header() -> None:
    layout, records = read(b"sep=;\r\nuser_id;date;project;hours\r\n1;2;3;4\r\n")
    assert (layout.delimiter, layout.skipped) == (";", 1)
    assert records == [Record(3, ["1", "2", "3", "4"])]


@pytest.mark.parametrize(
    ("text", "records"),
    [
        # A row with quoted line ends begins on its first line.
        ('a,b\n"1\n2",3\n4,5\n', [Record(2, ["1\n2", "3"]), Record(4, ["4", "5"])]),
        ('a,b\r\n"say ""hi""","1,2"\r\n', [Record(2, ['say "hi"', "1,2"])]),
        # Empty lines, also as spreadsheets write them.
        ("\n\na,b\n\n1,2\n , \n,\n\n3,4\n\n", [Record(5, ["1", "2"]), Record(9, ["3", "4"])]),
        ("a,b\n1,2,,\n", [Record(2, ["1", "2"])]),
        ("a,b\r1,2\r", [Record(2, ["1", "2"])]),
        ("a,b\n1,2", [Record(2, ["1", "2"])]),
        ("a,b\n", []),
        ("a,b", []),
    ],
)
def test_rows_have_the_line_on_which_they_begin(text: str, records: list[Record]) -> None:
    assert read(text.encode())[1] == records


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a,b\n1,2\n3", 3, "has 1 of 2 columns"),
        ("a,b\n1,2,3\n", 2, "has 3 columns, the header 2"),
        ('a,b\n1,"2', 2, "a quote that is never closed"),
        ('a,b\n1,"2"3\n4,5\n', 2, "is not CSV"),
        (f'a,b\n1,"{"x\n" * 70_000}', 2, "a quote that is never closed"),
    ],
)
def test_unreadable_row_is_a_fault(text: str, line: int, words: str) -> None:
    fault = next(record for record in read(text.encode())[1] if record.fault)
    assert fault.line == line
    assert words in (fault.fault or "")


def test_rows_after_an_unreadable_one_are_read() -> None:
    _, records = read(b'a,b\n1,"2"3\n4,5\n6\n7,8\n')
    assert [(record.line, bool(record.fault)) for record in records] == [
        (2, True),
        (3, False),
        (4, True),
        (5, False),
    ]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"\r\n \r\n", "empty"),
        (b"PK\x03\x04\x14\x00", "not an Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1", "not an Excel workbook"),
        (b"\x1f\x8b\x08", "gunzip"),
        (b"%PDF-1.7", "a PDF"),
        (b"<html><body>", "XML or HTML"),
        (b'[{"user_id": "007"}]', "jq -c '.[]'"),
        (bytes(range(256)) * 20, "zero bytes"),
        (b"a" * (MAX_LINE + 1), "longer than"),
        (b"a,b\n" + b"a" * (MAX_LINE + 1), "Line 2"),
    ],
)
def test_other_formats_are_named(data: bytes, words: str) -> None:
    with pytest.raises(UsageError) as error:
        read(data)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b'{"a": 1', "is not JSON"),
        (b"[1]", "must be a JSON object"),
        (b'{"a": NaN}', "NaN is not a JSON number"),
        (b'{"a": 1, "a": 2}', "member 'a' is given more than once"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_bad_line_of_json_lines_is_a_fault(line: bytes, fault: str) -> None:
    layout, records = read(
        b'{"user_id": "1", "hours": 7.25}\n\n' + line + b'\n{"hours": 1e999999999999999999999}\n'
    )
    assert layout.kind == "jsonl"
    assert [record.line for record in records] == [1, 3, 4]
    assert str(records[0].cells["hours"]) == "7.25"  # type: ignore[call-overload]
    assert fault in (records[1].fault or "")
    assert records[2].fault is None


@pytest.mark.parametrize(
    ("data", "complete"),
    [(b"a\n", True), (b"a\r", True), (b"a", False), ("a\n".encode("utf-16"), True)],
)
def test_file_is_complete_if_its_last_line_ends(data: bytes, complete: bool) -> None:  # noqa: FBT001
    assert inspect(io.BytesIO(data)).complete is complete


@pytest.mark.parametrize("data", [b'"a', b'"a"b,c\n1,2\n', b"sep=;\n"])
def test_file_without_a_header_is_a_usage_error(data: bytes) -> None:
    with pytest.raises(UsageError, match="has no header"):
        detect(io.BytesIO(data), "utf-8", known=())


def test_standard_input_can_be_read_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"abc")))
    with open_input("-") as stream:
        for _ in range(2):
            stream.seek(0)
            assert stream.read() == b"abc"


def test_unreadable_path_is_a_usage_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="cannot be read"), open_input(str(tmp_path)):
        pass

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    def open_pipe(*_: Any) -> Pipe:
        return Pipe()

    monkeypatch.setattr(Path, "open", open_pipe)
    with pytest.raises(UsageError, match="is not a file"), open_input("pipe"):
        pass
