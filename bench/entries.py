"""Tables in DynamoDB Local with any number of entries."""

import http.client
import json
import multiprocessing
import sys
import time
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

import boto3
from samcli.yamlhelper import yaml_parse

from bench.measure import PROJECT
from timesheets.model.entry import Decision, Entry, decided, new_entry
from timesheets.model.ids import id_of_request
from timesheets.store.dynamodb import Item
from timesheets.store.items import to_item

ANA: Final = "auth0|ana"
"""The caller of the benchmarks, who owns the most entries."""
DAY: Final = date(2026, 11, 20)
"""The date of the newest entries."""
BATCH: Final = 25
"""Items in one BatchWriteItem, DynamoDB's limit."""
TASK: Final = 1_000
"""Entries that a process writes before it takes more."""


def create_table(name: str) -> None:
    """Create the template's table with its indexes."""
    template = yaml_parse((PROJECT / "template.yaml").read_text())
    properties: dict[str, Any] = template["Resources"]["Table"]["Properties"]
    copied = ("AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes", "GlobalSecondaryIndexes")
    definition = {key: properties[key] for key in copied}
    boto3.client("dynamodb").create_table(TableName=name, BillingMode="PAY_PER_REQUEST", **definition)


def fill(endpoint: str, name: str, size: int) -> None:
    """Write `size` entries in three processes; more do not help, as DynamoDB Local writes one at a time."""
    started = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(3) as pool:
        pool.map(partial(_write, endpoint, name, size), range(0, size, TASK), chunksize=1)
    seconds = time.monotonic() - started
    print(f"{size:,} entries written to DynamoDB Local in {seconds:.0f} s", file=sys.stderr)


def _write(endpoint: str, name: str, size: int, first: int) -> None:
    """Write a thousand entries over plain HTTP: botocore would take half of the machine's time."""
    connection = http.client.HTTPConnection(endpoint.rpartition("/")[2])
    headers = {
        "Content-Type": "application/x-amz-json-1.0",
        "X-Amz-Target": "DynamoDB_20120810.BatchWriteItem",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20261120/eu-west-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=0",  # DynamoDB Local requires one and checks none
    }
    for start in range(first, min(first + TASK, size), BATCH):
        items = [_item(number, size) for number in range(start, min(start + BATCH, size))]
        body = {"RequestItems": {name: [{"PutRequest": {"Item": item}} for item in items]}}
        connection.request("POST", "/", json.dumps(body), headers)
        with connection.getresponse() as response:
            answer = json.loads(response.read())
        if answer.get("UnprocessedItems") != {}:
            raise RuntimeError(answer)


def _item(number: int, size: int) -> Item:
    """Return an entry of a table as DynamoDB's item.

    The oldest pending entries and ana's newest ones are the same at any size. So a page of either, and a
    week, are the same, and only the number of entries behind them differs.
    """
    pending, owned = min(5_000, size // 5), min(20_000, size // 5)
    if number < pending:
        return to_item(
            _entry(f"auth0|{number % 100:024}", number, date(2026, 1, 1) + timedelta(number // 20))
        )
    number -= pending
    if number < owned:  # one a day, so that all weeks are alike
        entry = _entry(ANA, number, DAY - timedelta(number))
    else:
        entry = _entry(f"auth0|{number % 10_000:024}", number, DAY - timedelta(number // 10_000 % 365))
    decision = Decision(approved=True)
    return to_item(decided(entry, decision, reviewer="auth0|mia", now=datetime(2026, 11, 20, 22, tzinfo=UTC)))


def _entry(owner: str, number: int, day: date) -> Entry:
    return new_entry(
        {"date": day, "project": "StoreZero", "hours": Decimal("7.5")},
        id=id_of_request(owner, "bench", str(number)),
        user_id=owner,
        user_email=f"{owner[6:]}@exampleco.com",
        user_name=owner[6:],
        now=datetime(2026, 11, 20, 21, 51, 49, 552_000, UTC),
    )
