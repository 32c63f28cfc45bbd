"""Copy lost entries from a restored table into the stack's own table, which serves on meanwhile.

Without IDS only entries that are missing are written: an entry that exists stays, and so does the absence of
one that was deleted under an idempotency key or imported again as another entry. Entries named by IDS are
restored whatever exists, as new versions. Running it twice does no harm.
Exit status: 0 on success, 1 after a failure, 2 for wrong usage.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import ClientError

from ops.environment import StepFailed, command, command_parser, parse
from timesheets.model.entry import rfc3339
from timesheets.model.ids import owner_of
from timesheets.store.dynamodb import Item
from timesheets.store.items import entry_key, from_item, import_key, is_entry, to_item

MISSING: Final = "attribute_not_exists(PK)"
NO_ENTRY: Final = "attribute_not_exists(version)"


@dataclass(frozen=True)
class Restorer:
    """Copies entries from one table to another of the same keys."""

    client: Any
    source: str
    target: str
    dry_run: bool = False

    def restore_missing(self) -> Iterator[str]:
        """Restore each entry that no longer exists, and yield its id."""
        pages = self.client.get_paginator("scan").paginate(TableName=self.source, ConsistentRead=True)
        for item in (item for page in pages for item in page["Items"]):
            # The item of an external id is restored with its entry, or not at all.
            missing = item["PK"]["S"].startswith("OWNER#") and not self._get(self.target, item)
            if missing and self._write(self._copy(item, MISSING)):
                yield item["SK"]["S"]

    def restore(self, entry_id: str) -> bool:
        """Make an entry what it was, whatever it is now; return whether that was a change.

        Raise StepFailed if the source has no such entry or another request changed it at the same time.
        """
        lost, present = (self._get(table, entry_key(entry_id)) for table in (self.source, self.target))
        if not is_entry(lost):
            raise StepFailed(f"{self.source} has no entry {entry_id}")
        actions = self._copy(lost, NO_ENTRY)
        if is_entry(present):
            old, new = from_item(lost), from_item(present)
            if replace(old, version=new.version, modified_at=new.modified_at) == new:
                return False
            # The version is higher than any that a client or another system has seen.
            version = max(old.version, new.version) + 1
            item = to_item(replace(old, version=version, modified_at=rfc3339(datetime.now(UTC))))
            actions = [self._put(item, "version = :version", {":version": present["version"]})]
        if not self._write(actions):
            raise StepFailed(f"{entry_id} was changed meanwhile, or its external id belongs to another entry")
        return True

    def _copy(self, item: Item, condition: str) -> list[dict[str, Any]]:
        """Return the actions that copy an item, and with an imported entry the item of its external id."""
        actions = [self._put(item, condition)]
        if is_entry(item) and "external_id" in item:
            row = self._get(self.source, import_key(item["source"]["S"], item["external_id"]["S"]))
            actions += [self._put(row, f"{MISSING} OR entry_id = :e", {":e": item["SK"]})] if row else []
        return actions

    def _put(self, item: Item, condition: str, values: Item | None = None) -> dict[str, Any]:
        put = {"TableName": self.target, "Item": item, "ConditionExpression": condition}
        return {"Put": put | ({"ExpressionAttributeValues": values} if values else {})}

    def _get(self, table: str, item: Item) -> Item:
        key = {name: item[name] for name in ("PK", "SK")}
        return dict(self.client.get_item(TableName=table, Key=key, ConsistentRead=True).get("Item", {}))

    def _write(self, actions: list[dict[str, Any]]) -> bool:
        """Write in one transaction; return False if a condition fails."""
        try:
            if not self.dry_run:
                self.client.transact_write_items(TransactItems=actions)
        except ClientError as error:
            reasons: Any = error.response.get("CancellationReasons", [])
            if "ConditionalCheckFailed" not in {reason.get("Code") for reason in reasons}:
                raise
            return False
        return True


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
    target, count = environment.resources("AWS::DynamoDB::Table")["Table"], 0
    if options.source == target:
        parser.error(f"FROM must name the restored table, not the stack's own table {target}")
    restorer = Restorer(environment.client("dynamodb"), options.source, target, options.dry_run)
    named = (entry_id for entry_id in options.ids if restorer.restore(entry_id))
    for entry_id in named if options.ids else restorer.restore_missing():
        count += 1
        print(entry_id, flush=True)
    print(f"{count} entries {'would be restored' if options.dry_run else 'restored'} into {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
