"""`FILE.rejected.csv`: the rows that the API would not take, as they stand in the file, and why."""

import csv
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from timesheets_import.files import Layout, Record
from timesheets_import.journal import Rejected
from timesheets_import.mapping import FIELDS, Reading

REASON: Final = "reason"
"""A field that only the server sets: so the file can be sent as it is."""


def write(
    path: Path, rejected: Iterable[Rejected], records: Iterable[Record], layout: Layout, reading: Reading
) -> None:
    """Write it whole or not at all. Sent with the same options, it means the same rows.

    Each has its `external_id`, derived ones too: numbered among the rejected rows alone, a row would pass for
    another one.
    """
    key = reading.column("external_id")
    header = list(layout.header) if layout.kind == "csv" else [reading.column(name) for name in FIELDS]
    folded = [name.casefold() for name in header]
    columns = header + [name for name in (key, REASON) if name.casefold() not in folded]
    folded = [name.casefold() for name in columns]
    new = path.with_name(f"{path.name}.new")
    # With a mark: so spreadsheets know that it is UTF-8.
    with new.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=layout.delimiter)
        writer.writerow(columns)
        for row, record in _found(rejected, records):
            cells = _cells(record.cells, header) + [""] * (len(columns) - len(header))
            cells[folded.index(key.casefold())] = row.external_id
            cells[folded.index(REASON)] = row.reason
            writer.writerow(cells)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _found(rejected: Iterable[Rejected], records: Iterable[Record]) -> Iterator[tuple[Rejected, Record]]:
    """Pair rows in one reading of the file: both come in its order."""
    left = iter(records)
    for row in rejected:
        yield row, next(record for record in left if record.line == row.line)


def _cells(cells: list[str] | dict[str, Any], header: list[str]) -> list[str]:
    if isinstance(cells, dict):
        return [str(cells[name]) if cells.get(name) is not None else "" for name in header]
    return cells
