"""Keys between requests: fetched once, refreshed in time, never lost; the clock is the test's."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from tokens.errors import KeysUnavailable, OperationalError, Refused
from tokens.keystore import KeyStore
from tokens.settings import Settings

MAX_AGE, MAX_STALE, COOLDOWN = 600, 3600, 10


@dataclass
class Source:
    """An issuer of keys named after themselves, its clock, and how often it was asked."""

    names: set[str] = field(default_factory=lambda: {"a"})
    now: float = 1_795_176_000
    down: bool = False
    fetches: int = 0
    kept: list[OperationalError] = field(default_factory=list)
    before: Callable[[], None] = lambda: None

    def fetch(self) -> dict[str, str]:
        self.fetches += 1
        self.before()
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
        return KeyStore(self.fetch, settings, on_failure=self.kept.append, clock=lambda: self.now)


@pytest.fixture
def source() -> Source:
    return Source()


def unknown(store: KeyStore[str], name: str) -> None:
    with pytest.raises(Refused, match="unknown_key"):
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
    unknown(store, "a")
    assert store.get("b") == "b"
    assert source.fetches == 2


def test_a_newly_rotated_key_works_within_the_cooldown(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.names = {"a", "b"}
    unknown(store, "b")
    source.now += COOLDOWN
    assert store.get("b") == "b"


def test_strangers_key_ids_cause_one_fetch_per_cooldown(source: Source) -> None:
    store = source.store()
    store.get("a")
    for second in range(10 * COOLDOWN):
        for n in range(20):
            unknown(store, f"stranger-{second}-{n}")
        assert store.get("a") == "a"
        source.now += 1
    assert source.fetches == 10


def test_so_they_do_while_fetches_fail(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.down = True
    for second in range(10 * COOLDOWN):
        unknown(store, f"stranger-{second}")
        assert store.get("a") == "a"
        source.now += 1
    assert source.fetches == 10
    assert len(source.kept) == 9


def test_an_outage_is_bridged_for_a_bounded_time(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.down = True
    source.now += MAX_AGE + MAX_STALE - 1
    assert store.get("a") == "a"
    assert len(source.kept) == 1
    source.now += 1
    with pytest.raises(KeysUnavailable, match="the issuer is down"):
        store.get("a")
    source.down = False
    source.now += COOLDOWN
    assert store.get("a") == "a"


def test_with_nothing_at_hand_no_token_is_called_bad(source: Source) -> None:
    source.down = True
    store = source.store()
    for name in ("a", "stranger"):
        with pytest.raises(KeysUnavailable):
            store.get(name)
    assert source.fetches == 1
    assert not source.kept
    source.down = False
    source.now += COOLDOWN
    assert store.get("a") == "a"


def test_a_snapshot_restored_days_later_fetches_before_it_trusts(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.names = {"b"}
    source.now += 5 * 86_400
    unknown(store, "a")
    assert store.get("b") == "b"


def test_a_clock_set_back_makes_keys_due_not_eternal(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.now -= 86_400
    assert store.get("a") == "a"
    assert source.fetches == 2


def test_a_clock_that_is_corrected_takes_no_key_away(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.down = True
    source.now -= 1
    assert store.get("a") == "a"


def test_whatever_goes_wrong_in_a_fetch_the_old_keys_serve_on(source: Source) -> None:
    def no_thread() -> None:
        raise RuntimeError("can't start new thread")

    store = source.store()
    store.get("a")
    source.before = no_thread
    source.now += MAX_AGE
    assert store.get("a") == "a"
    assert str(source.kept[0]) == "RuntimeError"


def test_a_key_is_judged_by_the_age_of_its_own_fetch(source: Source) -> None:
    """Another thread refreshes just while this one looks at the clock."""
    store = source.store()
    store.get("a")
    source.names = {"b"}
    source.now += 5 * 86_400
    others: list[Callable[[], None]] = [lambda: store.refresh(wait=True)]
    original = store._clock

    def clock() -> float:
        while others:
            others.pop()()
        return original()

    store._clock = clock
    unknown(store, "a")


def test_at_most_one_fetch_runs_at_a_time_whoever_asks(source: Source) -> None:
    running = threading.Semaphore(1)

    def alone() -> None:
        assert running.acquire(blocking=False), "two fetches at once"
        threading.Event().wait(0.05)
        running.release()

    source.before = alone
    store = source.store()
    with ThreadPoolExecutor(32) as pool:
        assert set(pool.map(store.get, ["a"] * 200)) == {"a"}
    assert source.fetches == 1


def test_a_known_key_is_not_held_up_by_a_strangers_fetch(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.now += COOLDOWN
    fetching, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        fetching.set()
        assert go_on.wait(10)

    source.before = slow
    with ThreadPoolExecutor(1) as pool:
        stranger = pool.submit(unknown, store, "stranger")
        assert fetching.wait(10)
        assert store.get("a") == "a"  # fresh
        source.now += MAX_AGE
        assert store.get("a") == "a"  # due, and another's fetch is under way
        go_on.set()
        stranger.result(10)


def test_who_brings_a_new_key_waits_for_the_fetch_under_way(source: Source) -> None:
    store = source.store()
    store.get("a")
    source.now += COOLDOWN
    source.names = {"a", "b"}
    fetching, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        fetching.set()
        assert go_on.wait(10)

    source.before = slow
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(store.get, "b")
        assert fetching.wait(10)
        second = pool.submit(store.get, "b")
        go_on.set()
        assert (first.result(10), second.result(10)) == ("b", "b")
    assert source.fetches == 2
