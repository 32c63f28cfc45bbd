"""Import a file: inspect it, check it as a whole, then send it."""

import hashlib
import json
import os
from collections import Counter
from contextlib import closing, suppress
from dataclasses import asdict, replace
from typing import Any, BinaryIO

from timesheets.model.batch import MAX_ROWS
from timesheets_import.check import check_file
from timesheets_import.errors import Exit, UsageError
from timesheets_import.files import Source, inspect, open_input
from timesheets_import.journal import STATUSES, Journal
from timesheets_import.layout import DELIMITERS, Layout, detect
from timesheets_import.options import Options
from timesheets_import.presets import PRESETS
from timesheets_import.records import read_records
from timesheets_import.rejects import write_rejects
from timesheets_import.report import Reporter
from timesheets_import.text import counted, listing, printable
from timesheets_import.upload import upload


def run(options: Options, reporter: Reporter) -> Exit:
    """Import a file and report the result.

    Raises
    ------
    ImporterError
        If the import ends early.

    """
    with open_input(options.file) as stream:
        source = inspect(stream, options.encoding)
        layout = detect(
            stream,
            source.encoding,
            known=options.form.known,
            kind="xlsx" if source.workbook else options.kind,
            delimiter=options.delimiter,
        )
        options = replace(options, form=options.form.with_preset(layout.header))
        _report_file(options, source, layout, reporter)
        rows = check_file(stream, layout, options, reporter)
        if options.credentials is None:
            reporter.event("end", "Nothing was sent (--dry-run)", rows=rows, exit_code=0)
            return Exit.SUCCESS
        before = _state(stream)
        with Journal(
            options.journal, _journal_key(options, source, layout), restart=options.again
        ) as journal:
            try:
                upload(stream, layout, options, journal, reporter, rows)
            finally:
                written = _write_rejects(stream, layout, options, journal)
            if _state(stream) != before:
                raise UsageError("The file was changed during the import. Run the same command again")
            return _conclude(journal.totals(), rows, written, options, reporter)


def _report_file(options: Options, source: Source, layout: Layout, reporter: Reporter) -> None:
    name = "standard input" if options.file == "-" else printable(options.file)
    form = options.form
    encoding = source.encoding.removesuffix("-sig")
    kinds = {
        "csv": f"CSV, {DELIMITERS.get(layout.delimiter, repr(layout.delimiter))}, {encoding}",
        "jsonl": f"JSON Lines, {encoding}",
        "xlsx": "Excel workbook, first sheet",
    }
    text = f"{name}: {kinds[layout.kind]}"
    if layout.header:
        text += f"; columns {listing(layout.header)}"
    if form.preset:
        columns = ", ".join(f"{field}={column}" for field, column in form.columns.items())
        text += f"\nRead as {PRESETS[form.preset].title} (--from {form.preset}): {printable(columns)}"
        text += f"; dates {form.date_format}" if form.date_format else ""
    reporter.event(
        "file",
        text,
        format=layout.kind,
        encoding=source.encoding,
        delimiter=layout.delimiter if layout.kind == "csv" else None,
        columns=list(layout.header[:100]),
        preset=form.preset,
    )
    if not source.complete:
        text = "The last line has no line end. Check that the file was not cut off"
        reporter.event("warning", text)


def _journal_key(options: Options, source: Source, layout: Layout) -> str:
    """Return a digest of the content, the format, the API and the client: they decide what is sent."""
    assert options.credentials is not None  # noqa: S101 a dry run has no journal
    facts: list[Any] = [
        source.digest,
        asdict(layout),
        asdict(options.form),
        options.people and sorted((name, sorted(ids)) for name, ids in options.people.ids.items()),
        options.api,
        options.credentials.client_id,
        MAX_ROWS,
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def _state(stream: BinaryIO) -> tuple[int, int]:
    status = os.fstat(stream.fileno())
    return status.st_size, status.st_mtime_ns


def _write_rejects(stream: BinaryIO, layout: Layout, options: Options, journal: Journal) -> bool:
    """Write the rejected rows, unless they are written already: the user may be correcting them."""
    count = journal.totals()["rejected"]
    if not count:
        return False
    if journal.written != count or not options.rejected.exists():
        # A record may be missing if the file was changed, which is reported elsewhere.
        with closing(read_records(stream, layout)) as records, suppress(RuntimeError):
            write_rejects(options.rejected, journal.rejections(), records, layout, options.form)
        journal.written = count
    return True


def _conclude(
    totals: Counter[str],
    rows: int,
    written: bool,  # noqa: FBT001
    options: Options,
    reporter: Reporter,
) -> Exit:
    code = Exit.REJECTED if totals["rejected"] else Exit.SUCCESS
    text = f"{counted(rows, 'row')}: " + ", ".join(f"{totals[status]:,} {status}" for status in STATUSES)
    if written:
        rejected = printable(str(options.rejected))
        text += (
            f"\nThe rejected rows are in {rejected}. Correct that file and import it with the same options"
        )
        if options.kind in {"jsonl", "xlsx"}:
            text += ", but with --format csv"
    reporter.event(
        "end",
        text,
        rows=rows,
        **{status: totals[status] for status in STATUSES},
        rejected_file=str(options.rejected) if written else None,
        exit_code=int(code),
    )
    return code
