"""Compute the directory of people again from everyone's entries and signatures.

Reads the whole table. Safe to repeat and to run beside live writes.
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from ops.environment import command, command_parser, parse
from timesheets.store.dynamodb import Table
from timesheets.store.items import OWNER_PREFIX, owner_in
from timesheets.store.people import PEOPLE, People

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def refresh_all(client: "DynamoDBClient", table: str) -> tuple[int, int]:
    """Compute the rows of all owners and in the directory; return how many, and how many changed."""
    people = People(Table(client, table))
    owners = {owner_in(partition) for partition in _partitions(client, table)}
    owners |= {item["SK"]["S"] for item in _directory(client, table)}
    return len(owners), sum(people.refresh(owner) for owner in sorted(owners))


def _partitions(client: "DynamoDBClient", table: str) -> Iterator[str]:
    pages = client.get_paginator("scan").paginate(
        TableName=table,
        ConsistentRead=True,
        ProjectionExpression="PK",
        FilterExpression="begins_with(PK, :owner)",
        ExpressionAttributeValues={":owner": {"S": OWNER_PREFIX}},
    )
    # The items of a partition follow one another.
    return (key for key, _ in groupby(item["PK"]["S"] for page in pages for item in page["Items"]))


def _directory(client: "DynamoDBClient", table: str) -> Iterator[dict[str, dict[str, str]]]:
    pages = client.get_paginator("query").paginate(
        TableName=table,
        ConsistentRead=True,
        KeyConditionExpression="PK = :people",
        ExpressionAttributeValues={":people": {"S": PEOPLE}},
    )
    return (item for page in pages for item in page["Items"])  # type: ignore[misc]


@command
def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    _, environment = parse(command_parser("make people ENV=prod"), arguments)
    found, changed = refresh_all(environment.client("dynamodb"), environment.outputs()["TableName"])
    print(f"{found} people, {changed} rows changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
