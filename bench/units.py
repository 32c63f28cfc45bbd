"""What each operation costs in DynamoDB's units, and whether that grows with the table.

DynamoDB Local counts units as DynamoDB does (`ReturnConsumedCapacity`); its times say only whether they grow.
ENTRIES sets the size of the large table.
"""

import os
import statistics
from functools import partial
from typing import Final

from bench.api import Api, within
from bench.measure import interleaved, ratio, rows, timed
from bench.operations import Operation, operations
from bench.tables import connected, create, fill
from local.dynamodb_local import dynamodb_local

SMALL: Final = 1_000
LARGE: Final = int(os.environ.get("ENTRIES") or 1_000_000)


def main() -> None:
    """Print both tables."""
    with dynamodb_local(heap="2g") as endpoint, within(endpoint, "unnamed"):
        client = connected()
        sizes = {size: f"entries-{size}" for size in (SMALL, LARGE)}
        for size, name in sizes.items():
            create(client, name)
            fill(endpoint, name, size)
        units = {size: _units(Api(name, capacity=True)) for size, name in sizes.items()}
        times = _times({size: Api(name) for size, name in sizes.items()})
    rows(
        "Units per operation",
        ("operation", "DynamoDB calls", "read units", "write units"),
        ((name, *map("{:g}".format, costs)) for name, costs in units[SMALL].items()),
    )
    rows(
        f"The same at {SMALL:,} and at {LARGE:,} entries",
        ("operation", f"units, {SMALL:,}", f"{LARGE:,}", f"median, ms, {SMALL:,}", f"{LARGE:,}", "ratio"),
        (
            (
                name,
                *(f"{sum(units[size][name][1:]):g}" for size in sizes),
                *(f"{statistics.median(times[size][name]) * 1000:.2f}" for size in sizes),
                f"{ratio(times[LARGE][name], times[SMALL][name]):.2f}",
            )
            for name in units[SMALL]
        ),
    )


def _units(api: Api) -> dict[str, tuple[float, float, float]]:
    """Return the calls, the read units and the write units of each operation."""
    costs: dict[str, tuple[float, float, float]] = {}
    for operation in operations():
        with api.ready(operation):
            api.call(operation)
            record = api.record
            costs[operation.name] = (len(record.calls), record.read, record.write)
    return costs


def _times(apis: dict[int, Api]) -> dict[int, dict[str, list[float]]]:
    """Return the seconds that each operation took in each round, on either table in turn."""
    times: dict[int, dict[str, list[float]]] = {size: {} for size in apis}
    for operation in operations():
        measured = interleaved({str(size): partial(_call, api, operation) for size, api in apis.items()})
        for size in apis:
            times[size][operation.name] = measured[str(size)]
    return times


def _call(api: Api, operation: Operation) -> float:
    with api.ready(operation):
        return timed(lambda: api.call(operation))


if __name__ == "__main__":
    main()
