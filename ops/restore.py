"""Copy lost entries from a restored table into the stack's own table, which serves on meanwhile.

Without IDS only lost entries are restored, not those that were deleted or imported again as other entries;
entries named by IDS are restored also over present ones. Each gets a new version in the log, of which nothing
is copied. Entries of a person whose data were erased stay erased. Running it twice does no harm.
Exit status: 0 on success, 1 after a failure, 2 for wrong usage.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final, Literal

from ops.environment import StepFailed, command, command_parser, parse
from ops.scan import scan
from timesheets.model.change import change_to
from timesheets.model.entry import Entry, rfc3339
from timesheets.model.errors import Conflict
from timesheets.model.ids import HALF, owner_of
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import IS_NEW, Action, Item, Table, absent_or, check, equals, put
from timesheets.store.entries import is_unchanged
from timesheets.store.items import NO_ENTRY, entry_key, erasure_key, from_item, import_key, is_entry, to_item
from timesheets.store.log import log

type Outcome = Literal["restored", "present", "deleted", "imported again", "erased"]

ATTEMPTS: Final = 6
"""To restore one entry while others change it."""


@dataclass(frozen=True)
class Restorer:
    """Copies entries from one table to another of the same keys."""

    source: Table
    target: Table
    dry_run: bool = False

    def restore_missing(self) -> Iterator[tuple[str, Outcome]]:
        """Restore each entry that was lost; yield the id and the outcome of each entry of the source."""
        for item in scan(self.source.client, self.source.name):
            if is_entry(item):
                yield item["SK"]["S"], self._restore(from_item(item), named=False)
            elif "request" in item:
                self._restore_tombstone(item)

    def restore(self, entry_id: str) -> Outcome:
        """Restore an entry over its present state, unless its owner's data were erased.

        Raise StepFailed if the source has no such entry, or its external id belongs to another entry by now.
        """
        lost = self.source.get(entry_key(entry_id))
        if not is_entry(lost):
            raise StepFailed(f"{self.source.name} has no entry {entry_id}")
        outcome = self._restore(from_item(lost), named=True)
        if outcome == "imported again":
            raise StepFailed(f"the external id of {entry_id} belongs to another entry")
        return outcome

    def _restore(self, lost: Entry, *, named: bool) -> Outcome:
        for attempt in range(ATTEMPTS):
            decision = self._decide(lost, named=named)
            if isinstance(decision, str):
                return decision
            with suppress(Conflict):  # with a live write: decide again
                if not self.dry_run:
                    self.target.write(*decision)
                return "restored"
            time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311 not a secret
        raise StepFailed(f"{lost.id} is being changed by others; run the command again")

    def _decide(self, lost: Entry, *, named: bool) -> Outcome | list[Action]:
        """Return the actions that restore an entry, or the reason why it is not restored."""
        item = self.target.get(entry_key(lost.id))
        present = from_item(item) if is_entry(item) else None
        if present and (not named or _same(lost, present)):
            return "present"
        erasure = erasure_key(lost.id[HALF:])
        if self.target.get(erasure):
            return "erased"
        last = Changes(self.target).last(lost.id)
        if not named and (item or (last and last.kind == "deleted")):
            return "deleted"
        # The versions in the log are dense; without a row of the log, the version is at least a new one.
        version = 1 + max(last.version if last else lost.version, present.version if present else 0)
        at = max(rfc3339(datetime.now(UTC)), lost.modified_at, present.modified_at if present else "")
        new = replace(lost, version=version, modified_at=at, modified_by="restore")
        actions = [
            put(to_item(new), is_unchanged(present) if present else NO_ENTRY),
            log(change_to("restored", new)),
            check(erasure, IS_NEW),
        ]
        if not present and lost.source and lost.external_id:
            key, own = import_key(lost.source, lost.external_id), {"S": lost.id}
            if self.target.get(key).get("entry_id", own) != own:
                return "imported again"
            if record := self.source.get(key):
                actions.append(put(record, absent_or(equals(entry_id=own))))
        return actions

    def _restore_tombstone(self, item: Item) -> None:
        """Restore the tombstone of an idempotency key, so that the key stays used."""
        key, erasure = entry_key(item["SK"]["S"]), erasure_key(item["SK"]["S"][HALF:])
        if not (self.dry_run or self.target.get(key) or self.target.get(erasure)):
            self.target.write(put(item, IS_NEW), check(erasure, IS_NEW))


def _same(lost: Entry, present: Entry) -> bool:
    """Return whether two states of an entry differ only in their version."""
    version = {name: getattr(present, name) for name in ("version", "modified_at", "modified_by")}
    return replace(lost, **version) == present


@command
def main(arguments: list[str] | None = None) -> int:
    """Run the command."""
    parser = command_parser('make restore ENV=prod FROM=table [DRY_RUN=1] [IDS="ID ID"]')
    parser.add_argument("source")
    parser.add_argument("ids", nargs="*")
    parser.add_argument("--dry-run", action="store_true")
    options, environment = parse(parser, arguments)
    wrong = [entry_id for entry_id in options.ids if not owner_of(entry_id)]
    if wrong or not options.source:
        parser.error(f"IDS has {wrong[0]}, which is no id" if wrong else "FROM must name the restored table")
    target, outcomes = environment.resources("AWS::DynamoDB::Table")["Table"], Counter[Outcome]()
    if options.source == target:
        parser.error(f"FROM must name the restored table, not the stack's own table {target}")
    source, own = (Table(environment.client("dynamodb"), name) for name in (options.source, target))
    restorer = Restorer(source, own, options.dry_run)
    named = ((entry_id, restorer.restore(entry_id)) for entry_id in options.ids)
    for entry_id, outcome in named if options.ids else restorer.restore_missing():
        outcomes[outcome] += 1
        if outcome == "restored":
            print(entry_id, flush=True)
    done = "would be restored" if options.dry_run else "restored"
    print(f"{outcomes.pop('restored', 0)} entries {done} into {target}")
    for outcome, count in outcomes.items():
        print(f"{count} entries stay as they are: {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
