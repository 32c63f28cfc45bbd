"""Batches against a server of any mood; nothing here waits."""

import json
import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from email.utils import formatdate
from typing import Any

import httpx2 as httpx
import pytest

from timesheets_import import patience as patience_module
from timesheets_import.errors import GaveUp, Interrupted, NotSignedIn, Stop, Usage
from timesheets_import.mapping import Checked
from timesheets_import.patience import Patience, retry_after
from timesheets_import.sending import Batch, Result, Sender, batches, reason
from timesheets_import.signing_in import Credentials, Tokens

type Check = Callable[..., list[Checked]]
type Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]

GOOD = {"index": 0, "status": "created", "id": "x"}


class Clock:
    """Time that passes only while somebody waits."""

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
    monkeypatch.setattr(patience_module, "time", clock)
    monkeypatch.setattr(random, "uniform", lambda _, most: most)
    return clock


@pytest.fixture
def patience(clock: Clock) -> Patience:
    class Stopped(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            clock.waits.append(timeout or 0)
            clock.now += timeout or 0
            return self.is_set()

    patience = Patience(60, lambda *_: None)
    patience._stopped = Stopped()
    return patience


def problem(code: str) -> Result:
    return {"index": 0, "status": "rejected", "problem": {"code": code, "detail": f"It is {code}"}}


def results(*given: Result) -> httpx.Response:
    body = {"results": [one | {"index": index} for index, one in enumerate(given)]}
    return httpx.Response(207, json=body)


@pytest.fixture
def send(check: Check, patience: Patience) -> Callable[..., list[Result]]:
    """Return what sends so many rows to a server that gives these answers in turn."""

    def sent(*answers: Answer, rows: int = 1, seen: list[httpx.Request] | None = None) -> list[Result]:
        left: Iterator[Answer] = iter(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            if seen is not None:
                seen.append(request)
            given = next(left)
            if isinstance(given, Exception):
                raise given
            return given if isinstance(given, httpx.Response) else given(request)

        tokens = Tokens(Credentials(issuer="https://i", client_id="c", secret="s"), patience)
        names = iter(["first", "second"])
        tokens._renew = lambda: vars(tokens).update(_token=next(names), _until=1e12)  # type: ignore[method-assign]
        lines = "".join(f"007,2026-11-20,A,{n + 1}\n" for n in range(rows))
        batch = Batch(0, check(f"user_id,date,project,hours\n{lines}"))
        with httpx.Client(transport=httpx.MockTransport(answer)) as http:
            sender = Sender(http, "https://api/timesheets/upload", tokens, patience, at_once=1)
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
def test_what_may_be_better_next_time_is_tried_again(trouble: Answer, send: Send) -> None:
    assert send(trouble, trouble, results(GOOD)) == [GOOD]


def test_waits_grow_and_are_as_long_as_the_server_asks(send: Send, clock: Clock) -> None:
    down, asks = httpx.Response(503), httpx.Response(503, headers={"Retry-After": "7"})
    send(down, down, down, asks, results(GOOD))
    assert clock.waits == [0.5, 1, 2, 7.5]


def test_all_hold_when_the_server_asks_to(patience: Patience, clock: Clock) -> None:
    patience.again(0, "busy", 20)
    clock.now -= 5
    patience.hold()
    assert clock.waits == [20.5, 4.5]


@pytest.mark.parametrize(
    ("answers", "words"),
    [
        ([httpx.Response(503)] * 9, "Run the same command again later"),
        ([httpx.Response(429, headers={"Retry-After": "3600"})], "the server asks to wait 3600 s"),
        ([results(problem("service_unavailable"))] * 9, "could not take 1 rows"),
        ([httpx.Response(400, json={"detail": "Bad"})], "refuses a whole batch: 400, Bad"),
    ],
)
def test_it_gives_up_and_says_what_to_do(answers: list[Answer], words: str, send: Send) -> None:
    with pytest.raises(GaveUp) as end:
        send(*answers)
    assert words in str(end.value)


@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        ([httpx.Response(401)] * 2, NotSignedIn, "Check --audience"),
        ([httpx.Response(403, json={"message": "No scope"})], NotSignedIn, "No scope"),
        ([httpx.Response(404)], Usage, "Check --api"),
        ([httpx.Response(301, headers={"Location": "/x"})], Usage, "Check --api"),
        ([httpx.Response(200, text="Welcome")], Usage, "Check --api"),
    ],
)
def test_what_will_not_be_better_ends_it(
    answers: list[Answer], kind: type[Stop], words: str, send: Send
) -> None:
    with pytest.raises(kind, match=words):
        send(*answers)


def test_a_refused_token_is_renewed_once(send: Send) -> None:
    seen: list[httpx.Request] = []
    send(httpx.Response(401), results(GOOD), seen=seen)
    assert [request.headers["Authorization"] for request in seen] == ["Bearer first", "Bearer second"]


def test_only_the_rows_go_again_that_could_not_be_taken(send: Send) -> None:
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


def test_a_row_that_the_api_fails_on_time_and_again_is_rejected(send: Send) -> None:
    bad = problem("internal_error")
    assert send(*[results(bad)] * 6) == [bad | {"index": 0}]


def test_stopped_nobody_tries_again(patience: Patience, send: Send) -> None:
    def stop(_: httpx.Request) -> httpx.Response:
        patience.stop()
        return httpx.Response(503)

    with pytest.raises(Interrupted):
        send(stop)
    with pytest.raises(Interrupted):
        patience.hold()
    assert patience.stopped


def test_answers_on_their_way_still_count(patience: Patience) -> None:
    sender = Sender(None, "", None, patience, at_once=1)  # type: ignore[arg-type]
    good: Future[Any] = Future()
    good.set_result((Batch(0, []), []))
    bad: Future[Any] = Future()
    bad.set_exception(Interrupted())
    sender._flying = {good, bad, Future()}
    assert list(sender.last(0)) == [(Batch(0, []), [])]


def test_batches_are_cut_the_same_whatever_is_in(check: Check) -> None:
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
        ({}, "no reason was given"),
    ],
)
def test_the_reason_is_the_apis(result: Result, words: str) -> None:
    assert reason(result) == words


def test_retry_after_is_seconds_or_a_date(clock: Clock) -> None:
    assert retry_after(None) is None
    assert retry_after("5") == 5
    assert retry_after("soon") is None
    assert retry_after(formatdate(clock.now + 30, usegmt=True)) == 30
    assert retry_after(formatdate(clock.now - 30, usegmt=True)) == 0
