"""Weeks and their signatures in the table.

    signature   PK = OWNER#<owner>    SK = SIGN#<week>    see `to_item`

A signature has no `by_date`, so that lists of entries do not read it.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

from timesheets.model.board import days_before, is_expected
from timesheets.model.errors import Conflict
from timesheets.model.ids import hash_of
from timesheets.model.person import Person
from timesheets.model.query import ListQuery
from timesheets.model.signature import PersonWeek, Signature
from timesheets.model.week import Week, week_of
from timesheets.store.dynamodb import IS_NEW, Condition, Item, Table, absent_or, delete, equals, number, put
from timesheets.store.entries import Entries
from timesheets.store.items import SIGNATURE_PREFIX, partition_of

_TEXTS: Final = {
    "user_id": "user_id",
    "user_email": "user_email",
    "user_name": "user_name",
    "at": "signed_at",  # conditions cannot name `at`, a reserved word
    "digest": "digest",
    "signed_tag": "signed_etag",
}
"""Text fields of a signature, and their attributes."""


class Weeks:
    """The weeks of all users. Every method raises `Unavailable` as `Table` does."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._entries = Entries(table)

    def find(self, user_id: str, week: Week) -> PersonWeek:
        """Return a user's week."""
        # The signature first: both may change meanwhile, and this order shows no signature of later entries.
        return self.with_entries(user_id, week, self._signature(user_id, week.name))

    def with_entries(self, user_id: str, week: Week, signature: Signature | None) -> PersonWeek:
        """Return a user's week whose signature was read just before."""
        query = ListQuery(first=week.first, last=week.last, limit=None)
        return PersonWeek(week, tuple(self._entries.entries_of(user_id, query)), signature)

    def signatures(self, user_ids: Sequence[str], week: Week) -> dict[str, Signature]:
        """Return the signatures of a week by user, of up to 100 users without repetition."""
        items = self._table.get_many([signature_key(user_id, week.name) for user_id in user_ids])
        return {signature.user_id: signature for signature in map(from_item, items)}

    def is_missing(self, person: Person, found: PersonWeek) -> bool:
        """Return whether a person is expected in a week, and has neither logged nor signed."""
        if found.entries or found.signature:
            return False
        expected = is_expected(person.last_week, found.week)
        if expected is None:
            return self.was_active(person.user_id, *days_before(found.week))
        return expected

    def was_active(self, user_id: str, first: date, last: date) -> bool:
        """Return whether a user logged from a day to another, or signed in the weeks of these days."""
        if next(self._entries.entries_of(user_id, ListQuery(first=first, last=last, limit=1)), None):
            return True
        values = {
            ":owner": partition_of(hash_of(user_id)),
            ":first": f"{SIGNATURE_PREFIX}{week_of(first).name}",
            ":last": f"{SIGNATURE_PREFIX}{week_of(last).name}",
        }
        condition = "PK = :owner AND SK BETWEEN :first AND :last"
        return any(self._table.query(None, condition, values, page_size=1, ConsistentRead=True))

    def sign(self, old: Signature | None, new: Signature) -> Signature:
        """Replace the signature that was read, and return the one in the table.

        It is another request's if that signed the same state first. Do nothing if `new` is `old`.

        Raises
        ------
        Conflict
            If the signature has changed in another way.

        """
        if new is old:
            return new
        try:
            self._table.write(put(to_item(new), IS_NEW if old is None else is_unchanged(old)))
        except Conflict:
            present = self._signature(new.user_id, new.week)
            if present is None or (present.digest, present.signed_tag) != (new.digest, new.signed_tag):
                raise Conflict("week") from None
            return present
        return new

    def withdraw(self, signature: Signature) -> None:
        """Delete a signature that was read, unless another request did.

        Raises
        ------
        Conflict
            If the week was signed again.

        """
        key = signature_key(signature.user_id, signature.week)
        try:
            self._table.write(delete(key, absent_or(is_unchanged(signature))))
        except Conflict:
            raise Conflict("week") from None

    def _signature(self, user_id: str, week: str) -> Signature | None:
        item = self._table.get(signature_key(user_id, week))
        return from_item(item) if item else None


def signature_key(user_id: str, week: str) -> Item:
    """Return the key of the signature of a user's week, given by its name."""
    return {"PK": {"S": partition_of(hash_of(user_id))}, "SK": {"S": f"{SIGNATURE_PREFIX}{week}"}}


def to_item(signature: Signature) -> Item:
    """Return the item of a signature."""
    texts = {attribute: getattr(signature, name) for name, attribute in _TEXTS.items()}
    return {
        **signature_key(signature.user_id, signature.week),
        **{attribute: {"S": value} for attribute, value in texts.items() if value is not None},
        "total_hours": number(signature.total_hours),
        "versions": {"M": {entry_id: number(version) for entry_id, version in signature.versions.items()}},
    }


def from_item(item: Item) -> Signature:
    """Return the signature of an item."""
    texts: dict[str, Any] = {
        name: item[attribute]["S"] if attribute in item else None for name, attribute in _TEXTS.items()
    }
    return Signature(
        week=item["SK"]["S"].removeprefix(SIGNATURE_PREFIX),
        total_hours=Decimal(item["total_hours"]["N"]),
        versions={entry_id: int(version["N"]) for entry_id, version in item["versions"]["M"].items()},
        **texts,
    )


def is_unchanged(signature: Signature) -> Condition:
    """Return the condition that a signature is as it was read."""
    return equals(signed_at={"S": signature.at}, digest={"S": signature.digest})
