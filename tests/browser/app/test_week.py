"""The week on a phone: its address, turning it, copying the last one, deleting entries, German."""

import datetime as dt
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.app.support import (
    edit,
    fill,
    heading,
    log,
    press,
    row,
    save,
    swipe,
    toast,
    week_name,
    week_path,
)
from tests.browser.support import MONDAY, THIS_WEEK, UNDO_WINDOW

if TYPE_CHECKING:
    from tests.browser.support import Phones
    from tests.local.callers import Caller


def test_weeks_turn_by_button_and_by_swipe_and_have_addresses(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    expect(heading(page, THIS_WEEK)).to_be_visible()
    assert urlsplit(page.url).path == week_path(MONDAY)
    press(page, "Next week")
    expect(heading(page, THIS_WEEK)).to_have_count(0)
    press(page, "Previous week")
    expect(heading(page, THIS_WEEK)).to_be_visible()
    press(page, "Previous week")
    before = MONDAY - dt.timedelta(7)
    expect(heading(page, week_name(before))).to_be_visible()
    assert urlsplit(page.url).path == week_path(before)
    page.reload()
    expect(heading(page, week_name(before))).to_be_visible()
    expect(page).to_have_title(re.compile(r"\d{4} · Timesheets$"))
    swipe(page.get_by_role("list", name="Hours by day"))
    expect(heading(page, THIS_WEEK)).to_be_visible()
    page.go_back()
    expect(heading(page, week_name(before))).to_be_visible()
    press(page, "Today")
    expect(heading(page, THIS_WEEK)).to_be_visible()


def test_an_empty_week_is_filled_like_the_last_one_and_undone(phones: "Phones", employee: "Caller") -> None:
    for day in range(5):
        date = MONDAY - dt.timedelta(7 - day)
        employee.entry(project=f"Store {day}", hours=8, date=date.isoformat(), notes="as before")
    page = phones(employee)
    page.clock.install()
    copy = page.get_by_role("main").get_by_role("button", name="Copy last week")
    copy.click()
    expect(page.get_by_role("main")).to_contain_text("40 h of 40 h")
    press(toast(page), "Undo")
    expect(page.get_by_role("main")).to_contain_text("Nothing logged yet")
    copy.click()
    expect(toast(page)).to_contain_text("5 entries copied, 40 h")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.clock.fast_forward(UNDO_WINDOW)
    expect(page.locator(".status")).to_have_text("Saved")
    copied = [entry for entry in employee.every() if entry["date"] >= MONDAY.isoformat()]
    assert [(entry["hours"], entry.get("notes")) for entry in copied] == [(8, None)] * 5


def test_a_deletion_can_be_undone_and_is_sent_afterwards(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    log(page, "StoreZero")
    expect(page.locator(".status")).to_have_text("Saved")
    page.clock.install()
    press(row(page, "StoreZero"), "Delete")
    expect(row(page, "StoreZero")).to_have_count(0)
    press(toast(page), "Undo")
    expect(row(page, "StoreZero")).to_be_visible()
    page.clock.fast_forward(2 * UNDO_WINDOW)
    assert len(employee.every()) == 1
    press(row(page, "StoreZero"), "Delete")
    expect(toast(page)).to_contain_text("Deleted")
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
        page.clock.fast_forward(UNDO_WINDOW)
    assert deleted.value.status == 204
    assert not employee.every()


def test_a_change_that_was_sent_is_undone_from_the_menu_of_the_status(
    phones: "Phones", employee: "Caller"
) -> None:
    page = phones(employee)
    log(page, "StoreZero", "7")
    expect(page.locator(".status")).to_have_text("Saved")
    edit(page, "StoreZero")
    fill(page, hours="8", notes="The till")
    save(page)
    expect(row(page, "StoreZero")).to_contain_text("8 h")
    expect(page.locator(".status")).to_have_text("Saved")
    page.locator(".status").click()
    changes = page.get_by_role("dialog").get_by_role("listitem")
    expect(changes).to_have_count(2)
    expect(changes.first).to_contain_text("Corrected: StoreZero, 8 h")
    press(changes.first, "Undo")
    expect(row(page, "StoreZero")).to_contain_text("7 h")
    expect(page.locator(".status")).to_have_text("Saved")
    [entry] = employee.every()
    assert (float(entry["hours"]), entry.get("notes")) == (7, None)


def test_an_address_without_a_screen_or_an_entry_says_so(phones: "Phones", employee: "Caller") -> None:
    for path, title in {
        "/edit/%E0%A4%A": "There is no such page",
        "/nowhere": "There is no such page",
        "/week/2026-W60": "There is no such page",
        "/edit/unknown": "There is no such entry",
    }.items():
        page = phones(employee, path)
        expect(heading(page, title)).to_be_visible()
        page.get_by_role("link", name="Go to this week").click()
        expect(heading(page, THIS_WEEK)).to_be_visible()


def test_a_german_browser_gets_german_texts_and_numbers(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, locale="de-DE")
    expect(page.locator("html")).to_have_attribute("lang", "de-DE")
    page.get_by_role("navigation").get_by_role("link", name="Neu").click()
    page.get_by_label("Projekt", exact=True).fill("StoreZero")
    page.get_by_label("Stunden", exact=True).fill("7,5")
    press(page, "Speichern")
    expect(row(page, "StoreZero")).to_contain_text("7,5 h")
    expect(page.locator(".status")).to_have_text("Gespeichert")
    expect(page.get_by_role("main")).to_contain_text("7,5 h von 40 h")
    assert float(employee.every()[0]["hours"]) == 7.5
