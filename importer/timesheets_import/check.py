"""Check every row of a file before any is sent, and report all faults."""

import time
from typing import BinaryIO, Final

from timesheets_import.errors import UsageError
from timesheets_import.layout import Layout
from timesheets_import.options import Options
from timesheets_import.records import read_records
from timesheets_import.report import Reporter
from timesheets_import.rows import RowReader

_PROGRESS_ROWS: Final = 1000
"""Rows between two reports of progress."""


def check_file(stream: BinaryIO, layout: Layout, options: Options, reporter: Reporter) -> int:
    """Check every row, report its faults, and return the number of rows.

    Raises
    ------
    UsageError
        If a row has a fault, or there are no rows.

    """
    rows = faulty = repeated = faults = 0
    started = time.monotonic()
    for row in RowReader(layout, options.form).read(read_records(stream, layout)):
        rows += 1
        faulty += bool(row.faults)
        repeated += row.repeated
        for fault in row.faults:
            faults += 1
            if not options.max_faults or faults <= options.max_faults:
                line = row.record.line
                reporter.event("fault", f"line {line}: {fault}", line=line, detail=fault)
        if not rows % _PROGRESS_ROWS:
            reporter.progress(rows, None, rows / (time.monotonic() - started), "Checked")
    if faulty:
        if options.max_faults and faults > options.max_faults:
            text = f"{faults - options.max_faults:,} more faults; use --max-faults 0 to show all"
            reporter.event("more", text)
        raise UsageError(
            f"{faulty:,} of {rows:,} rows have faults; nothing was sent. Correct the file and run it again"
        )
    if not rows:
        raise UsageError("The file has no rows. Check the export")
    if repeated:
        reporter.event(
            "repeated",
            f"{repeated:,} rows repeat an earlier row. Each becomes an entry of its own; rows with the same"
            " external_id become one entry",
            rows=repeated,
        )
    reporter.event("checked", f"{rows:,} rows checked, no faults", rows=rows)
    return rows
