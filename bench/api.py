"""The handlers that ship, called as Lambda calls them, and a record of what they ask of DynamoDB."""

import importlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any, Final

from botocore import xform_name

from bench.measure import function_environment
from bench.operations import Operation
from bench.tables import connected, write
from timesheets.store.entries import Store

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_READS: Final = frozenset({"GetItem", "BatchGetItem", "Query"})
_BAD: Final = 400
_AT_ONCE: Final = 8
"""Calls; an upload makes as many."""


type Calls = list[tuple[str, dict[str, Any]]]
"""The operations' names, and their parameters."""


class Record:
    """What a client asked of DynamoDB, and the capacity that took."""

    def __init__(self, client: "DynamoDBClient", *, capacity: bool) -> None:
        """Note each call from now on; with `capacity`, ask for its price."""
        self.calls: Calls = []
        self.read = self.write = 0.0
        self._capacity = capacity
        events: Any = client.meta.events  # its type knows no handler that returns the parameters
        events.register("provide-client-params.dynamodb", self._asked)
        events.register("after-call.dynamodb", self._answered)

    def clear(self) -> None:
        """Forget."""
        self.calls = []
        self.read = self.write = 0.0

    def _asked(self, params: dict[str, Any], model: Any, **_: object) -> dict[str, Any]:  # noqa: ANN401
        self.calls.append((model.name, params))
        return params | {"ReturnConsumedCapacity": "INDEXES"} if self._capacity else params

    def _answered(self, parsed: dict[str, Any], model: Any, **_: object) -> None:  # noqa: ANN401
        consumed = parsed.get("ConsumedCapacity", [])
        units = sum(one["CapacityUnits"] for one in (consumed if isinstance(consumed, list) else [consumed]))
        if model.name in _READS:
            self.read += units
        else:
            self.write += units


class Api:
    """One handler after another, on one table."""

    def __init__(self, table: str, *, capacity: bool = False) -> None:
        """Connect the handlers to a table; `within` has set the environment."""
        self._table = table
        store = Store.connect()
        self._store = Store(store._client, table)  # noqa: SLF001 hooks go onto the client itself
        self.record = Record(store._client, capacity=capacity)  # noqa: SLF001
        self._table_itself = connected()  # what ships may know no operation to set a table up with
        self._bare: Any = Store.connect()._client  # noqa: SLF001 the like, without hooks

    def call(self, operation: Operation) -> None:
        """Invoke an operation's handler once."""
        handler: Any = importlib.import_module(operation.module)
        handler.store = self._store
        answer = handler.lambda_handler(operation.event, None)
        if answer["statusCode"] >= _BAD:
            raise RuntimeError(f"{operation.name}: {answer}")

    def replay(self, calls: Calls) -> None:
        """Make the same calls with nothing around them, side by side where the handler made them so."""
        self.record.calls = calls  # what they write is to be taken away, too
        kinds = [kind for kind, _ in calls]
        if kinds.count("TransactWriteItems") > 1:
            self._do(*calls[0])
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                list(pool.map(lambda call: self._do(*call), calls[1:]))
            return
        for call in calls:
            self._do(*call)

    @contextmanager
    def ready(self, operation: Operation) -> Iterator[None]:
        """Put what the operation needs to find; afterwards, take it and what was written away again."""
        write(self._table_itself, self._table, put=operation.before)
        self.record.clear()
        try:
            yield
        finally:
            self.remove(self.record.calls)
            self.remove([("PutItem", {"Item": item}) for item in operation.before])

    def remove(self, calls: Calls) -> None:
        """Take away what calls wrote."""
        actions: list[dict[str, Any]] = []
        for kind, parameters in calls:
            if kind == "TransactWriteItems":
                actions += [one for action in parameters["TransactItems"] for one in action.values()]
            elif kind not in _READS:
                actions.append(parameters)
        items = [action.get("Key") or action["Item"] for action in actions]
        write(
            self._table_itself, self._table, delete=[{"PK": item["PK"], "SK": item["SK"]} for item in items]
        )

    def _do(self, kind: str, parameters: dict[str, Any]) -> None:
        getattr(self._bare, xform_name(kind))(**parameters)


@contextmanager
def within(endpoint: str, table: str) -> Iterator[None]:
    """Set the environment that the functions find; what they log is written, and not seen."""
    before = dict(os.environ)
    environment = function_environment(AWS_ENDPOINT_URL_DYNAMODB=endpoint, TABLE_NAME=table)
    os.environ.clear()
    os.environ.update(environment)
    try:
        # A line at a time, as Lambda takes them.
        with open(os.devnull, "w", buffering=1) as nowhere, redirect_stdout(nowhere):  # noqa: PTH123
            yield
    finally:
        os.environ.clear()
        os.environ.update(before)
