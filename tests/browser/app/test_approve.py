"""The approvals: deciding other people's weeks."""

import re
from typing import TYPE_CHECKING
from uuid import uuid4

from playwright.sync_api import expect

from tests.browser.app.support import (
    approvals,
    change,
    decided,
    edit,
    group,
    heading,
    log,
    press,
    refresh,
    row,
    save,
    toast,
)
from tests.browser.support import CORS, THIS_WEEK, TODAY, UNDO_WINDOW

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.support import Phones
    from tests.local.callers import Caller


def test_approve_by_address_needs_its_scope(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, "/approve")
    expect(heading(page, THIS_WEEK)).to_be_visible()


def test_a_rejected_entry_is_resubmitted_and_an_approved_one_is_locked(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    hers, his = phones(employee), phones(manager)
    log(hers, "StoreZero")
    expect(hers.locator(".status")).to_have_text("Saved")
    approvals(his)
    group(his, employee).locator(".opens").click()
    press(group(his, employee).locator(".detail > .actions"), "Reject")
    his.get_by_label("Reason").fill("Which store?")
    his.clock.install()
    press(his.get_by_role("dialog"), "Reject")
    expect(group(his, employee)).to_have_count(0)
    with his.expect_response(decided):
        his.clock.fast_forward(UNDO_WINDOW)

    refresh(hers)
    expect(row(hers, "StoreZero")).to_contain_text("rejected")
    expect(hers.get_by_role("main")).to_contain_text("1 entry needs fixing")
    expect(hers.get_by_role("main")).to_contain_text("Which store?")
    hers.get_by_role("link", name="Fix", exact=True).click()
    expect(hers.get_by_role("dialog")).to_contain_text("Saving resubmits it.")
    hers.get_by_role("radio", name="Half an hour").check()
    press(hers, "Save")
    expect(row(hers, "StoreZero")).to_contain_text("pending")
    expect(hers.get_by_role("main")).not_to_contain_text("needs fixing")

    refresh(his)
    press(group(his, employee), "Approve week")
    with his.expect_response(decided):
        his.clock.fast_forward(UNDO_WINDOW)
    refresh(hers)
    expect(row(hers, "StoreZero")).to_contain_text("approved, locked")
    expect(row(hers, "StoreZero").get_by_role("button")).to_have_count(0)
    edit(hers, "StoreZero")
    expect(hers.get_by_role("dialog").get_by_role("button", name="Save")).to_have_count(0)
    [entry] = employee.every()
    assert (entry["status"], float(entry["hours"])) == ("approved", 0.5)


def test_saving_a_rejected_entry_unchanged_resubmits_it(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    page = phones(employee)
    log(page, "StoreZero")
    expect(page.locator(".status")).to_have_text("Saved")
    [entry] = employee.every()
    manager("PUT", f"/approvals/{entry['id']}", json={"approved": False, "reason": "Sure?"})
    refresh(page)
    expect(row(page, "StoreZero")).to_contain_text("rejected")
    edit(page, "StoreZero")
    save(page)
    expect(row(page, "StoreZero")).to_contain_text("pending")
    assert employee.every()[0]["status"] == "pending"


def test_one_persons_week_is_approved_in_two_taps(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    entries = [employee.entry(project=f"Store {day}", date=f"2026-11-{day}") for day in (17, 16, 18)]
    page = phones(manager)
    approvals(page)
    theirs = group(page, employee)
    expect(theirs).to_contain_text("22.5 h")
    expect(theirs.get_by_role("img")).to_have_accessible_name("Mon 7.5, Tue 7.5, Wed 7.5")
    # An entry that changes after it was loaded is not approved: the decision is about what was on the screen.
    change(employee, entries[0], hours=24)
    page.clock.install()
    press(theirs, "Approve week")
    expect(theirs).to_have_count(0)
    with page.expect_response(decided):
        page.clock.fast_forward(UNDO_WINDOW)
    expect(theirs).to_contain_text("7.5 h")
    theirs.locator(".opens").click()
    expect(theirs).to_contain_text("Changed since you decided")
    expect(theirs).to_contain_text("24 h")
    states = {entry["project"]: entry["status"] for entry in employee.every()}
    assert states == {"Store 17": "pending", "Store 16": "approved", "Store 18": "approved"}


def test_several_weeks_are_approved_together_and_undone_together(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    for day in (2, 9, 10, 16):
        employee.entry(project=f"Store {day}", date=f"2026-11-{day:02}")
    page = phones(manager)
    approvals(page)
    theirs = group(page, employee)
    expect(theirs).to_have_count(3)
    page.clock.install()
    for week in theirs.all():
        week.get_by_role("checkbox").check()
    theirs.nth(1).get_by_role("checkbox").uncheck()
    press(page, "Approve 2 weeks")
    press(page.get_by_role("dialog"), "Approve 2 weeks")
    expect(theirs).to_have_count(1)
    press(toast(page), "Undo")
    expect(theirs).to_have_count(3)
    page.clock.fast_forward(2 * UNDO_WINDOW)
    assert {entry["status"] for entry in employee.every()} == {"pending"}
    for week in theirs.all():
        week.get_by_role("checkbox").check()
    press(page, "Approve 3 weeks")
    press(page.get_by_role("dialog"), "Approve 3 weeks")
    expect(theirs).to_have_count(0)
    page.clock.fast_forward(UNDO_WINDOW)
    expect(page.locator(".status")).to_contain_text("Updated")
    assert {entry["status"] for entry in employee.every()} == {"approved"}


def test_approvals_are_grouped_by_user_id(phones: "Phones", manager: "Caller") -> None:
    page = phones.blank(manager)
    email = {"user_email": "shared@example.com"}
    serve(page, [waiting("auth0|a", **email), waiting("auth0|a"), waiting("auth0|b", **email)])
    page.goto("/approve")
    expect(page.locator(".board .total")).to_have_text(["2 h", "1 h"])


def test_a_long_list_that_was_closed_grows_to_its_end(phones: "Phones", manager: "Caller") -> None:
    page = phones.blank(manager)
    people = [waiting(f"auth0|{number:03}", date=TODAY.isoformat()) for number in range(90)]
    serve(page, [waiting("auth0|a"), *people])
    page.goto("/approve")
    press(page, "Show")
    rows = page.locator(".board").nth(1).locator(".person")
    expect(rows).to_have_count(40)
    for count in (80, 90):
        page.locator(".more").scroll_into_view_if_needed()
        expect(rows).to_have_count(count)


def waiting(user: str, **more: str) -> dict[str, object]:
    """Return a pending entry of another person, of the week before."""
    fields = {"user_id": user, "date": "2026-11-20", "project": "Till", "hours": 1, "status": "pending"}
    return fields | {"id": str(uuid4()), "created_at": "2026-11-20T08:00:00Z", "version": 1} | more


def serve(page: "Page", entries: list[dict[str, object]]) -> None:
    """Answer the list of pending entries in the API's place."""
    page.route(re.compile(r"/approvals\?"), lambda route: route.fulfill(json=entries, headers=CORS))
