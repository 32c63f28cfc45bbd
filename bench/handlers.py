"""One warm call of each handler against the bare DynamoDB calls that it makes, in the same rounds.

The bare calls are the handler's own, on the same data, by a client of the same settings. An upload's are made
side by side, as the handler makes them.
"""

import statistics

from bench.api import Api, Calls, within
from bench.measure import interleaved, ratio, rows, timed
from bench.operations import Operation, operations
from bench.tables import connected, create, fill
from local.dynamodb_local import dynamodb_local

_SIZE = 1_000
_TABLE = f"entries-{_SIZE}"


def main() -> None:
    """Print the table."""
    with dynamodb_local() as endpoint, within(endpoint, _TABLE):
        create(connected(), _TABLE)
        fill(endpoint, _TABLE, _SIZE)
        api = Api(_TABLE)
        times = {operation.name: _turns(api, operation) for operation in operations()}
    rows(
        "One warm call of each handler, and the bare DynamoDB calls it makes",
        ("operation", "bare calls: median, ms", "handler: median, ms", "ratio"),
        (
            (
                name,
                *(f"{statistics.median(one) * 1000:.2f}" for one in (bare, handler)),
                f"{ratio(handler, bare):.2f}",
            )
            for name, (bare, handler) in times.items()
        ),
    )


def _turns(api: Api, operation: Operation) -> tuple[list[float], list[float]]:
    """Return the seconds of the bare calls and of the handler, round by round."""
    calls: Calls = []

    def handler() -> float:
        with api.ready(operation):
            taken = timed(lambda: api.call(operation))
            calls[:] = api.record.calls
        return taken

    def bare() -> float:
        with api.ready(operation):
            return timed(lambda: api.replay(calls))

    times = interleaved({"handler": handler, "bare": bare})
    return times["bare"], times["handler"]


if __name__ == "__main__":
    main()
