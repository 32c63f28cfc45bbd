"""Cells of Excel workbooks as text."""

import io
import sys
from datetime import date, datetime, time, timedelta

import pytest

from tests.unit.importer.support import read
from timesheets_import.errors import UsageError
from timesheets_import.layout import detect
from timesheets_import.workbook import cell_text, sheet_rows


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        ("A", "A"),
        (7.0, "7"),
        (7.25, "7.25"),
        (0.1 + 0.2, "0.3"),
        (True, "true"),
        (False, "false"),
        (date(2026, 11, 20), "2026-11-20"),
        (datetime.fromisoformat("2026-11-20"), "2026-11-20"),
        (datetime.fromisoformat("2026-11-20T09:30"), "2026-11-20 09:30:00"),
        (time(9, 30), "09:30:00"),
        (timedelta(hours=25, minutes=5, seconds=7), "25:05:07"),
    ],
)
def test_cell_is_the_text_that_people_see(cell: object, text: str) -> None:
    assert cell_text(cell) == text


@pytest.mark.parametrize("data", [b"PK\x03\x04\x14\x00", b"\xd0\xcf\x11\xe0\xa1"])
def test_other_archive_is_a_usage_error(data: bytes) -> None:
    with pytest.raises(UsageError, match="not an Excel workbook"):
        read(data)


def test_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    with pytest.raises(UsageError, match=r"pip install 'timesheets-import\[xlsx\]'"):
        sheet_rows(io.BytesIO())


def test_empty_sheet_has_no_header(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("timesheets_import.layout.sheet_rows", lambda _: iter([[""], ["", ""]]))
    assert detect(io.BytesIO(), "binary", known=(), kind="xlsx").header == ()
