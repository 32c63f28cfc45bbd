"""The handlers' cold starts, warm calls and DynamoDB units.

DynamoDB Local counts units as DynamoDB does (`ReturnConsumedCapacity`). Its times only show whether an
operation slows down as the table grows. ENTRIES sets the size of the large table. Words select the operations
whose names hold one of them, and leave out the cold starts: `python -m bench.handlers board export`.
"""

import importlib
import json
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, redirect_stdout
from functools import partial
from typing import Any, Final

import boto3
from botocore.client import BaseClient

from bench.entries import BATCH, create_table, fill
from bench.measure import (
    BUILD,
    LAYER,
    PROJECT,
    comparison,
    function_environment,
    interleaved,
    ratio,
    start_seconds,
    table,
    timed,
)
from bench.operations import OPERATIONS, Step, make_event
from bench.people import fill_people
from bench.runtime import runtime
from local.dynamodb_local import dynamodb_local

SMALL: Final = 1_000
LARGE: Final = int(os.environ.get("ENTRIES") or 1_000_000)
PEOPLE: Final = {SMALL: 100, LARGE: 10_000}
REFERENCE: Final = 'boto3.client("dynamodb")'
READS: Final = frozenset({"GetItem", "BatchGetItem", "Query"})
MANY: Final = 8
"""Calls that a handler makes one after another at most; it makes more side by side."""

type Call = tuple[str, dict[str, Any]]
"""An operation of DynamoDB and its parameters."""


def starts() -> None:
    """Compare each handler's start with that of a boto3 client, in an environment like Lambda's."""
    python = runtime()
    jobs = {REFERENCE: partial(start_seconds, f"import boto3\n{REFERENCE}", function_environment(), python)}
    for module in re.findall(r"Handler: (\w+)\.lambda_handler", (PROJECT / "template.yaml").read_text()):
        if module == "app":
            continue
        folder = BUILD / f"{module.title().replace('_', '')}Function"
        # In Lambda's order: the function's folder, the layer, the runtime.
        path = f"{folder}{os.pathsep}{LAYER}"
        environment = function_environment(PYTHONPATH=path, TABLE_NAME="Timesheets", EVENT_BUS_NAME="bench")
        jobs[module] = partial(start_seconds, f"import {module}", environment, python)
    times = {name: [one * 1000 for one in seconds] for name, seconds in interleaved(jobs).items()}
    comparison("The handlers: from process start to a connected handler, CPU", "ms", times)


class Recorder:
    """Records the calls that botocore's clients make, and the capacity units that DynamoDB counts."""

    def __init__(self) -> None:
        """Wrap every client's calls."""
        self.calls: list[Call] = []
        self.units: list[tuple[str, float]] = []  # appended to by several threads
        self.capacity = False
        base: Any = BaseClient  # its stubs omit the method through which every client calls
        self.direct: Callable[[Any, str, dict[str, Any]], dict[str, Any]] = base._make_api_call  # noqa: SLF001
        base._make_api_call = lambda *call: self._call(*call)  # noqa: SLF001, PLW0108 a lambda binds the client

    def _call(self, client: Any, name: str, params: dict[str, Any]) -> dict[str, Any]:  # noqa: ANN401
        # A copy: botocore adds its token to `params`, and with it a repeated transaction writes nothing.
        self.calls.append((name, dict(params)))
        if not self.capacity:
            return self.direct(client, name, params)
        # DynamoDB Local counts equal writes of a transaction once, so each is a transaction of its own.
        for request in [{"TransactItems": [one]} for one in params.get("TransactItems", ())] or [params]:
            response = self.direct(client, name, request | {"ReturnConsumedCapacity": "INDEXES"})
            consumed = response.get("ConsumedCapacity", [])
            for one in consumed if isinstance(consumed, list) else [consumed]:
                self.units.append(("read" if name in READS else "write", one["CapacityUnits"]))
        return response


class Api:
    """The handlers that ship, on one table."""

    def __init__(self, table_name: str, recorder: Recorder) -> None:
        """Import every handler again, because the settings of one import name one table."""
        self._table = table_name
        self._recorder = recorder
        self._client = boto3.client("dynamodb")
        os.environ["TABLE_NAME"] = table_name
        modules = {module for steps in OPERATIONS.values() for module, _ in steps}
        for name in [name for name in sys.modules if name in modules or name.startswith("timesheets")]:
            del sys.modules[name]
        self._handlers = {name: importlib.import_module(name).lambda_handler for name in modules}
        settings = importlib.import_module("timesheets.settings").settings
        assert settings.table_name == table_name  # noqa: S101 read now, before another Api sets the variable

    def handler(self, steps: list[Step], clock: Callable[[], float] = time.perf_counter) -> float:
        """Return the seconds of the last step's handler."""
        with self._prepared(steps) as (_, event):
            return timed(lambda: self._invoke(steps[-1][0], event), clock)

    def bare(self, steps: list[Step]) -> float:
        """Return the seconds of the DynamoDB calls that the last step's handler makes."""
        with self._prepared(steps) as (preparation, event):
            self._invoke(steps[-1][0], event)
            calls = self._recorder.calls[:]
            self._undo(preparation + calls)
            self._replay(preparation)
            return timed(lambda: self._replay(calls))

    def units(self, steps: list[Step]) -> tuple[int, float, float]:
        """Return the number of calls, the read units and the write units of the last step."""
        recorder = self._recorder
        with self._prepared(steps) as (_, event):
            recorder.capacity, recorder.units = True, []
            self._invoke(steps[-1][0], event)
            recorder.capacity = False
            read = sum(units for kind, units in recorder.units if kind == "read")
            return len(recorder.calls), read, sum(units for _, units in recorder.units) - read

    @contextmanager
    def _prepared(self, steps: list[Step]) -> Iterator[tuple[list[Call], dict[str, Any]]]:
        """Take all steps but the last; give their calls and the last one's event. Undo all writes."""
        self._recorder.calls.clear()
        entry_id = ""
        for module, changes in steps[:-1]:
            answer = self._invoke(module, make_event(module, entry_id, **changes))
            entry_id = answer.get("id", "") if isinstance(answer, dict) else ""
        preparation = self._recorder.calls[:]
        self._recorder.calls.clear()
        try:
            yield preparation, make_event(steps[-1][0], entry_id, **steps[-1][1])
        finally:
            self._undo(preparation + self._recorder.calls)

    def _invoke(self, module: str, event: dict[str, Any]) -> Any:  # noqa: ANN401 JSON
        answer = self._handlers[module](event, None)
        if answer["statusCode"] >= 400:  # noqa: PLR2004
            raise RuntimeError(f"{module}: {answer}")
        return json.loads(answer.get("body") or "null")

    def _replay(self, calls: list[Call]) -> None:
        """Make the calls without a handler: the reads, then the writes; many of them eight at a time."""
        make = partial(self._recorder.direct, self._client)
        for reads in (True, False):
            kind = [call for call in calls if (call[0] in READS) == reads]
            if len(kind) > MANY:
                with ThreadPoolExecutor(8) as pool:
                    list(pool.map(lambda call: make(*call), kind))
            else:
                for call in kind:
                    make(*call)

    def _undo(self, calls: list[Call]) -> None:
        """Delete every item that the calls wrote."""
        actions = [
            action
            for name, params in calls
            if name not in READS
            for one in params.get("TransactItems", [{"": params}])
            for action in one.values()
        ]
        items = [action.get("Key") or action["Item"] for action in actions]
        keys = {(item["PK"]["S"], item["SK"]["S"]): {"PK": item["PK"], "SK": item["SK"]} for item in items}
        requests = [{"DeleteRequest": {"Key": key}} for key in keys.values()]
        for first in range(0, len(requests), BATCH):
            batch = {"RequestItems": {self._table: requests[first : first + BATCH]}}
            self._recorder.direct(self._client, "BatchWriteItem", batch)


def main() -> None:
    """Print the tables."""
    words = sys.argv[1:]
    if not words:
        starts()
    operations = {
        name: steps for name, steps in OPERATIONS.items() if not words or any(word in name for word in words)
    }
    with dynamodb_local("-Xmx2g") as endpoint:
        os.environ.update(function_environment(AWS_ENDPOINT_URL_DYNAMODB=endpoint))
        for size in (SMALL, LARGE):
            create_table(f"entries-{size}")
            fill(endpoint, f"entries-{size}", size)
            fill_people(f"entries-{size}", PEOPLE[size])
        recorder = Recorder()
        # Handlers log a line at a time, as in Lambda.
        with open(os.devnull, "w", buffering=1) as log, redirect_stdout(log):  # noqa: PTH123
            small, large = Api(f"entries-{SMALL}", recorder), Api(f"entries-{LARGE}", recorder)
            units = {name: (small.units(one), large.units(one)) for name, one in operations.items()}
            jobs = {"bare": small.bare, "small": small.handler, "large": large.handler}
            jobs["cpu"] = partial(small.handler, clock=time.process_time)
            times = {
                name: interleaved({key: partial(job, steps) for key, job in jobs.items()})
                for name, steps in operations.items()
            }
    table(
        "The handlers: one warm call, and the DynamoDB calls that it makes",
        ("operation", "DynamoDB calls: median, ms", "handler: median, ms", "ratio", "handler: CPU, ms"),
        [
            (name, *compared(one["bare"], one["small"]), f"{statistics.median(one['cpu']) * 1000:.1f}")
            for name, one in times.items()
        ],
    )
    table(
        "Units per operation",
        ("operation", "DynamoDB calls", "read units", "write units"),
        [(name, *map("{:g}".format, one[0])) for name, one in units.items()],
    )
    table(
        f"The same at {SMALL:,} entries and {PEOPLE[SMALL]:,} people, and at {LARGE:,} and {PEOPLE[LARGE]:,}",
        ("operation", f"units, {SMALL:,}", f"{LARGE:,}", f"median, ms, {SMALL:,}", f"{LARGE:,}", "ratio"),
        [
            (name, *(f"{sum(one[1:]):g}" for one in units[name]), *compared(one["small"], one["large"]))
            for name, one in times.items()
        ],
    )


def compared(base: list[float], times: list[float]) -> list[str]:
    """Return both medians in milliseconds, and the ratio."""
    return [*(f"{statistics.median(one) * 1000:.2f}" for one in (base, times)), f"{ratio(times, base):.2f}"]


if __name__ == "__main__":
    main()
