"""Copy what was lost back from a restored table into the stack's own, which serves on meanwhile.

Only what is not there is written: an entry that is there stays as it is, and so does one that was deleted
under an idempotency key, or that its source has sent again as another entry. Entries named by their ids are
put back whatever is there, as a new version of it. To run this twice does no harm.
Ends with 0 if all is well, 1 after a fault, 2 for a wrong use.
"""

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from ops.deployed import Deployed
from timesheets.model.entry import rfc3339
from timesheets.model.ids import owner_of
from timesheets.store.items import Item, entry_key, from_item, import_key, is_entry, to_item

_NOTHING: Final = "attribute_not_exists(PK)"
_NO_ENTRY: Final = "attribute_not_exists(version)"


class Restorer:
    """Copies from one table to another of the same form."""

    def __init__(self, client: Any, source: str, target: str, *, dry_run: bool = False) -> None:  # noqa: ANN401
        """Copy from `source` to `target`; with `dry_run` only say what would be."""
        self._client = client
        self._source = source
        self._target = target
        self._dry_run = dry_run

    def put_back_what_is_lost(self) -> Iterator[str]:
        """Copy each item that is no longer there, and yield its name."""
        pages = self._client.get_paginator("scan").paginate(TableName=self._source, ConsistentRead=True)
        for page in pages:
            for item in page["Items"]:
                # What is known of an external id comes back with its entry, or not at all.
                lost = item["PK"]["S"].startswith("OWNER#") and not self._get(self._target, _key(item))
                if lost and self._write(self._again(item, _NOTHING)):
                    yield item["SK"]["S"]

    def put_back(self, entry_id: str) -> bool:
        """Make an entry what it was, whatever it is now; tell whether that was a change.

        Raises
        ------
        LookupError
            If it can't be.

        """
        was, now = (self._get(table, entry_key(entry_id)) for table in (self._source, self._target))
        if not is_entry(was):
            raise LookupError(f"{self._source} holds no entry {entry_id}")
        if is_entry(now):
            old, present = from_item(was), from_item(now)
            if replace(old, version=present.version, modified_at=present.modified_at) == present:
                return False
            # Higher than any that a client or another system has seen.
            version = max(old.version, present.version) + 1
            again = to_item(replace(old, version=version, modified_at=rfc3339(datetime.now(UTC))))
            actions = [self._put(again, "version = :version", {":version": now["version"]})]
        else:
            actions = self._again(was, _NO_ENTRY)
        if not self._write(actions):
            raise LookupError(f"{entry_id} was changed just now, or its external id is another entry's")
        return True

    def _again(self, item: Item, condition: str) -> list[dict[str, Any]]:
        """Return what puts an item back; an imported entry as the only one of its external id."""
        actions = [self._put(item, condition)]
        if is_entry(item) and "external_id" in item:
            known = self._get(self._source, import_key(item["source"]["S"], item["external_id"]["S"]))
            same = f"{_NOTHING} OR entry_id = :entry"
            actions += [self._put(known, same, {":entry": item["SK"]})] if known else []
        return actions

    def _put(self, item: Item, condition: str, values: Item | None = None) -> dict[str, Any]:
        put = {"TableName": self._target, "Item": item, "ConditionExpression": condition}
        return {"Put": put | ({"ExpressionAttributeValues": values} if values else {})}

    def _get(self, table: str, key: Item) -> Item:
        answer = self._client.get_item(TableName=table, Key=key, ConsistentRead=True)
        found: Item = answer.get("Item", {})
        return found

    def _write(self, actions: list[dict[str, Any]]) -> bool:
        if self._dry_run:
            return True
        try:
            self._client.transact_write_items(TransactItems=actions)
        except ClientError as error:
            reasons: Any = error.response.get("CancellationReasons", [])
            if "ConditionalCheckFailed" not in {reason.get("Code") for reason in reasons}:
                raise
            return False
        return True


def _key(item: Item) -> Item:
    return {name: item[name] for name in ("PK", "SK")}


def main(arguments: list[str] | None = None) -> int:
    """Restore, and say what."""
    parser = argparse.ArgumentParser(
        prog="python -m ops.restore",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("environment", metavar="ENV", help="dev, staging or prod: one of samconfig.toml's")
    parser.add_argument("source", metavar="FROM", help="the restored table")
    parser.add_argument("ids", metavar="ID", nargs="*", help="entries to put back over what is there")
    parser.add_argument("--dry-run", action="store_true", help="only say what would be put back")
    given = parser.parse_args(arguments)
    wrong = [one for one in given.ids if not owner_of(one)]
    if wrong or not given.source:
        parser.error(f"no entry's id: {', '.join(wrong)}" if wrong else "FROM must name the restored table")
    try:
        deployed = Deployed.named(given.environment)
    except ValueError as error:
        parser.error(str(error))
    done = 0
    try:
        target = deployed.physical_id("Table")
        if given.source == target:
            parser.error(f"{target} is the stack's own table; FROM must name the restored one")
        restorer = Restorer(deployed.client("dynamodb"), given.source, target, dry_run=given.dry_run)
        again = (one for one in given.ids if restorer.put_back(one))
        for name in again if given.ids else restorer.put_back_what_is_lost():
            done += 1
            print(name, flush=True)
    except (BotoCoreError, ClientError, LookupError) as error:
        print(f"fault   {error}\n        Put back before it: {done}. Run this again.", file=sys.stderr)
        return 1
    print(f"\n{'Would be put' if given.dry_run else 'Put'} back into {target}: {done}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
