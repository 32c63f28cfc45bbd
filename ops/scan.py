"""Reads of the whole table. Only operators' commands do that; no request scans the table."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from timesheets.store.dynamodb import Item

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def scan(client: "DynamoDBClient", table: str, **options: Any) -> Iterator[Item]:  # noqa: ANN401 of `Scan`
    """Yield the items of a table, those of a partition one after another; `options` are those of `Scan`."""
    pages = client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True, **options)
    return (item for page in pages for item in page["Items"])
