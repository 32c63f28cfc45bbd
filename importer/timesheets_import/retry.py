"""Wait between tries, longer each time, and give up without progress."""

import random
import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Final

from timesheets_import.errors import DeliveryError, Interrupted

FIRST_WAIT: Final = 0.5
"""Seconds."""
MAX_WAIT: Final = 30.0
"""Seconds; a server's `Retry-After` may ask for more."""
FIRST_CONTACT: Final = 5.0
"""Seconds of tries to reach a server that has never answered: its address is probably wrong."""


class Retry:
    """The waits of all threads of one import. Progress restarts the time limit."""

    def __init__(self, time_limit: float, report: Callable[[str, float, float], None]) -> None:
        """Give up after `time_limit` seconds without progress.

        `report` is called before a wait, with its reason, its seconds and the seconds until giving up.
        """
        self._time_limit = time_limit
        self._report = report
        self._stop = threading.Event()
        self._hold_until = 0.0
        self._progress = time.monotonic()

    def progress(self) -> None:
        """Restart the time limit."""
        self._progress = time.monotonic()

    def stop(self) -> None:
        """End all waits and allow no further try."""
        self._stop.set()

    @property
    def stopped(self) -> bool:
        """Whether no further try is allowed."""
        return self._stop.is_set()

    def hold(self) -> None:
        """Wait until the server's last `Retry-After` has passed.

        Raises
        ------
        Interrupted
            If stopped.

        """
        wait = self._hold_until - time.monotonic()
        if self._stop.wait(wait) if wait > 0 else self._stop.is_set():
            raise Interrupted("Stopped")

    def wait(
        self, attempt: int, reason: str, retry_after: float | None = None, *, unreachable: bool = False
    ) -> None:
        """Wait before the next try. `attempt` counts from 0; `unreachable` servers have never answered.

        Raises
        ------
        DeliveryError
            If the time limit would pass.
        Interrupted
            If stopped.

        """
        # Jitter spreads threads that failed together.
        seconds = min(MAX_WAIT, FIRST_WAIT * 2**attempt) * random.uniform(0.5, 1)  # noqa: S311 no secret
        now = time.monotonic()
        if retry_after is not None:
            seconds = max(seconds, retry_after + random.uniform(0, FIRST_WAIT))  # noqa: S311
            self._hold_until = max(self._hold_until, now + retry_after)
        limit = min(self._time_limit, FIRST_CONTACT) if unreachable else self._time_limit
        remaining = self._progress + limit - now
        if seconds > remaining:
            if unreachable:
                raise DeliveryError(
                    f"{reason}. Check the address and the network, then run the command again"
                )
            asked = f", and the server asks to wait {retry_after:.0f} s" if retry_after else ""
            raise DeliveryError(
                f"{reason}; no progress for {limit - remaining:.0f} s{asked}. Run the same command again"
                " later to continue, or wait longer: --give-up-after"
            )
        self._report(reason, seconds, remaining)
        if self._stop.wait(seconds):
            raise Interrupted("Stopped")


def parse_retry_after(value: str | None) -> float | None:
    """Return the seconds of a `Retry-After` header (RFC 9110, section 10.2.3); None if it has none."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
