"""Entries and imports in the table."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.store.support import ENGINES, NOW, entry, listed, pending
from timesheets.model.entry import Decision, Entry, corrected, decided, reopened
from timesheets.model.errors import Conflict, Problem
from timesheets.model.ids import hash_of, id_of_request, new_id
from timesheets.model.query import MAX_EXAMINED, ListQuery
from timesheets.store import entries as store_module
from timesheets.store import items as items_module
from timesheets.store.entries import Entries
from timesheets.store.imports import Imports
from timesheets.store.items import SHARDS, Import, from_item, shard_of, to_item
from timesheets.web.cursors import take_page

pytestmark = pytest.mark.parametrize("client", ENGINES, indirect=True)

APPROVE = Decision(approved=True)
type Items = Callable[[], list[Any]]


def approved(one: Entry) -> Entry:
    return decided(one, APPROVE, reviewer="auth0|mia", now=NOW)


def add_all(store: Entries, *entries: Entry) -> None:
    for one in entries:
        store.add(one)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"notes": "", "user_email": "ana@exampleco.com", "user_name": "Ana Pérez"},
        {"notes": "first\nsecond 🦆"},
        {"status": "rejected", "reviewed_by": "auth0|mia", "reviewed_at": "2026-11-20", "reason": "Why?"},
        {"external_id": "row 1", "source": "timesheets-import"},
        {"request_digest": "digest"},
    ],
)
def test_an_entry_is_stored_without_loss(changes: dict[str, Any], store: Entries) -> None:
    kept = entry(**changes)
    assert store.add(kept) == (kept, True)
    assert store.find(kept.id) == store.find_own("auth0|ana", kept.id) == kept
    assert listed(store) == [kept]


@pytest.mark.parametrize(
    ("hours", "number"), [("7.25", "7.25"), ("7.50", "7.5"), ("8.00", "8"), ("1E+1", "10")]
)
def test_hours_are_a_decimal_number_in_the_table(
    hours: str, number: str, store: Entries, items: Items
) -> None:
    """They are sent as DynamoDB keeps them: MiniStack compares a repeated transaction with what it kept."""
    one = entry(hours=Decimal(hours))
    add_all(store, one)
    (item,) = items()
    assert item["hours"] == to_item(one)["hours"] == {"N": number}


@pytest.mark.parametrize("other_user", ["auth0|carl", "auth0|an", "auth0|anaa", "auth0|ana#", ""])
def test_an_entry_is_not_found_for_another_user(other_user: str, store: Entries) -> None:
    kept = entry()
    add_all(store, kept)
    assert listed(store, other_user) == []
    with pytest.raises(Problem) as refusal:
        store.find_own(other_user, kept.id)
    assert refusal.value.code == "not_found"


@pytest.mark.parametrize("entry_id", ["", "1", "0" * 48, id_of_request("auth0|ana", "none"), "IMPORT"])
def test_a_missing_entry_is_not_found(entry_id: str, store: Entries) -> None:
    for find in (store.find, lambda entry_id: store.find_own("auth0|ana", entry_id)):
        with pytest.raises(Problem) as refusal:
            find(entry_id)
        assert refusal.value.code == "not_found"


def test_a_list_is_sorted_by_date_and_then_by_creation(store: Entries) -> None:
    entries = [
        entry(date=date(2026, 11, day), now=NOW + timedelta(minutes=n)) for n, day in enumerate((3, 1, 2, 1))
    ]
    add_all(store, *entries)
    expected = sorted(entries, key=lambda e: (e.date, e.created_at), reverse=True)
    assert listed(store) == expected
    assert listed(store, ascending=True) == expected[::-1]
    assert pending(store) == expected[::-1]
    assert pending(store, ascending=False) == expected


def test_a_range_includes_both_its_days(store: Entries) -> None:
    add_all(store, *(entry(date=date(2026, 11, day)) for day in range(1, 6)))
    days: dict[str, Any] = {"first": date(2026, 11, 2), "last": date(2026, 11, 4)}
    assert [e.date.day for e in listed(store, **days)] == [4, 3, 2]
    assert [e.date.day for e in pending(store, **days)] == [2, 3, 4]


def test_the_first_and_the_last_possible_date_are_listed(store: Entries) -> None:
    add_all(store, entry(date=date.min), entry(date=date.max))
    assert [e.date for e in listed(store)] == [date.max, date.min]


@pytest.mark.parametrize("ascending", [False, True])
@pytest.mark.parametrize("limit", [1, 3, 7, 100])
def test_pages_hold_every_entry_once_and_in_order(
    limit: int,
    ascending: bool,  # noqa: FBT001
    store: Entries,
) -> None:
    users = [f"auth0|{n}" for n in range(6)]  # who lie in several shards
    entries = [
        entry(users[n % 6] if n % 2 else "auth0|ana", date=date(2026, 11, 1 + n % 4)) for n in range(24)
    ]
    add_all(store, *entries)
    expected = sorted(entries, key=lambda e: e.position, reverse=not ascending)

    def pages(read: Callable[[ListQuery], Any]) -> list[Entry]:
        query = ListQuery(limit=limit, ascending=ascending)
        found: list[Entry] = []
        while True:
            page = take_page(read(query), query)
            assert len(page.entries) == min(limit, len(expected_here) - len(found))
            found += page.entries
            if page.last is None:
                return found
            query = replace(query, after=page.last)

    expected_here = expected
    assert pages(store.pending) == expected
    expected_here = [e for e in expected if e.user_id == "auth0|ana"]
    assert pages(lambda query: store.entries_of("auth0|ana", query)) == expected_here


def test_a_filtered_list_finds_matches_after_many_other_entries(store: Entries) -> None:
    others = [entry(project="B", now=NOW + timedelta(minutes=n)) for n in range(MAX_EXAMINED + 5)]
    wanted = entry(project="A", date=date(2026, 11, 1))
    add_all(store, *others, wanted)
    query = ListQuery(project="A", limit=5)
    first = take_page(store.entries_of("auth0|ana", query), query)
    assert (first.entries, first.last is None) == ([], False)
    query = replace(query, after=first.last)
    assert take_page(store.entries_of("auth0|ana", query), query).entries == [wanted]


def test_pending_entries_are_listed_after_shards_are_added(
    store: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = [entry(f"auth0|{n}", now=NOW + timedelta(minutes=n)) for n in range(40)]
    add_all(store, *entries[:20])
    more = tuple(f"{n}" for n in range(64))
    for module in (items_module, store_module):
        monkeypatch.setattr(module, "SHARDS", more)
    add_all(store, *entries[20:])
    assert pending(store) == entries
    for one in entries[15:25]:
        assert pending(store, user_id=one.user_id, limit=100) == entries
    assert len({shard_of(hash_of(str(n))) for n in range(1000)}) == len(more)


def test_a_page_of_approvals_reads_few_extra_entries(store: Entries, monkeypatch: pytest.MonkeyPatch) -> None:
    add_all(store, *(entry(f"auth0|{n}") for n in range(120)))
    read = 0

    def counting(item: Any) -> Entry:
        nonlocal read
        read += 1
        return from_item(item)

    monkeypatch.setattr(store_module, "from_item", counting)
    for limit in (1, 10, 50):
        read = 0
        query = ListQuery(limit=limit, ascending=True, not_user_id="auth0|mia")
        assert len(take_page(store.pending(query), query).entries) == limit
        assert read <= 2 * limit + 4 * len(SHARDS)


def test_pending_entries_can_be_filtered_by_user(store: Entries) -> None:
    entries = [entry(f"auth0|{n}") for n in range(8)]
    add_all(store, *entries)
    for one in entries:
        query = ListQuery(user_id=one.user_id)
        assert take_page(store.pending(query), query).entries == [one]


def test_a_list_longer_than_one_query_response_is_complete(store: Entries) -> None:
    notes = "x" * 100_000  # 12 of these pass the megabyte that one query returns
    entries = [entry(date=date(2026, 1, 1) + timedelta(days=n), notes=notes) for n in range(12)]
    add_all(store, *entries)
    assert listed(store, ascending=True) == entries


def test_only_pending_entries_are_in_the_pending_index(store: Entries) -> None:
    one = entry()
    add_all(store, one)
    states = [one, approved(one)]
    states.append(reopened(states[-1], reviewer="auth0|mia", now=NOW))
    states.append(corrected(states[-1], {"date": date(2026, 1, 1)}, by="auth0|ana", now=NOW))
    for old, new in zip(states, [*states[1:], None], strict=True):
        assert pending(store) == ([old] if old.status == "pending" else [])
        assert listed(store) == [old]
        if new:
            store.replace(old, new, "corrected")
    store.remove(states[-1], by="auth0|ana", now=NOW)
    assert (pending(store), listed(store)) == ([], [])


def test_an_entry_moved_to_another_date_keeps_its_id(store: Entries, items: Items) -> None:
    one = entry()
    add_all(store, one)
    moved = corrected(one, {"date": date(2025, 1, 1)}, by="auth0|ana", now=NOW)
    store.replace(one, moved, "corrected")
    assert store.find(one.id) == moved
    assert listed(store) == pending(store) == [moved]
    assert len(items()) == 1


def test_a_change_of_a_stale_version_is_a_conflict(store: Entries) -> None:
    one = entry()
    add_all(store, one)
    winner = approved(one)
    store.replace(one, winner, "corrected")
    with pytest.raises(Conflict):
        store.replace(one, corrected(one, {"project": "Late"}, by="auth0|ana", now=NOW), "corrected")
    with pytest.raises(Conflict):
        store.remove(one, by="auth0|ana", now=NOW)
    assert store.find(one.id) == winner


def test_a_repeated_write_after_a_lost_response_is_no_conflict(store: Entries) -> None:
    one = entry()
    add_all(store, one)
    assert store.add(one) == (one, True)
    new = approved(one)
    store.replace(one, new, "corrected")
    store.replace(one, new, "corrected")
    store.remove(new, by="auth0|ana", now=NOW)
    store.remove(new, by="auth0|ana", now=NOW)
    with pytest.raises(Conflict):
        store.replace(one, new, "corrected")


def test_an_unchanged_entry_is_not_written(store: Entries) -> None:
    never_kept = entry()
    store.replace(never_kept, never_kept, "corrected")
    assert listed(store) == []


@pytest.mark.parametrize("change", ["nothing", "corrected", "approved", "deleted"])
def test_an_idempotency_key_gives_the_first_response_after_any_change(
    change: str, store: Entries, items: Items
) -> None:
    first = entry(
        id=id_of_request("auth0|ana", "key"), request_digest="digest", user_email="ana@exampleco.com"
    )
    add_all(store, first)
    match change:
        case "corrected":
            store.replace(first, corrected(first, {"project": "Other"}, by="auth0|ana", now=NOW), "corrected")
        case "approved":
            store.replace(first, approved(first), "corrected")
        case "deleted":
            store.remove(first, by="auth0|ana", now=NOW)
    before = items()
    again = replace(first, created_at="2026-11-20T12:00:00.000Z", modified_at="2026-11-20T12:00:00.000Z")
    assert store.add(again) == (first, False)
    with pytest.raises(Problem) as refusal:
        store.add(replace(again, request_digest="another"))
    assert refusal.value.code == "idempotency_key_reused"
    assert items() == before
    assert len(listed(store)) == (change != "deleted")


def test_a_tombstone_holds_no_field_and_stays(store: Entries, items: Items) -> None:
    one = entry(id=id_of_request("auth0|ana", "key"), request_digest="digest", notes="Private")
    store.add(one)
    store.remove(one, by="auth0|ana", now=NOW)
    (tombstone,) = items()
    assert set(tombstone) == {"PK", "SK", "request", "created_at"}


def imported(external_id: str = "row 1", **changes: Any) -> Entry:
    return entry(**{"external_id": external_id, "source": "timesheets-import"} | changes)


def test_an_external_id_has_one_entry_for_each_client(store: Entries, imports: Imports) -> None:
    one = imported()
    imports.add(one, "digest")
    assert imports.find_many("timesheets-import", ["row 1", "row 2"]) == {"row 1": Import(one.id, "digest")}
    assert imports.find_many("another-import", ["row 1"]) == {}
    assert imports.find_many("timesheets-import", []) == {}
    with pytest.raises(Conflict):
        imports.add(imported(), "digest")
    assert listed(store) == [one]


def test_a_hundred_external_ids_are_read_in_one_batch(imports: Imports) -> None:
    ids = [f"row {n}" for n in range(100)]
    for one in ids[::10]:
        imports.add(imported(one), "digest")
    assert set(imports.find_many("timesheets-import", ids)) == set(ids[::10])


@pytest.mark.parametrize("user", ["auth0|ana", "auth0|carl"])
def test_an_import_replaces_its_entry_and_its_owner(
    user: str, store: Entries, imports: Imports, items: Items
) -> None:
    old = imported()
    imports.add(old, "digest")
    new = replace(corrected(old, {"project": "Other"}, by="auth0|ana", now=NOW), user_id=user)
    if user != old.user_id:
        new = replace(new, id=new_id(user))
    known = Import(old.id, "digest")
    imports.replace(known, old, new, "another")
    assert imports.find_many("timesheets-import", ["row 1"]) == {"row 1": Import(new.id, "another")}
    assert listed(store, user) == [new]
    assert len(items()) == 2
    with pytest.raises(Conflict):
        imports.replace(known, old, new, "late")


def test_deleting_an_imported_entry_frees_its_external_id(
    store: Entries, imports: Imports, items: Items
) -> None:
    one = imported()
    imports.add(one, "digest")
    store.remove(one, by="auth0|ana", now=NOW)
    assert items() == []
    imports.add(imported(), "digest")
