"""Give each entry from before the log its first row: its creation, as it is now.

Reads the whole table. An entry that has a row of the log stays as it is, so running it twice, and beside live
writes, does no harm. The stream numbers the rows.
Exit status: 0 on success, 1 after a failure, 2 for wrong usage.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import batched
from typing import Final

from ops.environment import command, command_parser, parse
from ops.scan import scan
from timesheets.model.change import Change
from timesheets.model.entry import Entry
from timesheets.model.errors import Conflict, NotFound
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table, check
from timesheets.store.entries import Entries, is_unchanged
from timesheets.store.items import entry_key, from_item, is_entry
from timesheets.store.log import log

BATCH: Final = 1000
"""Entries in memory at a time."""
THREADS: Final = 8


def backfill(table: Table, *, dry_run: bool = False) -> Counter[bool]:
    """Log the creation of each entry without a row of the log; count those that needed it, and the others."""
    counts = Counter[bool]()
    with ThreadPoolExecutor(THREADS) as pool:
        for entries in batched(_entries(table), BATCH, strict=False):
            counts.update(pool.map(lambda entry: log_creation(table, entry, dry_run=dry_run), entries))
    return counts


def log_creation(table: Table, entry: Entry, *, dry_run: bool = False) -> bool:
    """Log the creation of an entry; return False if it has a row of the log, or was deleted meanwhile."""
    while Changes(table).last(entry.id) is None:
        by = entry.source or entry.user_id
        creation = Change("created", entry.id, entry.version, entry.created_at, by, entry)
        try:
            if not dry_run:
                table.write(check(entry_key(entry.id), is_unchanged(entry)), log(creation))
        except Conflict:  # with a live write, which may yet fail
            time.sleep(random.uniform(0, 0.05))  # noqa: S311 not a secret
        else:
            return True
        try:
            entry = Entries(table).find(entry.id)
        except NotFound:
            return False
    return False


def _entries(table: Table) -> Iterator[Entry]:
    return (from_item(item) for item in scan(table.client, table.name) if is_entry(item))


@command
def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = command_parser("make backfill ENV=prod [DRY_RUN=1]")
    parser.add_argument("--dry-run", action="store_true")
    options, environment = parse(parser, arguments)
    table = Table(environment.client("dynamodb"), environment.outputs()["TableName"])
    counts = backfill(table, dry_run=options.dry_run)
    done = "have no row of the log" if options.dry_run else "got their first row of the log"
    print(f"{counts[True]} entries {done}, {counts[False]} have one or were deleted meanwhile.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
