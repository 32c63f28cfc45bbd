"""Items of the table and their keys.

    entry       PK = OWNER#<owner>    SK = <id>     by_date = <date>#<created_at>#<id>    pending = <shard>
    tombstone   PK = OWNER#<owner>    SK = <id>     of a deleted entry that had an idempotency key
    import      PK = IMPORT#<digest>  SK = IMPORT   the entry of an external id, and the row last imported
    change      PK = OWNER#<owner>    SK = LOG#<id>#<version>    see `log`
    signature   PK = OWNER#<owner>    SK = SIGN#<week>           see `weeks`
    reminder    PK = OWNER#<owner>    SK = REMINDED#<week>       see `reminders`
    erasure     PK = ERASED#<owner>   SK = ERASED   the owner's data were erased, and are not restored

An entry lies in its owner's partition, and its id names the owner (see `ids`), so one read finds any entry.
`by_date` sorts a partition by date and time of creation. It is a local secondary index, since only that kind
reads as consistently as the table. `pending` holds the entries that wait for a decision, in a few partitions.
"""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any, Final

from timesheets.model.entry import Entry
from timesheets.model.ids import HALF, hash_of
from timesheets.store.dynamodb import Condition, Item, number

OWNER_PREFIX: Final = "OWNER#"
SIGNATURE_PREFIX: Final = "SIGN#"
REMINDER_PREFIX: Final = "REMINDED#"
BY_DATE: Final = "by_date"
PENDING: Final = "pending"
"""Each the name of an index and of its sort key's or partition key's attribute."""

SHARDS: Final = tuple("0123")
"""The partitions of `pending`: each takes 1,000 writes a second. More may be added at any time."""

_NUMBERS: Final = ("version", "sequence")
# Stored names that differ from the field's.
_STORED: Final = {"request_digest": "request"}
_TEXTS: Final = {
    field.name: _STORED.get(field.name, field.name)
    for field in fields(Entry)
    if field.name not in {"id", "date", "hours", *_NUMBERS}
}
"""Text fields of an entry, and their attributes."""


NO_ENTRY: Final[Condition] = {"ConditionExpression": "attribute_not_exists(version)"}
"""There is no entry under a key; a tombstone may be there."""


@dataclass(frozen=True, slots=True)
class Import:
    """The record of an external id: its entry, and a digest of the row last imported."""

    entry_id: str
    digest: str


def partition_of(owner: str) -> str:
    """Return the partition of an owner, given by hash."""
    return f"{OWNER_PREFIX}{owner}"


def owner_in(partition: str) -> str:
    """Return the owner's hash in the key of a partition."""
    return partition.removeprefix(OWNER_PREFIX)


def entry_key(entry_id: str) -> Item:
    """Return the key of an entry."""
    return {"PK": {"S": partition_of(entry_id[HALF:])}, "SK": {"S": entry_id}}


def shard_of(owner: str) -> str:
    """Return the shard of an owner's pending entries."""
    return SHARDS[int(owner[:2], 32) % len(SHARDS)]


def to_item(entry: Entry) -> Item:
    """Return the item of an entry."""
    item = {**entry_key(entry.id), BY_DATE: {"S": entry.position}, **attributes_of(entry)}
    if entry.status == "pending":
        item[PENDING] = {"S": shard_of(entry.id[HALF:])}
    return item


def attributes_of(entry: Entry) -> Item:
    """Return the attributes of an entry's fields, without its id."""
    item: Item = {"date": {"S": entry.date.isoformat()}, "hours": number(entry.hours)}
    for name in _NUMBERS:
        value = getattr(entry, name)
        if value is not None:
            item[name] = number(value)
    for name, attribute in _TEXTS.items():
        value = getattr(entry, name)
        if value is not None:
            item[attribute] = {"S": value}
    return item


def from_item(item: Item) -> Entry:
    """Return the entry of an item."""
    return entry_of(item["SK"]["S"], item)


def entry_of(entry_id: str, item: Item) -> Entry:
    """Return the entry with an id and the attributes of `attributes_of`."""
    numbers: dict[str, Any] = {name: int(item[name]["N"]) for name in _NUMBERS if name in item}
    texts = {name: item[attribute]["S"] for name, attribute in _TEXTS.items() if attribute in item}
    return Entry(
        id=entry_id,
        date=date.fromisoformat(item["date"]["S"]),
        hours=Decimal(item["hours"]["N"]),
        **numbers,
        **texts,
    )


def is_entry(item: Item) -> bool:
    """Return whether an item is an entry, not a tombstone, a change or anything else."""
    return "version" in item


def tombstone(entry: Entry) -> Item:
    """Return the item that a deleted entry leaves for its idempotency key, for good."""
    item = to_item(entry)
    return {name: item[name] for name in ("PK", "SK", "request", "created_at")}


def erasure_key(owner: str) -> Item:
    """Return the key of the item that says that the data of an owner, given by hash, were erased."""
    return {"PK": {"S": f"ERASED#{owner}"}, "SK": {"S": "ERASED"}}


def import_key(source: str, external_id: str) -> Item:
    """Return the key of the record of a client's external id."""
    return {"PK": {"S": f"IMPORT#{hash_of(source, external_id)}"}, "SK": {"S": "IMPORT"}}


def import_item(source: str, external_id: str, entry_id: str, digest: str) -> Item:
    """Return the record of a client's external id."""
    return import_key(source, external_id) | {"entry_id": {"S": entry_id}, "digest": {"S": digest}}
