"""Compute the directory of people again from everyone's entries and signatures.

Reads the whole table. Safe to repeat and to run beside live writes.
"""

import sys
from typing import TYPE_CHECKING

from ops.environment import command, command_parser, parse
from ops.scan import scan
from timesheets.store.dynamodb import Table
from timesheets.store.items import OWNER_PREFIX
from timesheets.store.people import PEOPLE, People

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def refresh_all(client: "DynamoDBClient", table: str) -> tuple[int, int]:
    """Compute the rows of all owners and in the directory; return how many, and how many changed."""
    people = People(Table(client, table))
    keys = scan(
        client,
        table,
        ProjectionExpression="PK, SK",
        FilterExpression="begins_with(PK, :owner) OR PK = :people",
        ExpressionAttributeValues={":owner": {"S": OWNER_PREFIX}, ":people": {"S": PEOPLE}},
    )
    owners = {
        key["SK"]["S"] if key["PK"]["S"] == PEOPLE else key["PK"]["S"].removeprefix(OWNER_PREFIX)
        for key in keys
    }
    return len(owners), sum(people.refresh(owner) for owner in sorted(owners))


@command
def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    _, environment = parse(command_parser("make people ENV=prod"), arguments)
    found, changed = refresh_all(environment.client("dynamodb"), environment.outputs()["TableName"])
    print(f"{found} people, {changed} rows changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
