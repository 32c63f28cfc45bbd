"""Write `FILE.rejected.csv`: the rows that the API rejected, as the file has them, with the reason."""

import csv
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from timesheets.model.csv_cells import guard
from timesheets_import.cells import cell_text
from timesheets_import.columns import ENTRY_COLUMNS, FIELDS, Format
from timesheets_import.journal import Rejection
from timesheets_import.layout import Layout
from timesheets_import.records import Record

REASON: Final = "reason"
"""A field that only the server sets, so the column does not disturb the next import."""


def write_rejects(
    path: Path, rejections: Iterable[Rejection], records: Iterable[Record], layout: Layout, form: Format
) -> None:
    """Replace the file at `path`. Imported with the same options, it means the same rows.

    Each row has its `external_id`, a derived one too: counted among the rejected rows alone, a row could get
    another row's id.
    """
    key = form.column("external_id")
    header = list(layout.header)
    if layout.kind == "jsonl":
        header = [*map(form.column, FIELDS), *ENTRY_COLUMNS]
    folded = [name.casefold() for name in header]
    columns = header + [name for name in (key, REASON) if name.casefold() not in folded]
    folded = [name.casefold() for name in columns]
    new = path.with_name(f"{path.name}.new")
    with new.open("w", encoding="utf-8-sig", newline="") as file:  # Excel needs the mark
        writer = csv.writer(file, delimiter=layout.delimiter)
        writer.writerow(columns)
        for rejection, record in _pairs(rejections, records):
            cells = _cells(record.cells, header, layout) + [""] * (len(columns) - len(header))
            cells[folded.index(key.casefold())] = guard(rejection.external_id)
            cells[folded.index(REASON)] = guard(rejection.reason)
            writer.writerow(cells)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _pairs(rejections: Iterable[Rejection], records: Iterable[Record]) -> Iterator[tuple[Rejection, Record]]:
    """Find each rejection's record in one reading of the file; both are in its order."""
    remaining = iter(records)
    for rejection in rejections:
        yield rejection, next(record for record in remaining if record.line == rejection.line)


def _cells(cells: list[str] | dict[str, Any], header: list[str], layout: Layout) -> list[str]:
    if isinstance(cells, dict):
        return [guard(str(cells[name])) if cells.get(name) is not None else "" for name in header]
    # A workbook's texts need no guard, but the file of rejected rows is CSV.
    return cells if layout.kind == "csv" else [guard(cell_text(cell)) for cell in cells]
