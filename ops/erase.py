"""Erase the data of one person (GDPR, article 17), whose account is blocked first.

The process environment holds AUTH0_DOMAIN and AUTH0_TOKEN, or BLOCKED=1 (see `ops.auth0`). A new change
`erased` and stubs of the other changes remain of each entry, so that every reader of the feed hears of it.
Running it twice, after a failure too, does no harm.
Exit status: 0 on success, 1 after a failure, 2 for wrong usage.
"""

import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import batched
from typing import Final

from ops.auth0 import block
from ops.environment import StepFailed, command, command_parser, parse
from timesheets.model.change import Change
from timesheets.model.entry import rfc3339
from timesheets.model.errors import Conflict
from timesheets.model.ids import hash_of, owner_of
from timesheets.store.dynamodb import IS_NEW, Action, Item, Table, check, delete, equals, put
from timesheets.store.entries import is_unchanged
from timesheets.store.items import (
    NO_ENTRY,
    REMINDER_PREFIX,
    SIGNATURE_PREFIX,
    entry_key,
    erasure_key,
    from_item,
    import_key,
    is_entry,
    partition_of,
)
from timesheets.store.log import LOG_PREFIX, change_of, entry_id_of, log, log_item
from timesheets.store.people import People

ACTIONS: Final = 100
"""At most, of one transaction."""
NO_NUMBER: Final = {"ConditionExpression": "attribute_exists(PK) AND attribute_not_exists(log_number)"}


@dataclass(frozen=True)
class Eraser:
    """Erases the data of one person from a table that serves on meanwhile."""

    table: Table
    user_id: str
    at: str
    """The time of the erasure (RFC 3339, section 5.6)."""

    def run(self) -> Counter[str]:
        """Erase everything, and all that is written meanwhile; return the counts of `find`, of all rounds."""
        owner, counts = hash_of(self.user_id), Counter[str]()
        while not self.table.get(erasure_key(owner)):
            with suppress(Conflict):
                self.table.write(put(erasure_key(owner) | {"at": {"S": self.at}}, IS_NEW))
        while found := list(self.find()):
            for kinds, actions in found:
                try:
                    # The first transaction has the removal and its row of the log, the others only stubs.
                    for chunk in batched(actions, ACTIONS, strict=False):
                        self.table.write(*chunk)
                except Conflict:  # with a live write: the next round finds the entry as it is then
                    time.sleep(0.1)
                else:
                    counts.update(kinds)
        People(self.table).refresh(owner)  # removes the row: nothing of the person is left
        return counts

    def find(self) -> Iterator[tuple[Counter[str], list[Action]]]:
        """Yield counts and actions: of each entry that is not erased yet, each signature and each reminder.

        A new kind of personal item needs its actions here.
        """
        owner = partition_of(hash_of(self.user_id))
        entries, rows = dict[str, Item](), defaultdict[str, list[Item]](list)
        for item in self.table.query(
            None, "PK = :owner", {":owner": owner}, page_size=0, ConsistentRead=True
        ):
            sort_key = item["SK"]["S"]
            if sort_key.startswith(LOG_PREFIX):
                rows[entry_id_of(sort_key)].append(item)
            elif sort_key.startswith((SIGNATURE_PREFIX, REMINDER_PREFIX)):
                kind = "signatures" if sort_key.startswith(SIGNATURE_PREFIX) else "reminders"
                yield Counter({kind: 1}), [delete({"PK": item["PK"], "SK": item["SK"]}, {})]
            elif owner_of(sort_key):
                entries[sort_key] = item
            else:
                raise StepFailed(f"The item {sort_key} is of a kind that this command cannot erase")
        for entry_id in entries | rows:
            item, stubs = entries.get(entry_id, {}), self._stubs(rows[entry_id])
            removal = self._removal(entry_id, item, rows[entry_id])
            if removal or stubs:
                counts = Counter(entries=int(is_entry(item)), changes=len(stubs))
                yield counts, removal + stubs

    def _removal(self, entry_id: str, item: Item, rows: list[Item]) -> list[Action]:
        """Return the actions that remove an entry, or the rest of a deleted one, and log the erasure."""
        last = change_of(rows[-1]) if rows else None
        version = last.version if last else 0
        key, actions = entry_key(entry_id), list[Action]()
        if is_entry(item):
            entry = from_item(item)
            version = max(version, entry.version)
            # The key alone stays of an entry that had an idempotency key: it is not to be used again.
            remove = delete if entry.request_digest is None else put
            actions.append(remove(key, is_unchanged(entry)))
            if entry.source and entry.external_id:
                record, own = import_key(entry.source, entry.external_id), {"S": entry_id}
                if self.table.get(record).get("entry_id") == own:
                    actions.append(delete(record, equals(entry_id=own)))
        elif set(item) > set(key):
            actions.append(put(key, NO_ENTRY))
        if is_entry(item) or (last and last.kind != "erased"):
            actions = actions or [check(key, NO_ENTRY)]
            actions.append(log(Change("erased", entry_id, version + 1, self.at, "erasure", None)))
        return actions

    def _stubs(self, rows: list[Item]) -> list[Action]:
        """Return the actions that keep only the keys and the number of changes."""
        changes = [(row, change_of(row)) for row in rows]
        return [self._stub(row, change) for row, change in changes if change.kind != "erased"]

    def _stub(self, row: Item, change: Change) -> Action:
        erased = replace(change, kind="erased", at=self.at, by="erasure", entry=None)
        number = {name: row[name] for name in ("log_number", "log_block") if name in row}
        return put(log_item(erased) | number, equals(**number) if number else NO_NUMBER)


@command
def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = command_parser("make erase ENV=prod USER='auth0|...' [DRY_RUN=1]")
    parser.add_argument("user")
    parser.add_argument("--dry-run", action="store_true")
    options, environment = parse(parser, arguments)
    if not options.user:
        parser.error("USER must be the person's user_id")
    table = Table(environment.client("dynamodb"), environment.outputs()["TableName"])
    eraser = Eraser(table, options.user, rfc3339(datetime.now(UTC)))
    if options.dry_run:
        counts = sum((counts for counts, _ in eraser.find()), Counter[str]())
    else:
        block(options.user)
        counts = eraser.run()
    done = "would be erased" if options.dry_run else "erased"
    entries = f"{counts['entries']} entries, {counts['changes']} rows of the log"
    print(f"{entries}, {counts['signatures']} signatures and {counts['reminders']} reminders {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
