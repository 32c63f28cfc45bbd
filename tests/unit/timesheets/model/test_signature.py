"""The content, the tag and the signature of a week."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from timesheets.model.entry import Entry, new_entry
from timesheets.model.errors import Problem
from timesheets.model.signature import PersonWeek, Signature
from timesheets.model.week import parse_week

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
ENTRY = new_entry(
    {"date": date(2026, 11, 20), "project": "StoreZero", "hours": Decimal("7.50"), "notes": "on site"},
    id="an-id",
    user_id="auth0|ana",
    now=NOW,
)
OTHER = replace(ENTRY, id="another-id", hours=Decimal(1), notes=None)


def week(*entries: Entry, signature: Signature | None = None) -> PersonWeek:
    return PersonWeek(parse_week("2026-W47"), entries, signature)


def sign(one: PersonWeek, *tags: str, **changes: Any) -> Signature:
    person = {"user_id": "auth0|ana", "user_email": None, "user_name": None, "now": NOW}
    return one.sign(tags or (one.tag,), **person | changes)


SIGNED = week(ENTRY, OTHER, signature=sign(week(ENTRY, OTHER)))

CONTENT: list[dict[str, Any]] = [
    {"id": "a-third-id"},
    {"date": date(2026, 11, 19)},
    {"project": "Other"},
    {"hours": Decimal("7.51")},
    {"notes": None},
    {"notes": "On site"},
]
"""Changes of the content that a signature covers."""


@pytest.mark.parametrize("change", CONTENT, ids=str)
def test_a_change_of_the_content_is_not_covered(change: dict[str, Any]) -> None:
    changed = replace(SIGNED, entries=(replace(ENTRY, **change), OTHER))
    assert not changed.current
    assert not replace(SIGNED, entries=(ENTRY,)).current
    assert SIGNED.current


def test_fields_do_not_run_into_each_other() -> None:
    first, second = replace(ENTRY, project="A", notes="7.50"), replace(ENTRY, project="A7.50", notes=None)
    assert week(first).digest != week(second).digest


@pytest.mark.parametrize(
    "change",
    [
        {"hours": Decimal("7.5")},
        {"version": 2, "status": "approved", "reviewed_by": "auth0|mia"},
        {"version": 3, "user_name": "Ana", "modified_by": "import"},
    ],
    ids=str,
)
def test_other_changes_leave_the_signature_current(change: dict[str, Any]) -> None:
    assert replace(SIGNED, entries=(OTHER, replace(ENTRY, **change))).current


def test_the_tag_names_versions_and_signature_in_any_order_of_the_entries() -> None:
    later = replace(SIGNED, signature=sign(week(ENTRY, OTHER), now=NOW + timedelta(milliseconds=1)))
    states = [
        week(),
        PersonWeek(parse_week("2026-W48"), (), None),
        week(ENTRY),
        week(replace(ENTRY, version=2)),
        week(ENTRY, OTHER),
        SIGNED,
        later,
        replace(SIGNED, entries=(ENTRY,)),
    ]
    assert len({state.tag for state in states}) == len(states)
    assert SIGNED.tag == replace(SIGNED, entries=(OTHER, ENTRY)).tag


def test_current_content_keeps_its_signature() -> None:
    assert SIGNED.signature is not None
    for tag in (SIGNED.tag, SIGNED.signature.signed_tag):
        assert sign(SIGNED, "stale", tag, now=NOW + timedelta(days=1)) is SIGNED.signature


def test_only_the_present_state_can_be_signed() -> None:
    assert SIGNED.signature is not None
    changed = replace(SIGNED, entries=(ENTRY,))
    for tag in (SIGNED.tag, SIGNED.signature.signed_tag, week(ENTRY).tag, "*", ""):
        with pytest.raises(Problem, match="The week has changed") as refusal:
            sign(changed, tag)
        assert refusal.value.code == "version_mismatch"
    new = sign(changed)
    assert (new.versions, new.total_hours, new.signed_tag) == ({"an-id": 1}, Decimal("7.5"), changed.tag)
    assert replace(changed, signature=new).current


def test_a_signature_is_shown_only_once_there_is_one() -> None:
    assert "submitted" not in week(ENTRY, OTHER).to_json()
    assert SIGNED.to_json() == week(ENTRY, OTHER).to_json() | {
        "submitted": {
            "at": "2026-11-20T09:30:00.000Z",
            "total_hours": 8.5,
            "current": True,
            "versions": {"an-id": 1, "another-id": 1},
        }
    }
