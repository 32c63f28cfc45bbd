"""Number every change that has no number, for example after an outage longer than the stream's 24 hours.

Reads the whole table. Safe to repeat and to run beside live writes.
Exit status: 0 if all changes have a number, 1 if some could not be numbered, 2 for wrong usage.
"""

import secrets
import sys
from collections.abc import Iterator
from itertools import batched, groupby
from typing import TYPE_CHECKING, Final

from ops.environment import command, command_parser, parse
from ops.scan import scan
from timesheets.model.ids import HALF
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.log import HEAD_KEY, LOG_PREFIX, entry_id_of
from timesheets.store.people import People
from timesheets.stream.numbering import number_entries
from timesheets.stream.people import refresh_people

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BATCH: Final = 100
"""Entries that are numbered together."""


def number_all(client: "DynamoDBClient", table: str) -> tuple[int, set[str]]:
    """Number every change; return the number of entries that had some without, and those that failed."""
    changes, people = Changes(Table(client, table)), People(Table(client, table))
    count, failures = 0, set[str]()
    for ids in batched(_unnumbered(client, table), BATCH, strict=False):
        count += len(ids)
        # People come first: exports list those in the directory, and hold every change up to a number.
        refresh_people(people, {entry_id[HALF:] for entry_id in ids})
        failures |= number_entries(changes, ids)
    return count, failures


def start_new_log(client: "DynamoDBClient", table: str) -> None:
    """Give the log a new name, so that its readers start again."""
    client.update_item(
        TableName=table,
        Key=HEAD_KEY,
        UpdateExpression="SET log_id = :id",
        ExpressionAttributeValues={":id": {"S": secrets.token_hex(8)}},
    )


def _unnumbered(client: "DynamoDBClient", table: str) -> Iterator[str]:
    """Yield the ids of the entries that have changes without a number."""
    rows = scan(
        client,
        table,
        ProjectionExpression="SK",
        FilterExpression="begins_with(SK, :log) AND attribute_not_exists(log_number)",
        ExpressionAttributeValues={":log": {"S": LOG_PREFIX}},
    )
    # The changes of an entry follow one another in its partition.
    return (entry_id for entry_id, _ in groupby(entry_id_of(row["SK"]["S"]) for row in rows))


@command
def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = command_parser("make number ENV=prod [NEW_LOG=1]")
    parser.add_argument("--new-log", action="store_true")
    options, environment = parse(parser, arguments)
    client, table = environment.client("dynamodb"), environment.outputs()["TableName"]
    if options.new_log:
        start_new_log(client, table)
        print("The log has a new name; its readers start again.")
    count, failures = number_all(client, table)
    print(f"{count - len(failures)} entries had changes without a number; they have one now.")
    for entry_id in sorted(failures):
        print(f"{entry_id} could not be numbered; the log line above names the cause", file=sys.stderr)
    return min(len(failures), 1)


if __name__ == "__main__":
    sys.exit(main())
