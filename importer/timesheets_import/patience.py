"""When to try again, and when to give up."""

import random
import threading
import time
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Final

from timesheets_import.errors import GaveUp, Interrupted

FIRST_WAIT: Final = 0.5
LONGEST_WAIT: Final = 30.0
"""Seconds, but for a server that asks for longer."""


class Patience:
    """What all that speak to a server share: each answer starts the time to give up after anew."""

    def __init__(self, give_up_after: float, tell: Callable[[str, float, float], None]) -> None:
        """Give up after so many seconds without progress. `tell` of a wait: why, how long, what is left."""
        self._give_up_after = give_up_after
        self._tell = tell
        self._stopped = threading.Event()
        self._hold_until = 0.0
        self._progress = time.monotonic()

    def progress(self) -> None:
        """Note that something went right."""
        self._progress = time.monotonic()

    def stop(self) -> None:
        """Wake all who wait, and let nobody try again."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Nobody tries again."""
        return self._stopped.is_set()

    def hold(self) -> None:
        """Wait as long as the server has asked all of us to.

        Raises
        ------
        Interrupted
            If stopped.

        """
        wait = self._hold_until - time.monotonic()
        if self._stopped.wait(wait) if wait > 0 else self._stopped.is_set():
            raise Interrupted("Stopped")

    def again(self, tries: int, why: str, asked: float | None = None) -> None:
        """Wait before the next try: longer each time, and at least as long as the server asked for.

        Raises
        ------
        GaveUp
            If that would be too long without progress.
        Interrupted
            If stopped.

        """
        # The jitter keeps those who failed together from coming back together.
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2**tries) * random.uniform(0.5, 1)  # noqa: S311 no secret
        now = time.monotonic()
        if asked is not None:
            wait = max(wait, asked + random.uniform(0, FIRST_WAIT))  # noqa: S311
            self._hold_until = max(self._hold_until, now + asked)
        left = self._progress + self._give_up_after - now
        if wait > left:
            raise GaveUp(
                f"{why}; nothing has gone in for {self._give_up_after - left:.0f} s"
                + (f", and the server asks to wait {asked:.0f} s" if asked and asked > left else "")
                + ". Run the same command again later: it goes on where it was. --give-up-after waits longer"
            )
        self._tell(why, wait, left)
        if self._stopped.wait(wait):
            raise Interrupted("Stopped")


def retry_after(value: str | None) -> float | None:
    """Return the seconds that a `Retry-After` header asks for (RFC 9110, section 10.2.3)."""
    if value is None:
        return None
    if value.strip().isascii() and value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
