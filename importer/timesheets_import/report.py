"""Report an import: a progress bar on a terminal, lines in a log, or JSON Lines for programs."""

import json
import sys
import threading
import time
from types import TracebackType
from typing import Final, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

INTERVAL: Final = 10
"""Seconds between two lines of progress in a log, and between two equal warnings about a retry."""


class Reporter:
    """The output of one run: text on stderr, JSON on stdout. Threads share it."""

    def __init__(self, *, as_json: bool, out: TextIO | None = None, console: Console | None = None) -> None:
        """Show a progress bar if stderr is a terminal."""
        self._out = out or sys.stdout
        self._json = as_json
        # Text of files and servers is not markup, and lines of a log are not wrapped.
        self._console = console or Console(
            stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True
        )
        self._lock = threading.Lock()
        self._retries: dict[str, float] = {}
        self._line_at = time.monotonic()
        self._bar: Progress | None = None
        self._task: TaskID | None = None
        if self._console.is_terminal and not as_json:
            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[rate]}"),
                TimeRemainingColumn(),
                console=self._console,
                transient=True,
            )

    def __enter__(self) -> Self:
        """Show the progress bar."""
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the progress bar."""
        if self._bar:
            self._bar.stop()

    def event(self, name: str, text: str, **facts: object) -> None:
        """Report an event: its text for people, its name and facts for programs."""
        with self._lock:
            if self._json:
                print(json.dumps({"event": name, "text": text, **facts}), file=self._out, flush=True)
            elif text:
                self._console.print(Text(text))

    def retry(self, reason: str, seconds: float, remaining: float) -> None:
        """Report a wait before a retry, unless the same reason was reported a moment ago."""
        now = time.monotonic()
        with self._lock:
            recent = now - self._retries.get(reason, -INTERVAL) < INTERVAL
            if not recent:
                self._retries[reason] = now
        if not recent:
            text = f"{reason}; retrying in {seconds:.1f} s, giving up in {remaining:.0f} s"
            self.event("retry", text, reason=reason, seconds=round(seconds, 1), gives_up_in=round(remaining))

    def progress(self, done: int, total: int | None, rate: float, action: str) -> None:
        """Report progress in rows and rows per second; in a log every `INTERVAL`."""
        if self._bar:
            with self._lock:
                if self._task is None or self._bar.tasks[-1].description != action:
                    for task in self._bar.task_ids:
                        self._bar.remove_task(task)
                    self._task = self._bar.add_task(action, total=total, rate="")
                self._bar.update(self._task, completed=done, total=total, rate=f"{rate:,.0f} rows/s")
            return
        now = time.monotonic()
        if now - self._line_at < INTERVAL:
            return
        self._line_at = now
        remaining = f", {(total - done) / rate:.0f} s left" if total and rate else ""
        count = f"{done:,} of {total:,}" if total else f"{done:,}"
        self.event(
            "progress",
            f"{action}: {count} rows, {rate:,.0f} rows/s{remaining}",
            done=done,
            rows=total,
            rows_per_second=round(rate, 1),
        )
