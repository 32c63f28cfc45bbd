"""People who have not signed a week, and signatures on the board of weeks that wait for a decision."""

import datetime as dt
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.app.support import await_board, group, press, sign_week
from tests.browser.support import MONDAY

if TYPE_CHECKING:
    from tests.browser.support import Phones
    from tests.local.callers import Caller, Newcomers

LAST_MONDAY = MONDAY - dt.timedelta(7)
LAST_WEEK = f"{LAST_MONDAY:%G-W%V}"


def test_missing_people_and_unsigned_weeks_are_listed_with_their_addresses(
    phones: "Phones", newcomers: "Newcomers", manager: "Caller"
) -> None:
    missing, unsigned, signed = (newcomers.person(name) for name in ("ada", "bob", "cyd"))
    missing.entry(date=(LAST_MONDAY - dt.timedelta(7)).isoformat())
    for person in (unsigned, signed):
        person.entry(date=LAST_MONDAY.isoformat(), hours=8)
    sign_week(signed, LAST_WEEK)
    await_board(manager, LAST_WEEK, missing, unsigned, signed)
    page = phones(manager, "/approve/missing")
    row = page.get_by_role("listitem")
    ada = page.locator("section", has_text="Nothing logged").locator("section").filter(has=row).first
    expect(ada).to_contain_text(str(missing.email))
    bob = row.filter(has_text=str(unsigned.email))
    expect(bob).to_contain_text("8 h")
    expect(bob.get_by_role("link")).to_have_attribute("href", f"mailto:{unsigned.email}".replace("@", "%40"))
    expect(row.filter(has_text=str(signed.email))).to_have_count(0)
    assert str(missing.email).replace("@", "%40") in (
        page.get_by_role("link", name=re.compile("Email th")).get_attribute("href") or ""
    )
    press(page, "Previous week")
    expect(row.filter(has_text=str(missing.email))).to_contain_text("7.5 h")
    page.reload()
    expect(row.filter(has_text=str(missing.email))).to_contain_text("7.5 h")
    page.go_back()
    expect(bob).to_be_visible()
    press(page, "Previous week")
    press(page, "Next week")
    expect(bob).to_be_visible()


def test_a_week_changed_after_signing_is_marked_and_not_ticked(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    employee.entry(project="Harbour", date=LAST_MONDAY.isoformat(), hours=8)
    sign_week(employee, LAST_WEEK)
    await_board(manager, LAST_WEEK, employee)
    page = phones(manager, "/approve")
    theirs = group(page, employee)
    expect(theirs).to_contain_text("· signed")
    expect(theirs.get_by_role("checkbox")).to_be_checked()
    employee.entry(project="Till", date=LAST_MONDAY.isoformat(), hours=1.5)
    page.reload()
    expect(theirs).to_contain_text("1.5 h added after signing")
    expect(theirs.get_by_role("checkbox")).not_to_be_checked()
    theirs.locator(".opens").click()
    expect(theirs.locator("summary", has_text="Till")).to_contain_text("added after signing")
    expect(theirs.locator("summary", has_text="Harbour")).not_to_contain_text("signing")


def test_arrow_keys_move_between_the_tabs(phones: "Phones", manager: "Caller") -> None:
    page = phones(manager, "/approve")
    page.get_by_role("tab", name="Pending").focus()
    for key, name in {"ArrowRight": "Decided", "ArrowLeft": "Pending"}.items():
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=name)).to_be_focused()
        expect(page.get_by_role("tab", name=name)).to_have_attribute("aria-selected", "true")


def test_a_decided_week_shows_its_entries_and_reopening_is_undone(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    entry = employee.entry(project="Harbour", date=LAST_MONDAY.isoformat(), notes="The crane")
    manager("PUT", f"/approvals/{entry['id']}")
    await_board(manager, LAST_WEEK, employee)
    page = phones(manager, "/approve/decided")
    theirs = group(page, employee)
    theirs.locator(".opens").click()
    expect(theirs).to_contain_text("The crane")
    press(theirs, "Reopen")
    expect(theirs).to_have_count(0)
    assert employee.every()[0]["status"] == "pending"
    press(page.locator(".toast"), "Undo")
    page.locator(".status").click()
    press(page.get_by_role("dialog"), "Send now")
    expect(page.locator(".status")).to_contain_text("Updated")
    assert employee.every()[0]["status"] == "approved"
