"""Signing a week: exactly the content on the screen, and what changed since then."""

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.app.support import change, edit, fill, log, press, row, save, toast
from tests.browser.support import MONDAY

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.support import Phones
    from tests.local.callers import Caller

WEEK = f"{MONDAY:%G-W%V}"


def submitted(caller: "Caller") -> dict[str, Any] | None:
    """Return the signature of this week as the API has it."""
    signature: dict[str, Any] | None = caller("GET", f"/timesheets/weeks/{WEEK}").json().get("submitted")
    return signature


def card(page: "Page") -> "Locator":
    """Return the part of the week's screen that signs it."""
    return page.locator(".sign")


@pytest.mark.parametrize("device", ["Pixel 7", "Desktop Chrome"])
def test_a_week_is_signed_and_the_signature_is_withdrawn(
    phones: "Phones", employee: "Caller", device: str
) -> None:
    for day, hours in enumerate((8, 8, 7.5, 8.75, 4.5)):
        employee.entry(project="Harbour", hours=hours, date=(MONDAY + dt.timedelta(day)).isoformat())
    page = phones(employee, device=device)
    expect(card(page)).to_contain_text("You sign 5 entries, 36.75 h. That is 3.25 h under 40 h.")
    press(page, "Sign week")
    expect(toast(page)).to_contain_text("Signed, 36.75 h")
    expect(card(page).get_by_role("heading")).to_be_focused()
    expect(card(page)).to_contain_text("You can still change the week.")
    page.reload()
    expect(card(page).get_by_role("heading")).to_have_text("Signed")
    signature = submitted(employee)
    assert signature
    assert (signature["total_hours"], signature["current"], len(signature["versions"])) == (36.75, True, 5)
    press(page, "Take back")
    expect(page.get_by_role("button", name="Sign week")).to_be_visible()
    assert submitted(employee) is None


def test_a_week_without_hours_can_be_signed(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    expect(card(page)).to_contain_text("You sign a week without hours, such as a holiday.")
    press(page, "Sign week")
    expect(toast(page)).to_contain_text("Signed, 0 h")
    signature = submitted(employee)
    assert signature
    assert signature["total_hours"] == 0


def test_unsent_changes_are_sent_before_signing(phones: "Phones", employee: "Caller") -> None:
    kept, deleted = (employee.entry(project=name, date=MONDAY.isoformat()) for name in ("Harbour", "Till"))
    page = phones(employee)
    press(row(page, "Till"), "Delete")
    expect(card(page)).to_contain_text("1 change is sent first.")
    press(page, "Sign week")
    expect(toast(page)).to_contain_text("Signed, 7.5 h")
    signature = submitted(employee)
    assert signature
    assert deleted["id"] not in signature["versions"]
    assert signature["versions"] == {kept["id"]: 1}


def test_a_state_that_is_not_on_the_screen_is_not_signed(phones: "Phones", employee: "Caller") -> None:
    entry = employee.entry(project="Harbour", hours=8, date=MONDAY.isoformat())
    page = phones(employee)
    expect(card(page)).to_contain_text("You sign 1 entry, 8 h.")
    change(employee, entry, notes="from elsewhere")
    press(page, "Sign week")
    expect(toast(page)).to_contain_text("Not signed: the week had changed elsewhere.")
    expect(row(page, "Harbour")).to_contain_text("from elsewhere")
    assert submitted(employee) is None
    press(page, "Sign week")
    expect(toast(page)).to_contain_text("Signed, 8 h")


def test_changes_after_signing_are_listed_and_undoing_them_ends_the_list(
    phones: "Phones", employee: "Caller"
) -> None:
    changed = employee.entry(project="StoreZero", hours=7.75, date=MONDAY.isoformat())
    deleted = employee.entry(project="Till", hours=2, date=MONDAY.isoformat())
    page = phones(employee)
    press(page, "Sign week")
    expect(toast(page)).to_contain_text("Signed")
    edit(page, "StoreZero")
    fill(page, hours="7.5")
    save(page)
    expect(card(page)).to_contain_text("Changed since you signed")
    expect(card(page)).to_contain_text("7.75 h 7.5 h")
    edit(page, "StoreZero")
    fill(page, hours="7.75")
    save(page)
    expect(card(page).get_by_role("heading")).to_have_text("Signed")
    expect(page.locator(".status")).to_have_text("Saved")

    change(employee, next(one for one in employee.every() if one["id"] == changed["id"]), hours=7)
    employee("DELETE", f"/timesheets/{deleted['id']}")
    log(page, "Harbour", "1.5")
    # A device without the signed content reads it from the histories.
    other = phones(employee)
    expect(card(other).get_by_role("listitem")).to_have_count(3)
    for text in ("7.75 h 7 h", "2 h deleted", "1.5 h added"):
        expect(card(other)).to_contain_text(text)
    press(other, "Sign week")
    expect(card(other).get_by_role("heading")).to_have_text("Signed")


def test_signing_needs_the_network(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    expect(page.get_by_role("button", name="Sign week")).to_be_enabled()
    page.context.set_offline(True)
    expect(card(page)).to_contain_text("Signing needs the network.")
    expect(page.get_by_role("button", name="Sign week")).to_be_disabled()
