"""Changes that meet a change by another person or on another device."""

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.app.support import approvals, change, decided, edit, fill, group, heading, log, press, row
from tests.browser.support import UNDO_WINDOW

if TYPE_CHECKING:
    from tests.browser.support import Phones
    from tests.local.callers import Caller


@pytest.mark.parametrize(("choice", "hours"), [("Use my 8 h", 8), ("Keep 7 h", 7)])
def test_a_conflict_shows_both_values_and_opens_at_the_entry(
    phones: "Phones", employee: "Caller", choice: str, hours: int
) -> None:
    page = phones(employee)
    log(page, "StoreZero", "7")
    expect(page.locator(".status")).to_have_text("Saved")
    [entry] = employee.every()
    change(employee, entry, notes="from elsewhere")
    edit(page, "StoreZero")
    fill(page, hours="8")
    press(page, "Save")
    expect(page.locator(".status")).to_have_text("Problem")
    page.get_by_role("link", name="Fix", exact=True).click()
    expect(heading(page, "Changed elsewhere")).to_be_focused()
    mine, theirs = (page.get_by_role("region", name=name) for name in ("Yours", "Saved"))
    expect(mine).to_contain_text("8 h")
    expect(theirs).to_contain_text("7 h")
    expect(theirs).to_contain_text("from elsewhere")
    press(page, choice)
    expect(page.locator(".status")).to_have_text("Saved")
    expect(row(page, "StoreZero")).to_contain_text(f"{hours} h")
    expect(row(page, "StoreZero")).to_contain_text("from elsewhere")
    [found] = employee.every()
    assert (float(found["hours"]), found["notes"]) == (hours, "from elsewhere")


def test_a_conflict_with_an_approved_entry_offers_only_the_approved_one(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    page = phones(employee)
    log(page, "StoreZero", "7")
    expect(page.locator(".status")).to_have_text("Saved")
    [entry] = employee.every()
    manager("PUT", f"/approvals/{entry['id']}")
    edit(page, "StoreZero")
    fill(page, hours="8")
    press(page, "Save")
    page.get_by_role("link", name="Fix", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("An approved entry is locked.")
    expect(page.get_by_role("button", name="Use my 8 h")).to_have_count(0)
    press(page, "Keep 7 h")
    expect(row(page, "StoreZero")).to_contain_text("approved, locked")
    expect(page.locator(".status")).to_have_text("Saved")


def test_a_decision_about_a_deleted_entry_is_shown_and_discarded(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    entry = employee.entry(project="Gone")
    page = phones(manager)
    approvals(page)
    theirs = group(page, employee)
    expect(theirs).to_be_visible()
    employee("DELETE", f"/timesheets/{entry['id']}")
    page.clock.install()
    press(theirs, "Approve week")
    with page.expect_response(decided):
        page.clock.fast_forward(UNDO_WINDOW)
    expect(page.locator(".status")).to_have_text("Problem")
    theirs.locator(".opens").click()
    expect(theirs).to_contain_text("The decision was not accepted")
    press(theirs, "Decide again")
    expect(theirs).to_have_count(0)
