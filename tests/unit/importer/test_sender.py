"""Batches, retries and errors against a scripted server, on a simulated clock."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from email.utils import formatdate
from typing import Any

import httpx2 as httpx
import pytest

from tests.unit.importer.support import check
from timesheets_import import retry as retry_module
from timesheets_import.errors import DeliveryError, ImporterError, Interrupted, SignInError, UsageError
from timesheets_import.oauth import Credentials, Tokens
from timesheets_import.responses import Result, rejection_reason
from timesheets_import.retry import Retry, parse_retry_after
from timesheets_import.sender import Batch, Sender, batches

type Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]

GOOD = {"index": 0, "status": "created", "id": "x"}


class Clock:
    """A clock that only waits move on."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.waits: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(retry_module, "time", clock)
    monkeypatch.setattr(random, "uniform", lambda _, most: most)
    return clock


@pytest.fixture
def retry(clock: Clock) -> Retry:
    class Stopped(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            clock.waits.append(timeout or 0)
            clock.now += timeout or 0
            return self.is_set()

    retry = Retry(60, lambda *_: None)
    retry._stop = Stopped()
    return retry


def problem(code: str) -> Result:
    return {"index": 0, "status": "rejected", "problem": {"code": code, "detail": f"It is {code}"}}


def results(*rows: Result) -> httpx.Response:
    body = {"results": [result | {"index": index} for index, result in enumerate(rows)]}
    return httpx.Response(207, json=body)


@pytest.fixture
def send(retry: Retry) -> Callable[..., list[Result]]:
    """Return a function that sends rows to a server with these responses, and returns their results."""

    def sent(
        *answers: Answer, rows: int = 1, notes: str = "", seen: list[httpx.Request] | None = None
    ) -> list[Result]:
        left: Iterator[Answer] = iter(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            if seen is not None:
                seen.append(request)
            given = next(left)
            if isinstance(given, Exception):
                raise given
            return given if isinstance(given, httpx.Response) else given(request)

        tokens = Tokens(Credentials(issuer="https://i", client_id="c", secret="s"), retry)
        names = iter(["first", "second"])
        tokens._renew = lambda: vars(tokens).update(_token=next(names), _renew_at=1e12)  # type: ignore[method-assign]
        lines = "".join(f"007,2026-11-20,A,{n + 1},{notes}\n" for n in range(rows))
        batch = Batch(0, check(f"user_id,date,project,hours,notes\n{lines}"))
        with httpx.Client(transport=httpx.MockTransport(answer)) as http:
            sender = Sender(http, "https://api/timesheets/upload", tokens, retry, at_once=1)
            ((back, found),) = sender.send([batch])
        assert back is batch
        assert next(left, None) is None
        return found

    return sent


type Send = Callable[..., list[Result]]


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(503, headers={"Retry-After": "1"}),
        httpx.Response(429, json={"detail": "slow"}),
        httpx.Response(408),
        httpx.Response(500, text="<html>"),
        httpx.Response(502, json=[]),
        httpx.Response(207, text="{"),
        httpx.Response(207, json={"results": [GOOD, GOOD | {"index": 1}]}),
        httpx.Response(207, json={"results": [GOOD | {"index": 3}]}),
        httpx.Response(207, json={"results": [{}]}),
        httpx.Response(207, json=[]),
        httpx.ConnectError("no"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
    ],
)
def test_temporary_failure_is_retried(trouble: Answer, send: Send) -> None:
    assert send(trouble, trouble, results(GOOD)) == [GOOD]


def test_waits_double_and_honour_retry_after(send: Send, clock: Clock) -> None:
    down, asks = httpx.Response(503), httpx.Response(503, headers={"Retry-After": "7"})
    send(down, down, down, asks, results(GOOD))
    assert clock.waits == [0.5, 1, 2, 7.5]


def test_retry_after_holds_all_threads(retry: Retry, clock: Clock) -> None:
    retry.wait(0, "busy", 20)
    clock.now -= 5
    retry.hold()
    assert clock.waits == [20.5, 4.5]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([httpx.Response(503)] * 9, "Run the same command again"),
        ([httpx.Response(429, headers={"Retry-After": "3600"})], "the server asks to wait 3600 s"),
        ([results(problem("service_unavailable"))] * 9, "could not process 1 row of"),
        ([httpx.Response(400, json={"detail": "Bad"})], "refuses a whole batch: 400, Bad"),
    ],
)
def test_delivery_error_names_the_remedy(answers: list[Answer], words: str, send: Send) -> None:
    with pytest.raises(DeliveryError) as end:
        send(*answers)
    assert words in str(end.value)


@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        ([httpx.Response(401)] * 2, SignInError, "Check --audience"),
        ([httpx.Response(403, json={"message": "No scope"})], SignInError, "No scope"),
        ([httpx.Response(404)], UsageError, "Check --api"),
        ([httpx.Response(301, headers={"Location": "/x"})], UsageError, "Check --api"),
        ([httpx.Response(200, text="Welcome")], UsageError, "Check --api"),
    ],
)
def test_permanent_error_ends_the_import(
    answers: list[Answer], kind: type[ImporterError], words: str, send: Send
) -> None:
    with pytest.raises(kind, match=words):
        send(*answers)


def test_unreachable_api_ends_the_import_within_seconds(send: Send, clock: Clock) -> None:
    with pytest.raises(DeliveryError, match="Check the address and the network"):
        send(*[httpx.ConnectError("refused")] * 4)
    assert sum(clock.waits) <= retry_module.FIRST_CONTACT


def test_connection_lost_after_an_answer_is_retried(send: Send) -> None:
    assert send(httpx.Response(503), *[httpx.ConnectError("refused")] * 5, results(GOOD)) == [GOOD]


def test_refused_token_is_renewed_once(send: Send) -> None:
    seen: list[httpx.Request] = []
    send(httpx.Response(401), results(GOOD), seen=seen)
    assert [request.headers["Authorization"] for request in seen] == ["Bearer first", "Bearer second"]


def test_replacement_characters_are_escaped(send: Send) -> None:
    seen: list[httpx.Request] = []
    send(results(GOOD), notes="fixed the \ufffd in names", seen=seen)
    assert rb"fixed the \ufffd in names" in seen[0].content
    assert json.loads(seen[0].content)[0]["notes"] == "fixed the \ufffd in names"


def test_only_unprocessed_rows_are_resent(send: Send) -> None:
    seen: list[httpx.Request] = []
    locked = problem("entry_locked")
    found = send(
        results(GOOD, problem("service_unavailable"), locked, problem("conflict")),
        results(problem("service_unavailable"), GOOD),
        results(GOOD),
        rows=4,
        seen=seen,
    )
    assert [result["status"] for result in found] == ["created", "created", "rejected", "created"]
    assert [[row["hours"] for row in json.loads(one.content)] for one in seen] == [[1, 2, 3, 4], [2, 4], [2]]


def test_row_that_always_fails_is_rejected(send: Send) -> None:
    bad = problem("internal_error")
    assert send(*[results(bad)] * 6) == [bad | {"index": 0}]


def test_stop_ends_retries(retry: Retry, send: Send) -> None:
    def stop(_: httpx.Request) -> httpx.Response:
        retry.stop()
        return httpx.Response(503)

    with pytest.raises(Interrupted):
        send(stop)
    with pytest.raises(Interrupted):
        retry.hold()
    assert retry.stopped


def test_late_results_are_recorded(retry: Retry) -> None:
    sender = Sender(None, "", None, retry, at_once=1)  # type: ignore[arg-type]
    good: Future[Any] = Future()
    good.set_result((Batch(0, []), []))
    bad: Future[Any] = Future()
    bad.set_exception(Interrupted())
    sender._pending = {good, bad, Future()}
    assert list(sender.late_results(0)) == [(Batch(0, []), [])]


def test_batches_do_not_depend_on_what_is_done() -> None:
    rows = check("user_id,date,project,hours\n" + "007,2026-11-20,A,1\n" * 250)
    whole = list(batches(rows, set()))
    assert [(batch.number, len(batch.rows)) for batch in whole] == [(0, 100), (1, 100), (2, 50)]
    assert list(batches(rows, {1})) == [whole[0], whole[2]]
    assert list(batches(rows, {0, 2})) == [whole[1]]
    assert list(batches(rows[:200], {0})) == [whole[1]]


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (problem("entry_locked"), "It is entry_locked"),
        ({"problem": {"errors": [{"pointer": "/hours", "detail": "is bad"}, {}]}}, "hours is bad;"),
        ({}, "the API gave no reason"),
    ],
)
def test_reason_of_a_rejection(result: Result, words: str) -> None:
    assert rejection_reason(result) == words


def test_retry_after_is_seconds_or_a_date(clock: Clock) -> None:
    assert parse_retry_after(None) is None
    assert parse_retry_after("5") == 5
    assert parse_retry_after("soon") is None
    assert parse_retry_after(formatdate(clock.now + 30, usegmt=True)) == 30
    assert parse_retry_after(formatdate(clock.now - 30, usegmt=True)) == 0
