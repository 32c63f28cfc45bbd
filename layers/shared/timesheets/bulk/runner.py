"""Runs one job for each of many items, several at a time, and keeps a fault to its own item."""

import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from timesheets.model.errors import Problem, Unavailable
from timesheets.telemetry import internal_error

WORKERS: Final = 8
"""Threads: botocore keeps ten connections."""
TIME_LIMIT: Final = 14.0
"""Seconds after which no job starts: a call to DynamoDB may take 12 s, and functions may run for 28 s."""


def run[T, R](
    items: Sequence[T], job: Callable[[T], R], *, group: Callable[[T], Hashable]
) -> list[R | Problem]:
    """Return each item's result in order, a Problem where its job failed.

    Items of the same group run one after another, in order; groups run side by side. After as many outages
    as there are workers, or after `TIME_LIMIT`, the remaining items are `Unavailable`.
    """
    groups: defaultdict[Hashable, list[int]] = defaultdict(list)
    for index, item in enumerate(items):
        groups[group(item)].append(index)
    results: list[R | Problem] = [Unavailable()] * len(items)
    deadline = time.monotonic() + TIME_LIMIT
    outages = 0

    def run_group(indexes: list[int]) -> None:
        nonlocal outages
        for index in indexes:
            if outages >= WORKERS or time.monotonic() >= deadline:
                return
            try:
                results[index] = job(items[index])
            except Problem as problem:
                outages += isinstance(problem, Unavailable)
                results[index] = problem
            except Exception as error:  # noqa: BLE001 one item's fault never stops the others
                results[index] = internal_error(error)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(run_group, groups.values()))
    return results


def run_all[T, R](items: Sequence[T], job: Callable[[T], R]) -> list[R]:
    """Return the results of different items, in order, if every job succeeds.

    Raises
    ------
    Problem
        The first item's whose job failed.

    """
    results: list[R] = []
    for result in run(items, job, group=id):
        if isinstance(result, Problem):
            raise result
        results.append(result)
    return results


def check_available(results: Sequence[object]) -> None:
    """Let the caller repeat a request as a whole if nothing of it succeeded.

    Raises
    ------
    Unavailable
        If a result is `Unavailable` and every other is a problem, too.

    """
    if any(isinstance(result, Unavailable) for result in results) and all(
        isinstance(result, Problem) for result in results
    ):
        raise Unavailable
