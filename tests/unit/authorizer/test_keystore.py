"""The key cache: fetches, refreshes and outages, on a clock that the test controls."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from tokens.errors import InvalidToken, KeysUnavailable, OperationalError
from tokens.keystore import KeyStore
from tokens.settings import Settings

MAX_AGE, MAX_STALE, COOLDOWN = 600, 3600, 10


@dataclass
class Source:
    """An issuer whose keys equal their names; counts fetches and has its own clock."""

    names: set[str] = field(default_factory=lambda: {"a"})
    now: float = 1_795_176_000
    down: bool = False
    fetches: int = 0
    failures: list[OperationalError] = field(default_factory=list)
    on_fetch: Callable[[], None] = lambda: None

    def fetch(self) -> dict[str, str]:
        self.fetches += 1
        self.on_fetch()
        if self.down:
            raise KeysUnavailable("the issuer is down")
        return {name: name for name in self.names}

    def store(self) -> KeyStore[str]:
        environment = {"TOKEN_ISSUER": "https://exampleco.example/", "AUDIENCE": "x"}
        settings = Settings(environment)
        assert (settings.keys_max_age, settings.keys_max_stale, settings.keys_cooldown) == (
            MAX_AGE,
            MAX_STALE,
            COOLDOWN,
        )
        return KeyStore(self.fetch, settings, on_failure=self.failures.append, clock=lambda: self.now)


@pytest.fixture
def source() -> Source:
    return Source()


def check_unknown(store: KeyStore[str], name: str) -> None:
    with pytest.raises(InvalidToken, match="unknown_key"):
        store.get(name)


def test_keys_are_fetched_once_and_kept(source: Source) -> None:
    store = source.store()
    store.refresh(wait=False)
    for _ in range(1000):
        assert store.get("a") == "a"
    assert source.fetches == 1


def test_a_removed_key_stops_verifying_after_the_refresh(source: Source) -> None:
    store = source.store()
    assert store.get("a") == "a"
    source.names = {"b"}
    source.now += MAX_AGE - 1
    assert store.get("a") == "a"
    source.now += 1
    check_unknown(store, "a")
    assert store.get("b") == "b"
    assert source.fetches == 2


def test_a_newly_rotated_key_works_within_the_cooldown(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.names = {"a", "b"}
    check_unknown(store, "b")
    source.now += COOLDOWN
    assert store.get("b") == "b"


def test_unknown_key_ids_cause_one_fetch_per_cooldown(source: Source) -> None:
    store = source.store()
    store.get("a")
    for second in range(10 * COOLDOWN):
        for n in range(20):
            check_unknown(store, f"unknown-{second}-{n}")
        assert store.get("a") == "a"
        source.now += 1
    assert source.fetches == 10


def test_unknown_key_ids_cause_one_fetch_per_cooldown_during_an_outage(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.down = True
    for second in range(10 * COOLDOWN):
        check_unknown(store, f"unknown-{second}")
        assert store.get("a") == "a"
        source.now += 1
    assert source.fetches == 10
    assert len(source.failures) == 9


def test_an_outage_is_bridged_for_a_bounded_time(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.down = True
    source.now += MAX_AGE + MAX_STALE - 1
    assert store.get("a") == "a"
    assert len(source.failures) == 1
    source.now += 1
    with pytest.raises(KeysUnavailable, match="the issuer is down"):
        store.get("a")
    source.down = False
    source.now += COOLDOWN
    assert store.get("a") == "a"


def test_without_keys_no_token_is_called_invalid(source: Source) -> None:
    source.down = True
    store = source.store()
    for name in ("a", "unknown"):
        with pytest.raises(KeysUnavailable):
            store.get(name)
    assert source.fetches == 1
    assert not source.failures
    source.down = False
    source.now += COOLDOWN
    assert store.get("a") == "a"


def test_a_snapshot_restored_days_later_fetches_keys_first(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.names = {"b"}
    source.now += 5 * 86_400
    check_unknown(store, "a")
    assert store.get("b") == "b"


def test_a_clock_that_steps_far_back_causes_a_fetch(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.now -= 86_400
    assert store.get("a") == "a"
    assert source.fetches == 2


def test_a_small_clock_correction_keeps_keys_usable(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.down = True
    source.now -= 1
    assert store.get("a") == "a"


def test_cached_keys_stay_in_use_after_any_error_in_a_fetch(source: Source) -> None:
    def fail() -> None:
        raise RuntimeError("can't start new thread")

    store = source.store()
    store.get("a")
    source.on_fetch = fail
    source.now += MAX_AGE
    assert store.get("a") == "a"
    assert str(source.failures[0]) == "RuntimeError"


def test_a_keys_age_counts_from_its_own_fetch(source: Source) -> None:
    """Another thread refreshes while this one reads the clock."""
    store = source.store()
    store.get("a")
    source.names = {"b"}
    source.now += 5 * 86_400
    refreshes: list[Callable[[], None]] = [lambda: store.refresh(wait=True)]
    original = store._clock

    def clock() -> float:
        while refreshes:
            refreshes.pop()()
        return original()

    store._clock = clock
    check_unknown(store, "a")


def test_one_fetch_runs_at_a_time(source: Source) -> None:
    running = threading.Semaphore(1)

    def fetch_alone() -> None:
        assert running.acquire(blocking=False), "two fetches at once"
        threading.Event().wait(0.05)
        running.release()

    source.on_fetch = fetch_alone
    store = source.store()
    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(store.get, ["a"] * 200)) == {"a"}
    assert source.fetches == 1


def test_a_fetch_for_an_unknown_key_does_not_delay_known_keys(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.now += COOLDOWN
    started, proceed = threading.Event(), threading.Event()

    def slow() -> None:
        started.set()
        assert proceed.wait(10)

    source.on_fetch = slow
    with ThreadPoolExecutor(1) as pool:
        lookup = pool.submit(check_unknown, store, "unknown")
        assert started.wait(10)
        assert store.get("a") == "a"  # fresh
        source.now += MAX_AGE
        assert store.get("a") == "a"  # due, while another thread fetches
        proceed.set()
        lookup.result(10)


def test_a_new_key_waits_for_the_fetch_in_progress(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.now += COOLDOWN
    source.names = {"a", "b"}
    started, proceed = threading.Event(), threading.Event()

    def slow() -> None:
        started.set()
        assert proceed.wait(10)

    source.on_fetch = slow
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(store.get, "b")
        assert started.wait(10)
        second = pool.submit(store.get, "b")
        proceed.set()
        assert (first.result(10), second.result(10)) == ("b", "b")
    assert source.fetches == 2
