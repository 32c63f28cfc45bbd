"""A cache of verification keys: refreshes them in time and keeps them when a fetch fails."""

import threading
from collections.abc import Callable, Mapping
from typing import Final

from .errors import InvalidToken, KeysUnavailable
from .settings import Settings

CLOCK_TOLERANCE: Final = 60
"""Seconds by which the clock may step back without making cached keys unusable."""


class KeyStore[Key]:
    """The issuer's keys by `kid`.

    Uses wall-clock time, so that a snapshot restored days later knows the age of its keys.
    """

    def __init__(
        self,
        fetch: Callable[[], Mapping[str, Key]],
        settings: Settings,
        *,
        on_failure: Callable[[KeysUnavailable], None],
        clock: Callable[[], float],
    ) -> None:
        """Cache the keys that `fetch` returns, for the times that `settings` give.

        Calls `on_failure` when a fetch fails and the cached keys stay in use.
        """
        self._fetch = fetch
        self._max_age = settings.keys_max_age
        self._max_stale = settings.keys_max_stale
        self._cooldown = settings.keys_cooldown
        self._on_failure = on_failure
        self._clock = clock
        # Keys and time of fetch in one tuple: a reader in another thread must not mix two fetches.
        self._cache: tuple[Mapping[str, Key], float] = ({}, float("-inf"))
        self._last_attempt = float("-inf")
        self._last_error = "they were never fetched"
        self._lock = threading.Lock()

    def get(self, key_id: str) -> Key:
        """Return the key with this `kid`.

        Raises
        ------
        InvalidToken
            If the issuer publishes no such key.
        KeysUnavailable
            If there are no keys that may still be used.

        """
        keys, age = self._keys_and_age()
        if key_id in keys and age < self._max_age:
            return keys[key_id]
        self.refresh(wait=key_id not in keys or age >= self._max_age + self._max_stale)
        keys, age = self._keys_and_age()
        if age >= self._max_age + self._max_stale:
            raise KeysUnavailable(f"no usable keys of the issuer: {self._last_error}")
        if key_id not in keys:
            raise InvalidToken("unknown_key")
        return keys[key_id]

    def refresh(self, *, wait: bool) -> None:
        """Fetch the keys, unless the last attempt was within the cooldown.

        One fetch runs at a time. While another thread fetches, this method returns at once unless
        `wait` is set, so that a token with a known key is never delayed.
        """
        if not self._lock.acquire(blocking=wait):
            return
        try:
            now = self._clock()
            if 0 <= now - self._last_attempt < self._cooldown:
                return
            self._last_attempt = now
            self._cache = (self._fetch(), now)
        except Exception as error:  # noqa: BLE001 after any failure, cached keys stay in use
            self._last_error = str(error) if isinstance(error, KeysUnavailable) else type(error).__name__
            if self._keys_and_age()[1] < self._max_age + self._max_stale:
                self._on_failure(KeysUnavailable(self._last_error))
        finally:
            self._lock.release()

    def _keys_and_age(self) -> tuple[Mapping[str, Key], float]:
        """Return the cached keys and their age in seconds; infinite if the clock stepped far back."""
        keys, fetched_at = self._cache
        age = self._clock() - fetched_at
        return keys, (age if age >= -CLOCK_TOLERANCE else float("inf"))
