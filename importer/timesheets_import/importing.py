"""One run: the file is looked at, checked as a whole, and then sent."""

import hashlib
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from typing import Any, BinaryIO, Final

import httpx2 as httpx

from timesheets.model.rows import MAX_ROWS
from timesheets_import import rejecting
from timesheets_import.errors import Exit, GaveUp, Interrupted, Stop, Usage, printable
from timesheets_import.files import DELIMITERS, Examined, Layout, examine, layout_of, opened, records
from timesheets_import.journal import STATUSES, Journal, Rejected
from timesheets_import.mapping import Checked, Checker, listed
from timesheets_import.options import Options
from timesheets_import.patience import Patience
from timesheets_import.sending import PATH, TIMEOUT, Batch, Result, Sender, batches, reason
from timesheets_import.showing import Show
from timesheets_import.signing_in import Tokens

GRACE: Final = 5
"""Seconds in which answers that are on their way may still come, once it is to stop."""
_LOOK: Final = 1000
"""Rows between two looks at the clock."""


def run(options: Options, show: Show) -> Exit:
    """Import a file, and tell how that went.

    Raises
    ------
    Stop
        If it can't go on to its end.

    """
    with opened(options.file) as stream:
        examined = examine(stream, options.encoding)
        layout = layout_of(
            stream,
            examined.encoding,
            known=options.reading.known,
            kind=options.kind,
            delimiter=options.delimiter,
        )
        _introduce(options.file, examined, layout, show)
        rows = _checked(stream, layout, options, show)
        if options.dry_run:
            show.say("end", f"{rows:,} rows are good. Nothing was sent (--dry-run)", rows=rows, exit_code=0)
            return Exit.ALL_IN
        state = _state(stream)
        with Journal(options.journal, _about(options, examined, layout), again=options.again) as journal:
            try:
                _send(stream, layout, options, journal, show, rows)
            finally:
                written = _write_rejected(stream, layout, options, journal)
            if _state(stream) != state:
                raise Usage("The file was changed while it was sent. Run the same command again")
            return _conclude(journal.totals(), rows, written, options, show)


def _introduce(name: str, examined: Examined, layout: Layout, show: Show) -> None:
    if layout.kind == "csv":
        form = f"CSV, {DELIMITERS.get(layout.delimiter, repr(layout.delimiter))}, {examined.encoding_name}"
        columns = f"; columns {listed(layout.header)}"
    else:
        form, columns = f"JSON Lines, {examined.encoding_name}", ""
    name = "standard input" if name == "-" else printable(name)
    show.say(
        "file",
        f"{name}: {form}{columns}",
        format=layout.kind,
        encoding=examined.encoding,
        delimiter=layout.delimiter if layout.kind == "csv" else None,
        columns=list(layout.header[:100]),
    )
    if not examined.whole:
        text = "The last line has no end. That is fine, unless the file was cut off"
        show.say("warning", text)


def _checked(stream: BinaryIO, layout: Layout, options: Options, show: Show) -> int:
    """Check every row, report each fault, and return how many rows there are."""
    rows = faulty = repeated = shown = 0
    started = time.monotonic()
    for checked in Checker(layout, options.reading).check(records(stream, layout)):
        rows += 1
        faulty += bool(checked.faults)
        repeated += checked.repeats
        for fault in checked.faults:
            shown += 1
            if not options.most_faults or shown <= options.most_faults:
                line = checked.record.line
                show.say("fault", f"line {line}: {fault}", line=line, detail=fault)
        if not rows % _LOOK:
            show.progress(rows, None, rows / (time.monotonic() - started), "Checked")
    if faulty:
        if options.most_faults and shown > options.most_faults:
            text = f"{shown - options.most_faults:,} more faults; --max-faults 0 shows all"
            show.say("more", text)
        raise Usage(
            f"Faults in {faulty:,} of {rows:,} rows. Nothing was sent. Mend the file and run it again"
        )
    if not rows:
        raise Usage("The file has no rows. Was everything exported?")
    if repeated:
        show.say(
            "repeated",
            f"{repeated:,} rows repeat one further up. Without an external_id each makes an entry of its own;"
            " with one they are the same",
            rows=repeated,
        )
    show.say("checked", f"{rows:,} rows checked, no faults", rows=rows)
    return rows


def _send(  # noqa: PLR0913, PLR0917 all of one run
    stream: BinaryIO, layout: Layout, options: Options, journal: Journal, show: Show, rows: int
) -> None:
    """Send what is not in yet."""
    done = journal.done()
    if len(done) * MAX_ROWS >= rows:
        show.say("resumed", "This file is in already. --again sends it again", batches=len(done))
        return
    if done:
        show.say("resumed", f"Going on: {len(done):,} batches are in already", batches=len(done))
    assert options.credentials is not None  # noqa: S101 there are for whoever sends
    patience = Patience(options.give_up_after, show.trouble)
    limits = httpx.Limits(max_connections=options.at_once)
    before, started = sum(journal.totals().values()), time.monotonic()

    def note(batch: Batch, results: list[Result]) -> None:
        counts = Counter(str(result["status"]) for result in results)
        if set(counts) - set(STATUSES):
            raise GaveUp(f"The API says of a row: {printable(str(set(counts)))}. Is this importer too old?")
        rejected = [
            Rejected(row.record.line, row.external_id, reason(result))
            for row, result in zip(batch.rows, results, strict=True)
            if result["status"] == "rejected"
        ]
        journal.record(batch.number, counts, rejected)
        for row in rejected:
            text = f"line {row.line}: rejected: {printable(row.reason)}"
            show.say("rejected", text, line=row.line, reason=row.reason)
        now = sum(journal.totals().values())
        show.progress(now, rows, (now - before) / (time.monotonic() - started), "Sent")

    with (
        httpx.Client(timeout=TIMEOUT, limits=limits) as http,
        closing(Tokens(options.credentials, patience)) as tokens,
        _stoppable(patience),
        closing(records(stream, layout)) as found,
        closing(_good(Checker(layout, options.reading).check(found))) as good,
    ):
        tokens.current()
        url = options.api.rstrip("/") + PATH
        sender = Sender(http, url, tokens, patience, at_once=options.at_once)
        try:
            for batch, results in sender.send(batches(good, done)):
                note(batch, results)
        except Stop:
            for batch, results in sender.last(GRACE):
                note(batch, results)
            raise


def _good(rows: Generator[Checked]) -> Generator[Checked]:
    with closing(rows):
        for row in rows:
            if row.faults:
                raise Usage("The file was changed while it was sent. Run the same command again")
            yield row


@contextmanager
def _stoppable(patience: Patience) -> Iterator[None]:
    """Let the first Ctrl-C or SIGTERM stop between two batches, and a second one at once."""

    def stop(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        patience.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    except Interrupted:
        raise Interrupted("Stopped. Run the same command again: it goes on where it was") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _about(options: Options, examined: Examined, layout: Layout) -> str:
    """Return what the journal is about: this content, read this way, sent to this API as this client."""
    assert options.credentials is not None  # noqa: S101 there are for whoever sends
    reading = asdict(options.reading)
    told: list[Any] = [
        examined.digest,
        asdict(layout),
        reading,
        options.api,
        options.credentials.client_id,
        MAX_ROWS,
    ]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _state(stream: BinaryIO) -> tuple[int, int]:
    found = os.fstat(stream.fileno())
    return found.st_size, found.st_mtime_ns


def _write_rejected(stream: BinaryIO, layout: Layout, options: Options, journal: Journal) -> bool:
    """Write the rejected rows out, unless that was done: somebody may be mending them."""
    count = journal.totals()["rejected"]
    if not count:
        return False
    if journal.written != count or not options.rejected.exists():
        # Where the file has changed meanwhile, that is told elsewhere.
        with closing(records(stream, layout)) as rows, suppress(RuntimeError):
            rejecting.write(options.rejected, journal.rejected(), rows, layout, options.reading)
        journal.written = count
    return True


def _conclude(totals: Counter[str], rows: int, written: bool, options: Options, show: Show) -> Exit:  # noqa: FBT001
    code = Exit.SOME_REJECTED if totals["rejected"] else Exit.ALL_IN
    text = f"{rows:,} rows: " + ", ".join(f"{totals[status]:,} {status}" for status in STATUSES)
    if written:
        text += f"\nThe rejected rows are in {printable(str(options.rejected))}: mend and send them"
    show.say(
        "end",
        text,
        rows=rows,
        **{status: totals[status] for status in STATUSES},
        rejected_file=str(options.rejected) if written else None,
        exit_code=int(code),
    )
    return code
