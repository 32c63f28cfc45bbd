"""Tables in DynamoDB Local, created as the template has them and filled with as many entries as asked for."""

import http.client
import json
import multiprocessing
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import boto3
from samcli.yamlhelper import yaml_parse

from bench.measure import PROJECT
from timesheets.model.entry import Decision, Entry, decided, new_entry
from timesheets.model.ids import id_of_request
from timesheets.store.items import Item, to_item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

ANA: Final = "auth0|ana"
"""Owns more entries than anyone."""
LAST_DAY: Final = date(2026, 11, 20)

_OWNED: Final = 20_000
_PENDING: Final = 5_000
_OWNERS: Final = 10_000
"""Others, among whom the rest is spread."""
_BATCH: Final = 25
"""Items; DynamoDB takes no more."""
_TASK: Final = 1_000
_PROCESSES: Final = 3
"""DynamoDB Local writes one item at a time, so more don't help."""
_NOW: Final = datetime(2026, 11, 20, 21, 51, 49, 552_000, UTC)


def connected() -> "DynamoDBClient":
    """Return a client of the DynamoDB that the environment names."""
    client: DynamoDBClient = boto3.client("dynamodb")
    return client


def create(client: "DynamoDBClient", name: str) -> None:
    """Create the template's table, indexes and all."""
    template = yaml_parse((PROJECT / "template.yaml").read_text())
    properties: dict[str, Any] = template["Resources"]["Table"]["Properties"]
    kept = ("AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes", "GlobalSecondaryIndexes")
    client.create_table(
        TableName=name, BillingMode="PAY_PER_REQUEST", **{key: properties[key] for key in kept}
    )


def fill(endpoint: str, name: str, size: int) -> None:
    """Put so many entries into a table, from several processes, and say on stderr how long that took."""
    started = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(_PROCESSES) as pool:
        pool.map(partial(_put, endpoint, name, size), range(0, size, _TASK), chunksize=1)
    seconds = time.monotonic() - started
    print(f"{size:,} entries put into DynamoDB Local in {seconds:.0f} s", file=sys.stderr)


def entry(owner: str, seed: str, day: date = LAST_DAY) -> Entry:
    """Return an entry of the usual length, the same for the same seed."""
    return new_entry(
        {"date": day, "project": "StoreZero", "hours": Decimal("7.5")},
        id=id_of_request(owner, "bench", seed),
        user_id=owner,
        user_email=f"{owner[6:]}@exampleco.com",
        now=_NOW,
    )


def approved(owner: str, seed: str, day: date = LAST_DAY) -> Entry:
    """Return an entry as it is after its approval."""
    return decided(entry(owner, seed, day), Decision(approved=True), reviewer="auth0|mia", now=_NOW)


def numbered(number: int, size: int) -> Entry:
    """Return one of a table's entries.

    A table's oldest pending entries and ana's newest ones are the same whatever its size, so that a page of
    either, and a week, is the same: what differs is how much lies behind them.
    """
    pending, owned = min(_PENDING, size // 5), min(_OWNED, size // 5)
    if number < pending:
        return entry(f"auth0|{number % 100:024}", f"{number}", date(2026, 1, 1) + timedelta(number // 20))
    number -= pending
    if number < owned:  # one each day, so that all weeks are alike
        return approved(ANA, f"{number}", LAST_DAY - timedelta(number))
    return approved(
        f"auth0|{number % _OWNERS:024}", f"{number}", LAST_DAY - timedelta(number // _OWNERS % 365)
    )


def write(
    client: "DynamoDBClient", name: str, *, put: Iterable[Item] = (), delete: Iterable[Item] = ()
) -> None:
    """Put items, and delete those of the given keys."""
    requests: list[Any] = [{"DeleteRequest": {"Key": key}} for key in delete]
    requests += [{"PutRequest": {"Item": item}} for item in put]
    for start in range(0, len(requests), _BATCH):
        client.batch_write_item(RequestItems={name: requests[start : start + _BATCH]})


def _put(endpoint: str, name: str, size: int, first: int) -> None:
    """Put the entries from the first on. By plain HTTP: botocore takes half of this machine's time for it."""
    connection = http.client.HTTPConnection(endpoint.rpartition("/")[2])
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20261120/eu-west-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=0",  # DynamoDB Local wants one, and checks none
    }
    for batch in _batches(first, size):
        requests = [{"PutRequest": {"Item": item}} for item in batch]
        connection.request("POST", "/", json.dumps({"RequestItems": {name: requests}}), headers)
        with connection.getresponse() as response:
            answer = json.loads(response.read())
        if answer.get("UnprocessedItems") != {}:
            raise RuntimeError(answer)


def _batches(first: int, size: int) -> Iterator[list[Item]]:
    last = min(first + _TASK, size)
    for start in range(first, last, _BATCH):
        yield [to_item(numbered(number, size)) for number in range(start, min(start + _BATCH, last))]
