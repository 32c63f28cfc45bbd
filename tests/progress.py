"""A pytest plugin that prints the elapsed and the remaining time, in place of a dot for each test.

The remaining time is estimated from the last run's durations, which pytest's cache keeps.
"""

import time
from collections.abc import Sequence
from typing import Final

import pytest

INTERVAL: Final = 5.0
"""Seconds between two lines."""
CACHE_KEY: Final = "timesheets/durations"
UNKNOWN_DURATION: Final = 0.1
"""Seconds assumed for a test that has not run before."""
CAUTION: Final = 30.0
"""Seconds after which this run counts as much as the last one: the first test is often a slow one."""


class Progress:
    """Counts finished tests, weighted by their durations in the last run."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._known: dict[str, float] = config.cache.get(CACHE_KEY, {})
        self._durations: dict[str, float] = {}
        self._expected: dict[str, float] = {}
        self._started = self._printed = time.monotonic()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note the tests to run, where this process runs them itself."""
        self._expect([item.nodeid for item in session.items])

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: Sequence[str]) -> None:
        """Note the tests to run, where pytest-xdist's workers run them."""
        self._expect(ids)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Leave out the dot of a test that passed."""
        return ("passed", "", "PASSED") if report.passed and report.when == "call" else None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up a test's durations; print a line when the last one is old enough."""
        self._durations[report.nodeid] = self._durations.get(report.nodeid, 0) + report.duration
        now = time.monotonic()
        if report.when == "teardown" and now - self._printed >= INTERVAL:
            self._printed = now
            self._print(now - self._started)

    def pytest_sessionfinish(self) -> None:
        """Keep the durations for the next run."""
        if not hasattr(self._config, "workerinput"):
            self._config.cache.set(CACHE_KEY, self._known | self._durations)

    def _expect(self, ids: Sequence[str]) -> None:
        self._expected = {test: self._known.get(test, UNKNOWN_DURATION) for test in ids}

    def _print(self, elapsed: float) -> None:
        done = sum(self._expected.get(test, 0) for test in self._durations)
        left = sum(self._expected.values()) - done
        processes = getattr(self._config.option, "numprocesses", None) or 1
        remaining = left / processes * (CAUTION + elapsed) / (CAUTION + done / processes)
        line = f"{_clock(elapsed)} elapsed, about {_clock(remaining)} left: "
        line += f"{len(self._durations):,} of {len(self._expected):,} tests"
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if reporter:
            reporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin, unless pytest runs without a cache (`-p no:cacheprovider`)."""
    if config.pluginmanager.has_plugin("cacheprovider"):
        config.pluginmanager.register(Progress(config))


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
