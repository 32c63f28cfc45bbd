"""The changes of an entry, as callers see them."""

from dataclasses import replace

from tests.unit.support import APPROVED, PENDING
from timesheets.model.change import Change, change_to, deletion


def test_a_change_shows_the_entry_after_it() -> None:
    assert change_to("approved", APPROVED).to_json(numbered=True) == {
        "change": "approved",
        "version": 2,
        "at": APPROVED.modified_at,
        "by": "auth0|mia",
        "entry": APPROVED.to_json(),
    }


def test_a_deletion_is_a_version_of_its_own_and_shows_the_entry_before_it() -> None:
    change = deletion(PENDING, by="auth0|ana", at="2026-11-21T08:00:00.000Z")
    assert change.to_json(numbered=False) == {
        "change": "deleted",
        "version": 2,
        "at": "2026-11-21T08:00:00.000Z",
        "by": "auth0|ana",
        "entry": PENDING.to_json(),
    }


def test_a_number_is_shown_only_to_callers_that_may_see_it() -> None:
    change = replace(change_to("created", PENDING), number=48_212)
    assert change.to_json(numbered=True)["number"] == 48_212
    assert "number" not in change.to_json(numbered=False)


def test_an_erased_change_shows_only_the_id_of_its_entry() -> None:
    change = Change("erased", PENDING.id, 3, "2026-11-21T08:00:00.000Z", "erasure", None)
    assert change.to_json(numbered=True)["entry"] == {"id": PENDING.id}
