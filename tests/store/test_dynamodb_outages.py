"""DynamoDB throttles, fails, is silent or unreachable: three attempts, then 503."""

import json
import random
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.retries.standard import ExponentialBackoff

from handlers import create_timesheet
from tests.store.support import NOW, entry
from tests.store.support import upload as an_upload
from tests.support import DATES, Event
from timesheets.model.errors import Conflict, Unavailable
from timesheets.model.ids import new_id
from timesheets.model.rows import parse_rows
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.imports import Imports
from timesheets.store.items import import_item, to_item

THROTTLED = (400, {"__type": "com.amazonaws.dynamodb#ThrottlingException", "message": "slow down"})
BROKEN = (500, {"__type": "com.amazonaws.dynamodb#InternalServerError"})
SILENT: tuple[int, Any] = (0, {})
"""No response before the client's timeout."""
CUT: tuple[int, Any] = (-1, {})
"""The connection closes without an answer."""

STORED = entry()
FOUND = (200, {"Item": to_item(STORED)})
DONE: tuple[int, Any] = (200, {})


def cancelled(*codes: str) -> tuple[int, Any]:
    reasons = [{"Code": code} for code in codes]
    kind = "com.amazonaws.dynamodb#TransactionCanceledException"
    return 400, {"__type": kind, "message": "cancelled", "CancellationReasons": reasons}


class Engine(ThreadingHTTPServer):
    """Answers each call with the next of `answers`, repeats the last, and records the calls."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)
        self.answers: list[tuple[int, Any]] = []
        self.calls: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Engine
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.calls.append(self.headers["X-Amz-Target"].partition(".")[2])
        answers = self.server.answers
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        if status <= 0:
            time.sleep(0 if status else 3)
            self.close_connection = True
            return
        data = (body if isinstance(body, str) else json.dumps(body)).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[Engine]:
    with Engine() as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="module")
def database(server: Engine) -> Table:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL_DYNAMODB", server.url)
        return Table.connect()


@pytest.fixture
def engine(server: Engine) -> Engine:
    server.calls.clear()
    return server


@pytest.fixture
def no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Repeat a call at once, without the waits of production."""
    monkeypatch.setattr(ExponentialBackoff, "delay_amount", lambda *_: 0)
    monkeypatch.setattr(random, "uniform", lambda *_: 0)


@pytest.fixture
def store(database: Table) -> Entries:
    return Entries(database)


OPERATIONS: dict[str, Callable[[Table], object]] = {
    "find": lambda database: Entries(database).find(STORED.id),
    "add": lambda database: Entries(database).add(STORED),
    "remove": lambda database: Entries(database).remove(STORED, by="auth0|ana", now=NOW),
    "find imports": lambda database: Imports(database).find_many("timesheets-import", ["row 1"]),
    "add imported": lambda database: Imports(database).add(entry(external_id="1", source="s"), "digest"),
}


OUTAGES = {
    "throttled": THROTTLED,
    "broken": BROKEN,
    "cut": CUT,
    "unavailable": (503, {}),
    "behind a proxy": (502, "<html>Bad gateway</html>"),
}


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize(
    ("operation", "answer"),
    [
        *((operation, THROTTLED) for operation in OPERATIONS.values()),
        *((OPERATIONS["find"], answer) for answer in OUTAGES.values()),
    ],
    ids=[*OPERATIONS, *OUTAGES],
)
def test_a_call_is_unavailable_after_three_attempts(
    operation: Callable[[Table], object], answer: tuple[int, Any], engine: Engine, database: Table
) -> None:
    engine.answers = [answer]
    with pytest.raises(Unavailable):
        operation(database)
    assert len(engine.calls) == 3


@pytest.mark.long
def test_a_silent_engine_is_unavailable_within_the_timeout(engine: Engine, store: Entries) -> None:
    engine.answers = [SILENT]
    began = time.monotonic()
    with pytest.raises(Unavailable):
        store.find(STORED.id)
    assert time.monotonic() - began < 20
    assert len(engine.calls) == 3


@pytest.mark.usefixtures("no_wait")
def test_an_unreachable_engine_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", "http://127.0.0.1:1")
    with pytest.raises(Unavailable):
        Entries(Table.connect()).find(STORED.id)


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize("outage", OUTAGES.values(), ids=OUTAGES)
def test_a_temporary_fault_is_retried(outage: tuple[int, Any], engine: Engine, store: Entries) -> None:
    engine.answers = [outage, FOUND]
    assert store.find(STORED.id) == STORED


@pytest.mark.usefixtures("no_wait")
@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (cancelled("None", "ThrottlingError"), Unavailable),
        (cancelled("ProvisionedThroughputExceeded", "ConditionalCheckFailed"), Unavailable),
        (cancelled("ConditionalCheckFailed", "None"), Conflict),
        (cancelled("None", "TransactionConflict"), Conflict),
        (cancelled("ValidationError", "None"), ClientError),
        ((400, {"__type": "com.amazonaws.dynamodb#AccessDeniedException"}), ClientError),
    ],
)
def test_a_cancelled_transaction_is_an_outage_or_a_conflict(
    answer: tuple[int, Any], expected: type[Exception], engine: Engine, database: Table
) -> None:
    engine.answers = [answer]
    with pytest.raises(expected):
        Imports(database).add(entry(external_id="1", source="s"), "digest")


@pytest.mark.usefixtures("no_wait")
def test_an_addition_that_meets_another_transaction_is_repeated(engine: Engine, store: Entries) -> None:
    engine.answers = [cancelled("TransactionConflict", "None"), DONE]
    assert store.add(STORED) == (STORED, True)
    assert engine.calls == ["TransactWriteItems"] * 2
    engine.answers = [cancelled("TransactionConflict", "None")]
    with pytest.raises(Conflict):
        store.add(STORED)


@pytest.mark.parametrize(
    "kind", ["ValidationException", "AccessDeniedException", "ResourceNotFoundException"]
)
def test_a_client_error_is_not_an_outage(kind: str, engine: Engine, store: Entries) -> None:
    engine.answers = [(400, {"__type": f"com.amazonaws.dynamodb#{kind}"})]
    with pytest.raises(ClientError, match=kind):
        store.add(STORED)


@pytest.mark.usefixtures("no_wait")
def test_unprocessed_keys_of_a_batch_are_read_again(engine: Engine, database: Table) -> None:
    def unprocessed(request: dict[str, Any]) -> dict[str, Any]:
        return {"Responses": {}, "UnprocessedKeys": request}

    keys = {"timesheets": {"Keys": [{"PK": {"S": "x"}, "SK": {"S": "IMPORT"}}]}}
    engine.answers = [(200, unprocessed(keys)), (200, {"Responses": {"timesheets": []}})]
    assert Imports(database).find_many("timesheets-import", ["row 1"]) == {}
    assert len(engine.calls) == 2
    engine.answers = [(200, unprocessed(keys))]
    with pytest.raises(Unavailable):
        Imports(database).find_many("timesheets-import", ["row 1"])


ROW = {"user_id": "007", "date": "2026-11-20", "project": "StoreZero", "hours": "5", "external_id": "row 1"}


def upload(database: Table, rows: object) -> list[Any]:
    return an_upload(database).run(parse_rows(rows, DATES))


@pytest.mark.usefixtures("no_wait")
def test_a_row_that_loses_every_race_is_a_conflict(engine: Engine, database: Table) -> None:
    no_records: tuple[int, Any] = (200, {"Responses": {}})
    engine.answers = [no_records] + [
        cancelled("TransactionConflict"),
        no_records,
    ] * 20  # more than any number of attempts
    (refused,) = upload(database, [ROW])
    assert isinstance(refused, Conflict)


def test_a_row_whose_entry_was_deleted_is_imported_again(engine: Engine, database: Table) -> None:
    marker = import_item("timesheets-import", "row 1", new_id("007"), "another digest")
    engine.answers = [
        (200, {"Responses": {"timesheets": [marker]}}),
        (200, {"Responses": {}}),  # no such entry
        (200, {"Responses": {}}),  # and nothing known of the external id by now
        DONE,
    ]
    (taken,) = upload(database, [ROW])
    assert taken.status == "created"
    assert engine.calls == ["BatchGetItem", "BatchGetItem", "BatchGetItem", "TransactWriteItems"]


@pytest.mark.usefixtures("no_wait")
def test_an_outage_is_503_with_retry_after_and_no_details(
    engine: Engine, event: Callable[..., Event], monkeypatch: pytest.MonkeyPatch, store: Entries
) -> None:
    monkeypatch.setattr(create_timesheet, "entries", store)
    engine.answers = [THROTTLED]
    answer = create_timesheet.lambda_handler(event("create_timesheet"), None)
    assert answer["statusCode"] == 503
    assert answer["headers"]["Retry-After"] == "1"
    assert json.loads(answer["body"])["code"] == "service_unavailable"
    assert "slow down" not in answer["body"]
    assert "Throttling" not in answer["body"]
