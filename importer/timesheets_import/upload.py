"""Send the rows that the journal does not have, and record each batch's results."""

import signal
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from typing import BinaryIO, Final

import httpx2 as httpx

from timesheets.model.batch import MAX_ROWS
from timesheets_import.errors import DeliveryError, ImporterError, Interrupted, UsageError
from timesheets_import.journal import STATUSES, Journal, Rejection
from timesheets_import.layout import Layout
from timesheets_import.oauth import Tokens
from timesheets_import.options import Options
from timesheets_import.records import read_records
from timesheets_import.report import Reporter
from timesheets_import.responses import Result, rejection_reason
from timesheets_import.retry import Retry
from timesheets_import.rows import FileRow, RowReader
from timesheets_import.sender import PATH, TIMEOUT, Batch, Sender, batches
from timesheets_import.text import printable

GRACE: Final = 5
"""Seconds in which late answers are still recorded after an early end."""


def upload(  # noqa: PLR0913, PLR0917 the parts of one run
    stream: BinaryIO, layout: Layout, options: Options, journal: Journal, reporter: Reporter, rows: int
) -> None:
    """Send the rows that the journal does not have.

    Raises
    ------
    ImporterError
        If some rows could not be sent.

    """
    done = journal.done()
    if len(done) * MAX_ROWS >= rows:
        text = "This file has already been imported; use --again to resend it"
        reporter.event("resumed", text, batches=len(done))
        return
    if done:
        text = f"Continuing; batches that are already imported: {len(done):,}"
        reporter.event("resumed", text, batches=len(done))
    assert options.credentials is not None  # noqa: S101 a dry run ends before
    reader = RowReader(layout, options.form, options.dates, options.people)
    retry = Retry(options.give_up_after, reporter.retry)
    limits = httpx.Limits(max_connections=options.at_once)
    before, started = sum(journal.totals().values()), time.monotonic()
    with (
        httpx.Client(timeout=TIMEOUT, limits=limits) as http,
        closing(Tokens(options.credentials, retry)) as tokens,
        _signals(retry),
        closing(read_records(stream, layout)) as records,
        closing(_valid(reader.read(records))) as valid,
    ):
        tokens.current()
        url = options.api.rstrip("/") + PATH
        sender = Sender(http, url, tokens, retry, at_once=options.at_once)
        try:
            for batch, results in sender.send(batches(valid, done)):
                _record(batch, results, journal, reporter)
                imported = sum(journal.totals().values())
                rate = (imported - before) / (time.monotonic() - started)
                reporter.progress(imported, rows, rate, "Sent")
        except ImporterError:
            for batch, results in sender.late_results(GRACE):
                _record(batch, results, journal, reporter)
            raise


def _record(batch: Batch, results: list[Result], journal: Journal, reporter: Reporter) -> None:
    counts = Counter(str(result["status"]) for result in results)
    if unknown := set(counts) - set(STATUSES):
        raise DeliveryError(f"The API gives rows a status that is unknown here: {printable(str(unknown))}")
    rejections = [
        Rejection(row.record.line, row.external_id, rejection_reason(result))
        for row, result in zip(batch.rows, results, strict=True)
        if result["status"] == "rejected"
    ]
    journal.record(batch.number, counts, rejections)
    for row in rejections:
        text = f"line {row.line}: rejected: {printable(row.reason)}"
        reporter.event("rejected", text, line=row.line, reason=row.reason)


def _valid(rows: Generator[FileRow]) -> Generator[FileRow]:
    with closing(rows):
        for row in rows:
            if row.faults or row.person:
                raise UsageError("The file was changed during the import. Run the same command again")
            yield row


@contextmanager
def _signals(retry: Retry) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM stop the import after the current batches, a second one at once."""

    def stop(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        retry.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except Interrupted:
        raise Interrupted("Stopped. Run the same command again to continue") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
