"""What the command shows: a bar on a terminal, plain lines in a log, JSON for programs."""

import json
import sys
import threading
import time
from types import TracebackType
from typing import Final, Self, TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.text import Text

EVERY: Final = 10
"""Seconds between two lines of progress in a log, and between two of the same trouble."""


class Show:
    """One run's output: words on stderr, JSON on stdout."""

    def __init__(self, *, as_json: bool, out: TextIO | None = None, console: Console | None = None) -> None:
        """Show on a terminal if stderr is one."""
        self._out = out or sys.stdout
        self._json = as_json
        # Words of the file and of the server are no markup, and a log's lines are not wrapped.
        self._console = console or Console(
            stderr=True, highlight=False, markup=False, emoji=False, soft_wrap=True
        )
        self._lock = threading.Lock()
        self._told: dict[str, float] = {}
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
        """Begin."""
        if self._bar:
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the terminal as it was."""
        if self._bar:
            self._bar.stop()

    def say(self, event: str, text: str, **facts: object) -> None:
        """Tell of something that happened."""
        with self._lock:
            if self._json:
                print(json.dumps({"event": event, "text": text, **facts}), file=self._out, flush=True)
            elif text:
                self._console.print(Text(text))

    def trouble(self, why: str, seconds: float, left: float) -> None:
        """Tell of a wait, but not of each where many wait for the same."""
        now = time.monotonic()
        with self._lock:
            recent = now - self._told.get(why, -EVERY) < EVERY
            self._told[why] = now if not recent else self._told[why]
        if not recent:
            text = f"{why}; trying again in {seconds:.1f} s, giving up in {left:.0f} s"
            self.say("retry", text, reason=why, seconds=round(seconds, 1), gives_up_in=round(left))

    def progress(self, done: int, total: int | None, rate: float, what: str) -> None:
        """Show how far it is; in a log now and then."""
        if self._bar:
            with self._lock:
                if self._task is None or self._bar.tasks[-1].description != what:
                    for task in self._bar.task_ids:
                        self._bar.remove_task(task)
                    self._task = self._bar.add_task(what, total=total, rate="")
                self._bar.update(self._task, completed=done, total=total, rate=f"{rate:,.0f} rows/s")
            return
        now = time.monotonic()
        if now - self._line_at < EVERY:
            return
        self._line_at = now
        left = f", {(total - done) / rate:.0f} s left" if total and rate else ""
        of = f" of {total:,}" if total else ""
        self.say(
            "progress",
            f"{what}: {done:,}{of} rows, {rate:,.0f} rows/s{left}",
            done=done,
            rows=total,
            rows_per_second=round(rate, 1),
        )
