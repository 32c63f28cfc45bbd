"""Pages and cursors."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from timesheets.model.entry import Entry, new_entry
from timesheets.model.errors import Problem
from timesheets.model.ids import new_id
from timesheets.model.query import MAX_EXAMINED, ListQuery
from timesheets.web.cursors import Cursors, take_page

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


def entry(project: str = "A") -> Entry:
    fields = {"date": date(2026, 11, 20), "project": project, "hours": Decimal(1)}
    return new_entry(fields, id=new_id("auth0|ana"), user_id="auth0|ana", now=NOW)


def test_a_full_page_gives_the_position_of_its_last_entry() -> None:
    entries = [entry() for _ in range(5)]
    page = take_page(entries, ListQuery(limit=3))
    assert page.entries == entries[:3]
    assert page.last == entries[2].position


@pytest.mark.parametrize("count", [0, 1, 3])
def test_the_last_page_has_no_next(count: int) -> None:
    entries = [entry() for _ in range(count)]
    page = take_page(entries, ListQuery(limit=3))
    assert (page.entries, page.last) == (entries, None)


def test_a_page_examines_a_bounded_number_of_entries() -> None:
    entries = [entry("A") for _ in range(MAX_EXAMINED)] + [entry("B")]
    page = take_page(iter(entries), ListQuery(limit=3, project="B"))
    assert page.entries == []
    assert page.last == entries[MAX_EXAMINED - 1].position


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        (ListQuery(), True),
        (ListQuery(project="A", status="pending", user_id="auth0|ana"), True),
        (ListQuery(project="a"), False),
        (ListQuery(status="approved"), False),
        (ListQuery(user_id="auth0|carl"), False),
        (ListQuery(not_user_id="auth0|ana"), False),
        (ListQuery(not_user_id="auth0|carl"), True),
    ],
)
def test_a_query_applies_every_filter(query: ListQuery, matches: bool) -> None:  # noqa: FBT001
    assert query.matches(entry()) == matches


LIST = (b"secret", "GET /timesheets", "auth0|ana", {"project": "A", "from": "2026-11-01"})
POSITION = replace(entry(), id="0" * 48).position


def test_a_cursor_stays_valid_with_another_page_length() -> None:
    cursor = Cursors(*LIST).make(POSITION)
    again = Cursors(*LIST[:3], {"from": "2026-11-01", "project": "A", "limit": "7", "cursor": cursor})
    assert again.read(cursor) == POSITION


@pytest.mark.parametrize(
    "other",
    [
        (b"another", *LIST[1:]),
        (b"secret", "GET /approvals", *LIST[2:]),
        (b"secret", "GET /timesheets", "auth0|carl", LIST[3]),
        (*LIST[:3], {"project": "A"}),
        (*LIST[:3], {"project": "A", "from": "2026-11-01", "order": "asc"}),
        (*LIST[:3], {"project": "A", "from": "2026-11-02"}),
    ],
)
def test_a_cursor_of_another_list_is_refused(other: tuple[bytes, str, str, dict[str, str]]) -> None:
    with pytest.raises(Problem, match="start again without it") as refusal:
        Cursors(*other).read(Cursors(*LIST).make(POSITION))
    assert refusal.value.code == "malformed_request"


def test_a_cursor_with_any_character_changed_added_or_removed_is_refused() -> None:
    cursors = Cursors(*LIST)
    cursor = cursors.make(POSITION)
    changed = [f"{cursor[:i]}{'A' if cursor[i] != 'A' else 'B'}{cursor[i + 1 :]}" for i in range(len(cursor))]
    cut = [cursor[:i] for i in range(len(cursor))]
    for bad in [
        *changed,
        *cut,
        cursor + "A",
        cursor + "=",
        " " + cursor,
        cursor + "!",
        "é",
        "\ud800",
        "x" * 5000,
    ]:
        with pytest.raises(Problem, match="cursor"):
            cursors.read(bad)
