"""Keys kept between requests: fetched ahead, refreshed in time, never lost to a failed fetch."""

import threading
from collections.abc import Callable, Mapping

from refusal import KeysUnavailable, Refused
from settings import Settings


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
        self._keys: Mapping[str, Key] = {}
        self._fetched_at: float | None = None
        self._tried_at: float | None = None
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
        key = self._keys.get(key_id)
        if key is not None and self._age() < self._max_age:
            return key
        self.refresh(wait=key is None or not self._usable())
        if not self._usable():
            raise KeysUnavailable(f"the issuer's keys are out of reach: {self._failure}")
        key = self._keys.get(key_id)
        if key is None:
            raise Refused("unknown_key")
        return key

    def refresh(self, *, wait: bool) -> None:
        """Fetch the keys, unless the last try was within the cooldown.

        One fetch runs at a time. Who finds another's under way waits for it only if told to: a token
        whose key is known is never held up.
        """
        if not self._fetching.acquire(blocking=wait):
            return
        try:
            now = self._clock()
            if self._tried_at is not None and 0 <= now - self._tried_at < self._cooldown:
                return
            self._tried_at = now
            self._keys = self._fetch()
            self._fetched_at = now
        except KeysUnavailable as failure:
            self._failure = str(failure)
            if self._usable():
                self._on_failure(failure)
        finally:
            self._fetching.release()

    def _age(self) -> float:
        """Return the keys' age in seconds; beyond all bounds if there are none, or the clock was set back."""
        if self._fetched_at is None:
            return float("inf")
        age = self._clock() - self._fetched_at
        return age if age >= 0 else float("inf")

    def _usable(self) -> bool:
        return self._age() < self._max_age + self._max_stale
