"""Concurrent requests have the effect of some sequential order, or none."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from threading import Barrier
from typing import Any

import httpx2 as httpx
import pytest

from tests.local.callers import MANAGER, Caller, Newcomers
from tests.support import LONG

GOOD = {"date": "2026-11-20", "project": "StoreZero", "hours": 7.5}
REJECT = {"approved": False, "reason": "No"}
ROUNDS = 8 if LONG else 2


def at_once[T](*calls: Callable[[], T]) -> list[T]:
    """Start all calls at the same moment; return their answers in order."""
    barrier = Barrier(len(calls))

    def start(call: Callable[[], T]) -> T:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(start, calls))


@pytest.mark.parametrize("times", [4, pytest.param(12, marks=pytest.mark.long)])
def test_concurrent_requests_with_one_key_make_one_entry(times: int, newcomers: Newcomers) -> None:
    ana = newcomers.person("ana")

    def create() -> httpx.Response:
        return ana("POST", json=GOOD, headers={"Idempotency-Key": "once"})

    answers = [*at_once(*[create] * times), create()]
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert {answer.headers["location"] for answer in answers} == {f"timesheets/{answers[0].json()['id']}"}
    assert {answer.headers["etag"] for answer in answers} == {'"1"'}
    assert ana("GET").json() == [answers[0].json()]


@pytest.mark.long
def test_one_key_for_two_bodies_at_once_makes_one_entry(newcomers: Newcomers) -> None:
    ana = newcomers.person("ana")
    for n in range(ROUNDS):
        key = {"Idempotency-Key": f"key-{n}"}
        bodies = [GOOD | {"hours": 1 + place % 2} for place in range(8)]
        answers = at_once(*[partial(ana, "POST", json=body, headers=key) for body in bodies])
        created = [answer.json() for answer in answers if answer.status_code == 201]
        assert len({entry["id"] for entry in created}) == 1
        for body, answer in zip(bodies, answers, strict=True):
            if body["hours"] == created[0]["hours"]:
                assert answer.json() == created[0]
            else:
                assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert len(ana("GET").json()) == ROUNDS


def hundred_rows(user_id: str) -> list[dict[str, Any]]:
    return [
        GOOD | {"user_id": user_id, "external_id": f"row-{n}", "hours": 1 + n % 20, "project": f"P{n}"}
        for n in range(100)
    ]


@pytest.mark.parametrize("times", [3, pytest.param(8, marks=pytest.mark.long)])
def test_concurrent_uploads_of_100_rows_create_each_row_once(times: int, newcomers: Newcomers) -> None:
    ana, program = newcomers.person("ana"), newcomers.program()
    rows = hundred_rows(ana.sub)

    def upload() -> list[list[dict[str, Any]]]:
        """Return the results of each row. Resend the rows that a busy machine left out, as clients do."""
        results: list[list[dict[str, Any]]] = [[] for _ in rows]
        left = list(range(len(rows)))
        while left:
            answer = program("POST", "/timesheets/upload", json=[rows[index] for index in left])
            if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
                for index in left:
                    results[index].append({"status": "rejected", "problem": answer.json()})
                continue
            assert answer.status_code == 207, answer.text[:300]
            again = answer.json()["results"]
            assert [result["index"] for result in again] == list(range(len(left)))
            for index, result in zip(left, again, strict=True):
                results[index].append(result)
            left = [index for index in left if results[index][-1]["status"] == "rejected"]
        return results

    uploads = at_once(*[upload] * times)
    for same_row in zip(*uploads, strict=True):
        last = [results[-1] for results in same_row]
        left_out = [result["problem"]["code"] for results in same_row for result in results[:-1]]
        assert set(left_out) <= {"service_unavailable"}
        # A row may be created although its response is a 503: its next one is "unchanged".
        created = Counter(result["status"] for result in last)["created"]
        assert created == 1 or (left_out and not created), same_row
        assert {result["status"] for result in last} <= {"created", "unchanged"}
        assert len({result["id"] for result in last}) == 1
    listed = ana.every(query={"limit": "100"})
    assert {entry["external_id"]: entry["project"] for entry in listed} == {
        row["external_id"]: row["project"] for row in rows
    }
    assert len(listed) == 100
    assert {entry["version"] for entry in listed} == {1}


def test_bad_rows_do_not_stop_the_others_and_all_may_be_sent_again(newcomers: Newcomers) -> None:
    ana, program = newcomers.person("ana"), newcomers.program()
    rows: list[Any] = hundred_rows(ana.sub)
    faults = {
        0: ("/hours", rows[0] | {"hours": 0}),
        17: ("/date", rows[17] | {"date": "yesterday"}),
        33: ("/hour", rows[33] | {"hour": 1}),
        50: ("/user_id", {name: value for name, value in rows[50].items() if name != "user_id"}),
        51: ("/external_id", rows[51] | {"external_id": "x" * 201}),
        52: ("/user_id", rows[52] | {"user_id": ""}),
        98: ("", "not an object"),
        99: ("", None),
    }
    for index, (_, row) in faults.items():
        rows[index] = row
    for become in ("created", "unchanged"):
        answer = program("POST", "/timesheets/upload", json=rows)
        assert answer.status_code == 207
        results = answer.json()["results"]
        assert [(r["index"], r["status"]) for r in results] == [
            (n, "rejected" if n in faults else become) for n in range(100)
        ]
        problems = {r["index"]: r["problem"] for r in results if "problem" in r}
        assert {
            n: (problem["code"], [error["pointer"] for error in problem["errors"]])
            for n, problem in problems.items()
        } == {n: ("invalid_entry", [pointer]) for n, (pointer, _) in faults.items()}
    assert len(ana.every()) == 100 - len(faults)


@pytest.mark.parametrize("count", [0, 101])
def test_an_upload_of_too_few_or_too_many_rows_creates_nothing(count: int, newcomers: Newcomers) -> None:
    ana, program = newcomers.person("ana"), newcomers.program()
    answer = program("POST", "/timesheets/upload", json=[GOOD | {"user_id": ana.sub}] * count)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_entry")
    assert ana("GET").json() == []


APPROVED = {"status": "approved", "version": 2, "hours": 7.5}
REJECTED = {"status": "rejected", "version": 2, "hours": 7.5}
CORRECTED = {"status": "pending", "version": 2, "hours": 1}
TWICE = {"status": "pending", "version": 3}

type Left = list[dict[str, Any] | None]
"""The possible final states of an entry; None if it is deleted."""
# The two calls; the final states if only the first, only the second, or both succeed.
RACES: dict[str, tuple[Any, Any, Left, Left, Left]] = {
    "approve and reject": (("mia", "PUT", None), ("max", "PUT", REJECT), [APPROVED], [REJECTED], []),
    "correct and approve": (
        ("ana", "PATCH", {"hours": 1}),
        ("mia", "PUT", None),
        [CORRECTED],
        [APPROVED],
        [APPROVED | {"hours": 1, "version": 3}],
    ),
    "delete and approve": (("ana", "DELETE", None), ("mia", "PUT", None), [None], [APPROVED], []),
    "correct twice": (
        ("ana", "PATCH", {"hours": 1}),
        ("ana", "PATCH", {"hours": 2}),
        [CORRECTED],
        [CORRECTED | {"hours": 2}],
        [TWICE | {"hours": 1}, TWICE | {"hours": 2}],
    ),
}


@pytest.mark.parametrize("race", RACES)
@pytest.mark.parametrize("if_match", [True, False], ids=["If-Match", "without"])
def test_two_concurrent_writes_have_a_sequential_outcome(
    race: str, newcomers: Newcomers, *, if_match: bool
) -> None:
    callers = {name: newcomers.person(name, MANAGER) for name in ("ana", "mia", "max")}
    ana = callers["ana"]
    *calls, first_only, second_only, both = RACES[race]
    left = {(True, False): first_only, (False, True): second_only, (True, True): [] if if_match else both}
    lost = {"version_mismatch", "not_found"} if if_match else {"conflict", "entry_locked", "not_found"}
    headers = {"If-Match": '"1"'} if if_match else {}
    week = f"{2001 + list(RACES).index(race)}-W{20 + if_match}"
    day = ana("GET", f"/timesheets/weeks/{week}").json()["from"]

    def write(entry_id: str, who: str, method: str, body: Any) -> httpx.Response:
        path = f"/{'timesheets' if who == 'ana' else 'approvals'}/{entry_id}"
        return callers[who](method, path, headers=headers, **({"json": body} if body else {}))

    for _ in range(ROUNDS):
        entry = ana.entry(date=day)
        answers = at_once(*[partial(write, entry["id"], *call) for call in calls])
        what = [(answer.status_code, answer.text) for answer in answers]
        assert {answer.json()["code"] for answer in answers if answer.status_code >= 400} <= lost, what
        kept = ana("GET", f"/timesheets/{entry['id']}")
        possible = left.get((answers[0].status_code < 300, answers[1].status_code < 300), [])
        found = {name: kept.json().get(name) for name in APPROVED} if kept.status_code == 200 else None
        assert found in possible, (what, kept.text)
    assert_whole(ana, callers["mia"], week, day)


def assert_whole(owner: Caller, manager: Caller, week: str, day: str) -> None:
    """Check that entry, list, week and approvals agree on the owner's entries, all of one day."""
    listed = owner.every()
    for entry in listed:
        assert owner("GET", f"/timesheets/{entry['id']}").json(parse_float=Decimal) == entry
        assert entry["approved"] == (entry["status"] == "approved")
        reviewed = {"reviewed_by", "reviewed_at"} & entry.keys()
        assert len(reviewed) == (0 if entry["status"] == "pending" else 2)
        assert ("reason" in entry) == (entry["status"] == "rejected")
    by_status: dict[str, Decimal] = {}
    for entry in listed:
        by_status[entry["status"]] = by_status.get(entry["status"], Decimal()) + entry["hours"]
    summed = owner("GET", f"/timesheets/weeks/{week}").json(parse_float=Decimal)
    assert summed["by_status"] == by_status
    assert summed["total_hours"] == sum(by_status.values())
    waiting = manager.every("/approvals", {"user_id": owner.sub, "from": day, "to": day})
    assert {entry["id"] for entry in waiting} == {e["id"] for e in listed if e["status"] == "pending"}
