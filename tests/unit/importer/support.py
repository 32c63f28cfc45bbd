"""Read and check bytes as a file."""

import io
from typing import Any

from tests.support import DATES
from timesheets_import.columns import Format
from timesheets_import.files import inspect
from timesheets_import.layout import Layout, detect
from timesheets_import.people import People
from timesheets_import.records import Record, read_records
from timesheets_import.rows import FileRow, RowReader


def read(data: bytes, form: Format | None = None, **options: Any) -> tuple[Layout, list[Record]]:
    """Return the layout and the records of a file with these bytes."""
    stream = io.BytesIO(data)
    source = inspect(stream, options.pop("encoding", None))
    options = {"kind": "xlsx" if source.workbook else None} | options
    layout = detect(stream, source.encoding, known=(form or Format()).known, **options)
    return layout, list(read_records(stream, layout))


def check(
    data: bytes | str, form: Format | None = None, people: People | None = None, **options: Any
) -> list[FileRow]:
    """Return the checked rows of a file with this content."""
    layout, records = read(data.encode() if isinstance(data, str) else data, form, **options)
    form = (form or Format()).with_preset(layout.header)
    return list(RowReader(layout, form, DATES, people).read(records))
