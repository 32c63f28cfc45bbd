"""An entry as DynamoDB keeps it: its keys, and to and from an item."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from timesheets.model.entry import Entry
from timesheets.model.ids import HALF, hash_of

BY_DATE: Final = "by_date"
PENDING: Final = "pending"
"""Both an index's name and that of the attribute it is made by."""

SHARDS: Final = tuple("0123")
"""The partitions of `pending`: each takes 1,000 writes a second. More may be added; what waits stays put."""

_TEXTS: Final = (
    "user_id",
    "user_email",
    "project",
    "notes",
    "status",
    "reviewed_by",
    "reviewed_at",
    "reason",
    "external_id",
    "source",
    "created_at",
    "modified_at",
    "request",
)

type Item = dict[str, Any]


def partition_of(owner: str) -> str:
    """Return the partition of an owner, named as in `ids`."""
    return f"OWNER#{owner}"


def entry_key(entry_id: str) -> Item:
    """Return the key of an entry; its id says whose partition it is in."""
    return {"PK": {"S": partition_of(entry_id[HALF:])}, "SK": {"S": entry_id}}


def shard_of(owner: str) -> str:
    """Return the shard in which an owner's pending entries are."""
    return SHARDS[int(owner[:2], 32) % len(SHARDS)]


def to_item(entry: Entry) -> Item:
    """Return what is put into the table."""
    item: Item = {
        **entry_key(entry.id),
        BY_DATE: {"S": entry.position},
        "date": {"S": entry.date.isoformat()},
        "hours": {"N": str(entry.hours)},
        "version": {"N": str(entry.version)},
    }
    if entry.status == "pending":
        item[PENDING] = {"S": shard_of(entry.id[HALF:])}
    for name in _TEXTS:
        value = getattr(entry, name)
        if value is not None:
            item[name] = {"S": value}
    return item


def from_item(item: Item) -> Entry:
    """Return the entry that an item holds."""
    return Entry(
        id=item["SK"]["S"],
        date=date.fromisoformat(item["date"]["S"]),
        hours=Decimal(item["hours"]["N"]),
        version=int(item["version"]["N"]),
        **{name: item[name]["S"] for name in _TEXTS if name in item},
    )


def is_entry(item: Item) -> bool:
    """Tell an entry from what a deleted one leaves."""
    return "version" in item


def tombstone(entry: Entry, expires_at: int) -> Item:
    """Return what a deleted entry leaves for its idempotency key, until a time in seconds since 1970."""
    item = to_item(entry)
    kept = {name: item[name] for name in ("PK", "SK", "request", "created_at")}
    return kept | {"expires_at": {"N": str(expires_at)}}


def import_key(source: str, external_id: str) -> Item:
    """Return the key of what is known of one importing client's external id."""
    return {"PK": {"S": f"IMPORT#{hash_of(source, external_id)}"}, "SK": {"S": "IMPORT"}}


def import_item(source: str, external_id: str, entry_id: str, digest: str) -> Item:
    """Return what is known of an external id: its entry, and a digest of the row last taken."""
    return import_key(source, external_id) | {"entry_id": {"S": entry_id}, "digest": {"S": digest}}
