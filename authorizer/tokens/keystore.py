"""Keys kept between requests: fetched ahead, refreshed in time, never lost to a failed fetch."""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from .errors import KeysUnavailable, Refused
from .settings import Settings

SET_BACK: Final = 60
"""Seconds by which a clock that is corrected may go back."""


class KeyStore[Key]:
    """The issuer's keys by `kid`.

    Times are wall-clock, so that a snapshot restored days later knows how old its keys are.
    """

    def __init__(
        self,
        fetch: Callable[[], Mapping[str, Key]],
        settings: Settings,
        *,
        on_failure: Callable[[KeysUnavailable], None],
        clock: Callable[[], float],
    ) -> None:
        """Keep what `fetch` returns, for as long as `settings` allow.

        `on_failure` learns of each failed fetch that the old keys outlive.
        """
        self._fetch = fetch
        self._max_age = settings.keys_max_age
        self._max_stale = settings.keys_max_stale
        self._cooldown = settings.keys_cooldown
        self._on_failure = on_failure
        self._clock = clock
        # The keys and when they were fetched, replaced as one: who reads them reads both of one fetch.
        self._held: tuple[Mapping[str, Key], float] = ({}, float("-inf"))
        self._tried_at = float("-inf")
        self._failure = "they were never fetched"
        self._fetching = threading.Lock()

    def get(self, key_id: str) -> Key:
        """Return the key of that name.

        Raises
        ------
        Refused
            If the issuer has no such key.
        KeysUnavailable
            If there are no keys that may still be used.

        """
        keys, age = self._look()
        if key_id in keys and age < self._max_age:
            return keys[key_id]
        self.refresh(wait=key_id not in keys or age >= self._max_age + self._max_stale)
        keys, age = self._look()
        if age >= self._max_age + self._max_stale:
            raise KeysUnavailable(f"the issuer's keys are out of reach: {self._failure}")
        if key_id not in keys:
            raise Refused("unknown_key")
        return keys[key_id]

    def refresh(self, *, wait: bool) -> None:
        """Fetch the keys, unless the last try was within the cooldown.

        One fetch runs at a time. Who finds another's under way waits for it only if told to: a token
        whose key is known is never held up.
        """
        if not self._fetching.acquire(blocking=wait):
            return
        try:
            now = self._clock()
            if 0 <= now - self._tried_at < self._cooldown:
                return
            self._tried_at = now
            self._held = (self._fetch(), now)
        except Exception as error:  # noqa: BLE001 whatever went wrong, the old keys serve on
            self._failure = str(error) if isinstance(error, KeysUnavailable) else type(error).__name__
            if self._look()[1] < self._max_age + self._max_stale:
                self._on_failure(KeysUnavailable(self._failure))
        finally:
            self._fetching.release()

    def _look(self) -> tuple[Mapping[str, Key], float]:
        """Return the keys and their age in seconds, beyond all bounds if the clock was set back by much."""
        keys, fetched_at = self._held
        age = self._clock() - fetched_at
        return keys, (age if age >= -SET_BACK else float("inf"))
