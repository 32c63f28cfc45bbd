"""One job for each of many items."""

import threading
from typing import Any

import pytest

from timesheets.bulk import runner
from timesheets.bulk.runner import WORKERS, check_available, run, run_all
from timesheets.model.errors import Conflict, Problem, Unavailable


def codes(results: list[Any]) -> list[Any]:
    return [result.code if isinstance(result, Problem) else result for result in results]


def test_results_are_in_the_order_of_the_items() -> None:
    assert run(range(100), lambda item: item * 2, group=lambda item: item) == [n * 2 for n in range(100)]
    assert run([], lambda item: item, group=lambda item: item) == []


def test_items_of_a_group_run_in_order_and_groups_side_by_side() -> None:
    both = threading.Barrier(2, timeout=10)  # breaks unless two groups run at the same time
    seen: list[str] = []

    def job(item: str) -> None:
        if item[1] == "1":
            both.wait()
        seen.append(item)

    run(["a1", "b1", "a2", "b2", "a3"], job, group=lambda item: item[0])
    assert [item for item in seen if item[0] == "a"] == ["a1", "a2", "a3"]
    assert [item for item in seen if item[0] == "b"] == ["b1", "b2"]


@pytest.mark.parametrize(
    ("fault", "code"), [(Conflict(), "conflict"), (KeyError("inside"), "internal_error")]
)
def test_a_fault_stays_with_its_item(fault: Exception, code: str) -> None:
    def job(item: int) -> int:
        if item == 1:
            raise fault
        return item

    assert codes(run(range(4), job, group=lambda _: 0)) == [0, code, 2, 3]


def test_no_job_starts_after_as_many_outages_as_workers() -> None:
    started: list[int] = []

    def job(item: int) -> None:
        started.append(item)
        raise Unavailable

    assert codes(run(range(50), job, group=lambda _: 0)) == ["service_unavailable"] * 50
    assert started == list(range(WORKERS))


def test_no_job_starts_after_the_time_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "TIME_LIMIT", 0)
    results = run(range(3), lambda item: item, group=lambda item: item)
    assert codes(results) == ["service_unavailable"] * 3


@pytest.mark.parametrize(
    ("results", "available"),
    [
        ([Unavailable(), Conflict()], False),
        ([Unavailable(), Conflict(), "done"], True),
        ([Conflict()], True),
        ([], True),
    ],
)
def test_a_request_of_which_nothing_succeeded_can_be_repeated(results: list[Any], available: bool) -> None:  # noqa: FBT001
    if available:
        check_available(results)
    else:
        with pytest.raises(Unavailable):
            check_available(results)


def test_all_results_or_the_first_problem() -> None:
    def job(item: int) -> int:
        if item > 1:
            raise Conflict
        return item * 2

    assert run_all([0, 1], job) == [0, 2]
    with pytest.raises(Conflict):
        run_all([0, 1, 2], job)
