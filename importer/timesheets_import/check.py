"""Check every row of a file before any is sent, and report all faults."""

import time
from collections import Counter
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import BinaryIO, Final

from timesheets_import.errors import UsageError
from timesheets_import.layout import Layout
from timesheets_import.options import Options
from timesheets_import.records import read_records
from timesheets_import.report import Reporter
from timesheets_import.rows import FileRow, RowReader
from timesheets_import.text import counted, listing

_PROGRESS_ROWS: Final = 1000
"""Rows between two reports of progress."""
_MONTHS: Final = 12
_MAX_USERS: Final = 10_000
"""Users that are remembered for a message."""


class _Summary:
    """Counts, sums and limits of a file's rows."""

    def __init__(self) -> None:
        self.rows = self.faulty = self.repeated = self.faults = 0
        self.unknown: Counter[str] = Counter()
        self.doubtful_users: set[str] = set()
        self.hours, self.remainder = Decimal(0), Fraction(0)
        self.first, self.last = date.max, date.min
        self.max_day = 0

    def add(self, row: FileRow) -> None:
        self.rows += 1
        self.faulty += bool(row.faults or row.person)
        self.repeated += row.repeated
        self.faults += len(row.faults)
        if row.person and (row.person in self.unknown or len(self.unknown) < _MAX_USERS):
            self.unknown[row.person] += 1
        if row.row:
            self.hours += row.row.fields["hours"]
            self.remainder += row.remainder
            self.first = min(self.first, row.row.fields["date"])
            self.last = max(self.last, row.row.fields["date"])
            self.max_day = max(self.max_day, row.row.fields["date"].day)
            if "|" not in row.row.user_id and len(self.doubtful_users) < _MAX_USERS:
                self.doubtful_users.add(row.row.user_id)


def check_file(stream: BinaryIO, layout: Layout, options: Options, reporter: Reporter) -> int:
    """Check every row, report its faults, and return the number of rows.

    Raises
    ------
    UsageError
        If a row has a fault, or there are no rows.

    """
    summary = _Summary()
    started = time.monotonic()
    reader = RowReader(layout, options.form, options.dates, options.people)
    for row in reader.read(read_records(stream, layout)):
        summary.add(row)
        _report_faults(row, summary.faults, options.max_faults, reporter)
        if not summary.rows % _PROGRESS_ROWS:
            reporter.progress(summary.rows, None, summary.rows / (time.monotonic() - started), "Checked")
    if options.max_faults and summary.faults > options.max_faults:
        more = summary.faults - options.max_faults
        reporter.event("more", f"{counted(more, 'more fault')}; use --max-faults 0 to show all")
    for person, rows in summary.unknown.most_common():
        reporter.event("person", f"{person}: {counted(rows, 'row')}", person=person, rows=rows)
    if summary.faulty:
        raise UsageError(
            f"{summary.faulty:,} of {summary.rows:,} rows have faults; nothing was sent. Correct the file and"
            " run it again"
        )
    if not summary.rows:
        raise UsageError("The file has no rows. Check the export")
    _report_summary(summary, reader.rounding.count, options, reporter)
    return summary.rows


def _report_summary(summary: _Summary, rounded: int, options: Options, reporter: Reporter) -> None:
    if summary.doubtful_users and options.people is None:
        _report_users(sorted(summary.doubtful_users), options, reporter)
    if options.form.assumed_dates and options.form.date_format == "%m/%d/%Y" and summary.max_day <= _MONTHS:
        text = f"Dates from {summary.first} to {summary.last} are read as month/day/year. If the file has"
        reporter.event("warning", f"{text} day/month/year, use --date-format %d/%m/%Y")
    if summary.repeated:
        reporter.event(
            "repeated",
            f"The file has {counted(summary.repeated, 'repeated row')}. Each becomes an entry of its own;"
            " rows with the same external_id become one entry",
            rows=summary.repeated,
        )
    if rounded:
        exact = Fraction(summary.hours) + summary.remainder
        reporter.event(
            "rounded",
            f"{counted(rounded, 'duration')} rounded to 0.01 h: {exact:,.4f} h in the file,"
            f" {summary.hours:,.2f} h to import",
            rows=rounded,
            before=round(float(exact), 4),
            after=float(summary.hours),
        )
    reporter.event(
        "checked",
        f"{counted(summary.rows, 'row')} checked, no faults: {summary.hours:,.2f} h"
        f" from {summary.first} to {summary.last}",
        rows=summary.rows,
        hours=float(summary.hours),
        first=summary.first.isoformat(),
        last=summary.last.isoformat(),
    )


def _report_faults(row: FileRow, faults: int, max_faults: int, reporter: Reporter) -> None:
    shown = row.faults[: max(0, max_faults - faults + len(row.faults))] if max_faults else row.faults
    for fault in shown:
        line = row.record.line
        reporter.event("fault", f"line {line}: {fault}", line=line, detail=fault)


def _report_users(users: Iterable[str], options: Options, reporter: Reporter) -> None:
    """Warn of ids that do not look like those of users, or refuse them."""
    emails = [user for user in users if "@" in user and not user.endswith("@clients")]
    others = [user for user in users if user not in emails]
    parts = [f"an email address ({listing(emails)})"] if emails else []
    parts += [f"an id without a provider ({listing(others)})"] if others else []
    text = (
        f"user_id is {' or '.join(parts)}. Users sign in with ids such as auth0|5f7c8ec7c33c6c004bbafe82, and"
        " see no entries of other ids. Use --users FILE to map people to ids"
    )
    if options.strict_users:
        raise UsageError(f"{text}. Nothing was sent (--strict-users)")
    reporter.event("warning", text)
