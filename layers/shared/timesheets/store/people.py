"""The directory of people, each row computed from the person's own entries and signatures.

person      PK = PEOPLE    SK = <owner>    user_id, user_email, user_name, last_week, revision
"""

from datetime import date
from itertools import islice
from typing import Final

from timesheets.model.errors import Conflict
from timesheets.model.ids import hash_of
from timesheets.model.person import Person
from timesheets.model.week import week_of
from timesheets.store.dynamodb import IS_NEW, Item, Table, delete, equals, number, put
from timesheets.store.items import BY_DATE, SIGNATURE_PREFIX, partition_of

PEOPLE: Final = "PEOPLE"
NEWEST: Final = 25
"""Entries in which the email and the name are searched for: imported ones have neither."""
_ATTEMPTS: Final = 6
_TEXTS: Final = ("user_id", "user_email", "user_name", "last_week")


class People:
    """Everyone in the directory. Every method raises `Unavailable` as `Table` does."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, user_id: str) -> Person | None:
        """Return a person; None if they are not in the directory."""
        item = self._table.get(person_key(hash_of(user_id)))
        return _from_item(item) if item else None

    def page(self, after: str | None, limit: int) -> tuple[list[Person], str | None]:
        """Return at most `limit` people after a position, and the position of the last if there are more."""
        condition, values = "PK = :people", {":people": PEOPLE}
        if after:
            condition, values = f"{condition} AND SK > :after", values | {":after": after}
        items = self._table.query(None, condition, values, page_size=limit + 1, ConsistentRead=True)
        people: list[Person] = []
        position = None
        for item in items:
            if len(people) == limit:
                return people, position
            people.append(_from_item(item))
            position = item["SK"]["S"]
        return people, None

    def refresh(self, owner: str) -> bool:
        """Compute the row of a person, given by hash, from their entries and signatures.

        Safe to repeat and to run several times at once. Returns whether the row has changed.

        Raises
        ------
        Conflict
            If others keep changing the row.

        """
        key, changed = person_key(owner), False
        for _ in range(_ATTEMPTS):
            old = self._table.get(key)  # before the entries: a later change of the row is newer than them
            new = self._computed(owner)
            if {name: old.get(name) for name in _TEXTS} == {name: new.get(name) for name in _TEXTS}:
                return changed
            revision = old.get("revision")
            unchanged = equals(revision=revision) if revision else IS_NEW
            item = {**key, **new, "revision": number(int(revision["N"]) + 1 if revision else 1)}
            try:
                self._table.write(put(item, unchanged) if new else delete(key, unchanged))
            except Conflict:
                continue
            # Compare again: another computation may have found the old row correct since it was read.
            changed = True
        raise Conflict

    def _computed(self, owner: str) -> Item:
        """Return the attributes of a person's row; none if they have no entries and no signatures."""
        values = {":owner": partition_of(owner)}
        entries = self._newest(BY_DATE, "PK = :owner", values, NEWEST)
        values[":prefix"] = SIGNATURE_PREFIX
        signatures = self._newest(None, "PK = :owner AND begins_with(SK, :prefix)", values, 1)
        weeks = [week_of(date.fromisoformat(item["date"]["S"])).name for item in entries[:1]]
        weeks += [item["SK"]["S"].removeprefix(SIGNATURE_PREFIX) for item in signatures]
        if not weeks:
            return {}
        found: Item = {"last_week": {"S": max(weeks)}}
        # Imported entries and signatures by programs lack the email and the name.
        latest = sorted([*entries, *signatures], key=_time_of, reverse=True)
        for name in ("user_id", "user_email", "user_name"):
            value = next((item[name] for item in latest if name in item), None)
            found |= {name: value} if value else {}
        return found

    def _newest(self, index: str | None, condition: str, values: dict[str, str], limit: int) -> list[Item]:
        items = self._table.query(
            index, condition, values, page_size=limit, ConsistentRead=True, ScanIndexForward=False
        )
        return list(islice(items, limit))  # not one more: it would take another call


def person_key(owner: str) -> Item:
    """Return the key of a person's row; the owner is given by hash."""
    return {"PK": {"S": PEOPLE}, "SK": {"S": owner}}


def _time_of(item: Item) -> str:
    """Return when an entry was created or a week signed."""
    time: Item = item.get("created_at") or item.get("signed_at") or {"S": ""}
    return str(time["S"])


def _from_item(item: Item) -> Person:
    return Person(**{name: item[name]["S"] for name in _TEXTS if name in item})
