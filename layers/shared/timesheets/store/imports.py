"""Imported entries and the records of their external ids, each pair written in one transaction."""

from collections.abc import Collection

from timesheets.model.change import change_to, deletion
from timesheets.model.entry import Entry
from timesheets.store.dynamodb import IS_NEW, Item, Table, delete, equals, put
from timesheets.store.entries import is_unchanged
from timesheets.store.items import Import, entry_key, import_item, import_key, to_item
from timesheets.store.log import log


class Imports:
    """The external ids of all importing clients. Every method raises `Unavailable` as `Table` does."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find_many(self, source: str, external_ids: Collection[str]) -> dict[str, Import]:
        """Return the records of those of a client's external ids (up to 100) that have one."""
        keys = {external_id: import_key(source, external_id) for external_id in external_ids}
        names = {key["PK"]["S"]: external_id for external_id, key in keys.items()}
        return {
            names[item["PK"]["S"]]: Import(item["entry_id"]["S"], item["digest"]["S"])
            for item in self._table.get_many(list(keys.values()))
        }

    def add(self, entry: Entry, digest: str) -> None:
        """Add an entry and the record of its external id, imported from a row with `digest`.

        Raises
        ------
        Conflict
            If the external id has a record by now.

        """
        self._table.write(
            put(_record(entry, digest), IS_NEW), put(to_item(entry), IS_NEW), log(change_to("created", entry))
        )

    def replace(self, record: Import, old: Entry, new: Entry, digest: str) -> None:
        """Replace an entry, and the record of its external id. An entry with another owner is a new one.

        Raises
        ------
        Conflict
            If the entry or the record has changed.

        """
        unchanged = equals(entry_id={"S": record.entry_id}, digest={"S": record.digest})
        update = put(_record(new, digest), unchanged)
        if new is old:  # the row now equals the entry, which was corrected since: there is no change to log
            self._table.write(update)
        elif new.id == old.id:
            change = log(change_to("corrected", new))
            self._table.write(update, put(to_item(new), is_unchanged(old)), change)
        else:
            self._table.write(
                update,
                delete(entry_key(old.id), is_unchanged(old)),
                log(deletion(old, by=new.modified_by, at=new.modified_at)),
                put(to_item(new), IS_NEW),
                log(change_to("created", new)),
            )


def _record(entry: Entry, digest: str) -> Item:
    assert entry.source is not None  # noqa: S101 every imported entry has both
    assert entry.external_id is not None  # noqa: S101
    return import_item(entry.source, entry.external_id, entry.id, digest)
