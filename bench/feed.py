"""The feed of changes: the throughput of one head, and the latency from an answer to the feed.

The throughput is that of DynamoDB Local, whose transactions are faster than AWS's and run one at a time.
The latency is that of the local stack; the batching window of the stream, 1 s, is most of it.
"""

import os
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout, suppress
from functools import partial
from typing import Any, Final
from unittest.mock import patch

import boto3
import httpx2 as httpx

from bench.entries import create_table
from bench.measure import function_environment, table, timed
from bench.stack import ENTRY
from local.dynamodb_local import dynamodb_local
from local.ports import free_ports
from local.settings import Settings
from local.sign_in import access_token
from local.stack import running
from timesheets.model.change import Change
from timesheets.model.errors import Conflict
from timesheets.model.ids import new_id
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.log import log_item
from timesheets.stream.numbering import number_entries

BATCHES: Final = 12
ENTRIES: Final = 40


def number(changes: Changes, batch: list[str]) -> None:
    """Number a batch, again until it succeeds, as Lambda does."""
    while True:
        with suppress(Conflict):
            number_entries(changes, batch)
            return


def throughput(client: Any) -> Iterator[tuple[int, int, str]]:  # noqa: ANN401 botocore's
    """Number changes by 1, 2 and 4 functions, in batches; yield the changes a second."""
    for functions in (1, 2, 4):
        for size in (1, 10, 99):
            name = f"feed-{functions}-{size}"
            create_table(name)
            batches = [[new_id("auth0|ana") for _ in range(size)] for _ in range(functions * BATCHES)]
            for change in (Change("created", one, 1, "", None, None) for batch in batches for one in batch):
                client.put_item(TableName=name, Item=log_item(change))
            changes = Changes(Table(client, name))
            with ThreadPoolExecutor(functions) as pool:
                seconds = timed(lambda: list(pool.map(partial(number, changes), batches)))  # noqa: B023 at once
            yield functions, size, f"{functions * BATCHES * size / seconds:.0f}"


def latency(settings: Settings) -> list[float]:
    """Return the milliseconds from the answer to each POST until the feed has its change."""
    owner = access_token(settings.issuer, "ana", audience=settings.audience)
    grant = {"grant_type": "client_credentials", "audience": settings.audience}
    client = {"client_id": "timesheets-payroll", "client_secret": "local-payroll-secret"}
    answer = httpx.post(f"{settings.issuer}oauth/token", json=grant | client)
    reader: str = answer.raise_for_status().json()["access_token"]
    times, after = list[float](), 0
    with httpx.Client(base_url=settings.api_url, timeout=60) as http:
        for _ in range(ENTRIES):
            created = http.post("/timesheets", json=ENTRY, headers={"Authorization": f"Bearer {owner}"})
            answered, entry_id, found = time.perf_counter(), created.raise_for_status().json()["id"], False
            while not found:
                feed = http.get(f"/changes?after={after}", headers={"Authorization": f"Bearer {reader}"})
                body = feed.raise_for_status().json()
                after, found = body["next"], entry_id in {one["entry"]["id"] for one in body["changes"]}
                time.sleep(0 if found else 0.02)
            times.append((time.perf_counter() - answered) * 1000)
    return times


def main() -> None:
    """Print the tables."""
    with dynamodb_local() as url, patch.dict(os.environ, function_environment(AWS_ENDPOINT_URL_DYNAMODB=url)):
        rows = list(throughput(boto3.client("dynamodb")))
    table("The throughput of one head", ("numbering functions", "changes a batch", "changes a second"), rows)
    api, issuer, aws = free_ports(3)
    settings = Settings(api_port=api, issuer_port=issuer, aws_port=aws)
    with redirect_stdout(sys.stderr), running(settings):
        times = latency(settings)
    cuts = statistics.quantiles(times, n=100)
    columns = (f"{ENTRIES} entries", "p50, ms", "p99, ms")
    table(
        "From an answer to the feed",
        columns,
        [("POST to GET /changes", f"{cuts[49]:.0f}", f"{cuts[98]:.0f}")],
    )


if __name__ == "__main__":
    main()
