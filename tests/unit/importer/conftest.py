"""A file of any bytes, and what the importer says of it."""

import io
from collections.abc import Callable
from typing import Any

import pytest

from timesheets_import.files import Layout, Record, examine, layout_of, records
from timesheets_import.mapping import Checked, Checker, Reading

type Read = Callable[..., tuple[Layout, list[Record]]]
type Check = Callable[..., list[Checked]]


@pytest.fixture
def read() -> Read:
    """Return what reads bytes as a file."""

    def rows(data: bytes, reading: Reading | None = None, **options: Any) -> tuple[Layout, list[Record]]:
        stream = io.BytesIO(data)
        found = examine(stream, options.pop("encoding", None))
        layout = layout_of(stream, found.encoding, known=(reading or Reading()).known, **options)
        return layout, list(records(stream, layout))

    return rows


@pytest.fixture
def check(read: Read) -> Check:
    """Return what reads bytes as a file and checks its rows."""

    def checked(data: bytes | str, reading: Reading | None = None, **options: Any) -> list[Checked]:
        data = data.encode() if isinstance(data, str) else data
        layout, rows = read(data, reading, **options)
        return list(Checker(layout, reading or Reading()).check(rows))

    return checked
