"""Items of the changes: the log.

    change      PK = OWNER#<owner>    SK = LOG#<id>#<version>    change, at, by, entry; log_number, log_block
    head        PK = HEAD             SK = HEAD                  log_number: the last that was given; log_id
    reader      PK = READER#<name>    SK = READER                log_number: the last that it has worked on

A change lies beside its entry, and both are written in one transaction. It gets its number later, from the
head. `log_block`, the thousand of the number, and `log_number` are the keys of the index `changes`.
"""

from typing import Final

from timesheets.model.change import Change
from timesheets.model.ids import HALF, hash_of
from timesheets.store.dynamodb import IS_NEW, Action, Item, put
from timesheets.store.items import attributes_of, entry_of, partition_of

CHANGES: Final = "changes"
"""The index of the numbered changes."""
BLOCK: Final = 1000
"""Numbers in one partition of the index."""

LOG_PREFIX: Final = "LOG#"
HEAD_KEY: Final[Item] = {"PK": {"S": "HEAD"}, "SK": {"S": "HEAD"}}
_ID_END: Final = len(LOG_PREFIX) + 2 * HALF


def log_prefix(entry_id: str) -> str:
    """Return the text with which the sort keys of an entry's changes begin."""
    return f"{LOG_PREFIX}{entry_id}#"


def log_key(entry_id: str, version: int) -> Item:
    """Return the key of a change."""
    sort_key = f"{log_prefix(entry_id)}{version:09}"
    return {"PK": {"S": partition_of(entry_id[HALF:])}, "SK": {"S": sort_key}}


def entry_id_of(sort_key: str) -> str:
    """Return the entry's id in the sort key of a change."""
    return sort_key[len(LOG_PREFIX) : _ID_END]


def reader_key(name: str) -> Item:
    """Return the key of the position of a reader of the feed."""
    return {"PK": {"S": f"READER#{name}"}, "SK": {"S": "READER"}}


def log_item(change: Change) -> Item:
    """Return the item of a change that has no number yet."""
    item: Item = {
        **log_key(change.entry_id, change.version),
        "change": {"S": change.kind},
        "at": {"S": change.at},
    }
    if change.by is not None:
        item["by"] = {"S": change.by}
    if change.entry is not None:
        item["entry"] = {"M": attributes_of(change.entry)}
    return item


def log(change: Change) -> Action:
    """Return the action that adds a change to the log."""
    return put(log_item(change), IS_NEW)


def change_of(item: Item) -> Change:
    """Return the change of an item."""
    sort_key = item["SK"]["S"]
    entry_id = entry_id_of(sort_key)
    return Change(
        kind=item["change"]["S"],
        entry_id=entry_id,
        version=int(sort_key[_ID_END + 1 :]),
        at=item["at"]["S"],
        by=item["by"]["S"] if "by" in item else None,
        entry=entry_of(entry_id, item["entry"]["M"]) if "entry" in item else None,
        number=number_of(item) or None,
    )


def number_of(item: Item) -> int:
    """Return the number of a change, the head or a reader's position; 0 if it has none."""
    return int(item["log_number"]["N"]) if "log_number" in item else 0


def block_of(number: int) -> int:
    """Return the partition of a number in the index."""
    return number // BLOCK


def log_name(table_name: str, head: Item) -> str:
    """Return the name of the log, which changes when numbers may have been given again.

    A table that is restored from a backup has another name. `log_id` of the head covers a table that was
    restored under the same name.
    """
    return hash_of(table_name, head["log_id"]["S"] if "log_id" in head else "")
