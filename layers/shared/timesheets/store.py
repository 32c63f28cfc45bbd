"""Entries in DynamoDB: the only place that knows how they are kept.

One table. An entry lies in its owner's partition, sorted by date and then by the time it was logged,
so that a list is one strongly consistent range query:

    PK = USER#<sub>    SK = TS#<date>#<id>
"""

import os
import secrets
import time
import uuid
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

import botocore.session
from botocore.config import Config

from timesheets.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, QueryInputTypeDef

# botocore's default read timeout, 60 s, outlives the gateway's 29 s.
_CONFIG: Final = Config(
    connect_timeout=1, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 3}
)

_PREFIX: Final = "TS#"


def new_id() -> str:
    """Return an entry's id: a UUID version 7 (RFC 9562, section 5.7), which sorts by the time it was made."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(12) << 64 | 0b10 << 62 | secrets.randbits(62)
    return str(uuid.UUID(int=value))


class Store:
    """The table of entries."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table = table_name

    @classmethod
    def connect(cls) -> "Store":
        """Open the table that `TABLE_NAME` names, where botocore's own settings say DynamoDB is."""
        # Not boto3: its resource model costs a cold start, and nothing here uses it.
        client: Any = botocore.session.get_session().create_client("dynamodb", config=_CONFIG)
        return cls(client, os.environ["TABLE_NAME"])

    def add(self, entry: Entry) -> None:
        """Keep a new entry; never over one that is there."""
        self._client.put_item(
            TableName=self._table, Item=_to_item(entry), ConditionExpression="attribute_not_exists(PK)"
        )

    def entries_of(
        self, user_id: str, *, first: date = date.min, last: date = date.max, ascending: bool = False
    ) -> "Iterator[Entry]":
        """Yield a user's entries dated `first` to `last`, both included, newest date first."""
        query: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "PK = :pk AND SK BETWEEN :first AND :last",
            "ExpressionAttributeValues": {
                ":pk": {"S": _partition(user_id)},
                ":first": {"S": f"{_PREFIX}{first.isoformat()}#"},
                ":last": {"S": f"{_PREFIX}{last.isoformat()}#~"},  # ~ sorts after every id
            },
            "ConsistentRead": True,
            "ScanIndexForward": ascending,
        }
        while True:
            page = self._client.query(**query)
            yield from map(_from_item, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def _partition(user_id: str) -> str:
    return f"USER#{user_id}"


def _to_item(entry: Entry) -> "dict[str, AttributeValueTypeDef]":
    texts = {
        "PK": _partition(entry.user_id),
        "SK": f"{_PREFIX}{entry.date.isoformat()}#{entry.id}",
        "id": entry.id,
        "user_id": entry.user_id,
        "user_email": entry.user_email,
        "date": entry.date.isoformat(),
        "project": entry.project,
        "notes": entry.notes,
        "status": entry.status,
        "created_at": entry.created_at,
        "modified_at": entry.modified_at,
    }
    item: dict[str, AttributeValueTypeDef] = {
        name: {"S": text} for name, text in texts.items() if text is not None
    }
    return item | {"hours": {"N": str(entry.hours)}, "version": {"N": str(entry.version)}}


def _from_item(item: "dict[str, Any]") -> Entry:
    def text(name: str) -> str | None:
        return item[name]["S"] if name in item else None

    return Entry(
        id=item["id"]["S"],
        user_id=item["user_id"]["S"],
        user_email=text("user_email"),
        date=date.fromisoformat(item["date"]["S"]),
        project=item["project"]["S"],
        hours=Decimal(item["hours"]["N"]),
        notes=text("notes"),
        status=item["status"]["S"],
        created_at=item["created_at"]["S"],
        modified_at=item["modified_at"]["S"],
        version=int(item["version"]["N"]),
    )
