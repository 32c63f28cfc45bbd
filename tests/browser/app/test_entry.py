"""The sheet of an entry: logging and correcting on a phone, faults, drafts and the timer."""

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.app.support import edit, expect_error, fill, log, press, row, save, tab, toast
from tests.browser.support import CORS, MONDAY, PROBLEM

if TYPE_CHECKING:
    from playwright.sync_api import Route

    from tests.browser.support import Phones
    from tests.local.callers import Caller


def test_an_entry_is_logged_and_corrected(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    log(page, "StoreZero", "7:30", notes="The till")
    expect(toast(page)).to_contain_text("Saved: StoreZero, 7.5 h")
    expect(page.get_by_role("main")).to_contain_text("7.5 h of 40 h")
    edit(page, "StoreZero")
    expect(page.get_by_label("Notes")).to_have_value("The till")
    fill(page, hours="7.75")
    save(page)
    expect(row(page, "StoreZero")).to_contain_text("7.75 h")
    expect(row(page, "StoreZero")).to_contain_text("pending")
    [entry] = employee.every()
    assert (entry["project"], float(entry["hours"]), entry["notes"]) == ("StoreZero", 7.75, "The till")
    assert entry["version"] == 2


def test_several_days_are_logged_at_once(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    page.get_by_role("link", name="Log hours for Monday").click()
    fill(page, project="StoreZero", hours="90m")
    for day in ("Tuesday", "Wednesday"):
        page.get_by_role("checkbox", name=day).check()
    expect(page.get_by_role("dialog")).to_contain_text("Adds 3 entries.")
    save(page)
    expect(row(page, "StoreZero")).to_have_count(3)
    expect(page.locator(".status")).to_have_text("Saved")
    assert [float(entry["hours"]) for entry in employee.every()] == [1.5, 1.5, 1.5]


def test_save_and_add_another_keeps_the_sheet_and_the_day(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    page.get_by_role("link", name="Log hours for Monday").click()
    fill(page, project="StoreZero", hours="5")
    press(page, "Save and add another")
    expect(page.get_by_role("dialog")).to_contain_text("Saved: StoreZero, 5 h")
    expect(page.get_by_label("Project", exact=True)).to_have_value("")
    expect(page.get_by_label("Hours", exact=True)).to_have_value("3")
    fill(page, project="Harbour")
    save(page)
    expect(row(page, "Harbour")).to_contain_text("3 h")
    expect(page.locator(".status")).to_have_text("Saved")
    assert {entry["date"] for entry in employee.every()} == {MONDAY.isoformat()}


def test_a_day_over_24_hours_and_a_distant_year_are_questioned(phones: "Phones", employee: "Caller") -> None:
    employee.entry(project="StoreZero", hours=20, date=MONDAY.isoformat())
    page = phones(employee)
    expect(row(page, "StoreZero")).to_be_visible()
    page.get_by_role("link", name="Log hours for Monday").click()
    fill(page, project="Harbour", hours="5.25")
    expect(page.get_by_role("dialog")).to_contain_text("would have 25.25 h.")
    fill(page, date="2019-11-20")
    expect(page.get_by_role("dialog")).to_contain_text("2019 is far away. Is the year right?")
    fill(page, date=MONDAY.isoformat())
    save(page)
    expect(row(page, "Harbour")).to_be_visible()


def test_a_draft_shows_its_age_and_its_day_and_can_be_discarded(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    page.get_by_role("link", name="Log hours for Monday").click()
    fill(page, project="Unfinished", hours="3")
    press(page.get_by_role("dialog"), "Close")
    page.get_by_role("link", name="Log hours for Tuesday").click()
    sheet = page.get_by_role("dialog")
    expect(sheet).to_contain_text(re.compile(r"Draft from .*It is for Mon", re.DOTALL))
    expect(page.get_by_label("Date", exact=True)).to_have_value(MONDAY.isoformat())
    press(sheet, "Discard")
    expect(page.get_by_label("Project", exact=True)).to_have_value("")
    expect(page.get_by_label("Date", exact=True)).to_have_value((MONDAY + dt.timedelta(1)).isoformat())


def test_a_timer_and_its_hours_survive_a_reload(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    page.clock.install()
    tab(page, "New")
    page.get_by_label("Notes").fill("The crane")
    press(page, "Start timer")
    page.reload()
    page.clock.fast_forward("00:42:00")
    expect(page.get_by_role("main")).to_contain_text("0:42")
    press(page, "Stop")
    expect(page.get_by_label("Hours", exact=True)).to_have_value("0.75")
    fill(page, project="Harbour")
    save(page)
    expect(row(page, "Harbour")).to_contain_text("0.75 h")


def test_invalid_values_are_marked_at_their_fields(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, "/new")
    fill(page, project=" ", hours="25")
    page.get_by_label("Date").fill("")
    press(page, "Save")
    expect(page.get_by_label("Project", exact=True)).to_be_focused()
    for name, error in {"Project": "Enter a project", "Date": "Enter a date", "Hours": "at most 24"}.items():
        expect_error(page, name, error)
    fill(page, project="StoreZero", hours="24")
    page.get_by_label("Date").fill("2026-11-20")
    save(page)
    expect(row(page, "StoreZero")).to_be_visible()
    expect(page.locator(".status")).to_have_text("Saved")
    assert len(employee.every()) == 1


def test_an_implausible_year_is_questioned_before_saving(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, "/new")
    page.get_by_label("Date").fill("0026-11-20")
    page.get_by_label("Notes").focus()
    expect_error(page, "Date", "Is the year right?")
    fill(page, project="StoreZero", hours="8")
    press(page, "Save")
    expect(page.get_by_label("Date")).to_be_focused()
    page.get_by_label("Date").fill("2026-11-20")
    expect(page.get_by_label("Date")).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("checkbox", name="Friday")).to_be_checked()
    assert not employee.every()


def test_pasted_notes_over_the_limit_are_kept_and_reported(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, "/new")
    fill(page, project="StoreZero", hours="8", notes="x" * 1499)
    expect_error(page, "Notes", "Use at most 1000 characters; this text has 1499")
    expect(page.get_by_label("Notes")).to_have_value("x" * 1499)
    fill(page, notes="x" * 1000)
    save(page)
    expect(row(page, "StoreZero")).to_be_visible()
    expect(page.locator(".status")).to_have_text("Saved")
    assert employee.every()[0]["notes"] == "x" * 1000


def test_hours_are_accepted_in_the_digits_of_another_script(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    log(page, "StoreZero", "٧٫٥")
    expect(page.locator(".status")).to_have_text("Saved")
    assert float(employee.every()[0]["hours"]) == 7.5


def test_hours_can_be_edited_where_digits_are_not_latin(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, locale="ar-EG")
    log(page, "StoreZero", "7.5")
    edit(page, "StoreZero")
    fill(page, hours="٧٫٧٥")
    save(page)
    expect(row(page, "StoreZero")).to_contain_text("7.75 h")
    expect(page.locator(".status")).to_have_text("Saved")
    assert float(employee.every()[0]["hours"]) == 7.75


def test_field_errors_of_a_422_are_marked_and_can_be_corrected(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, "/new")
    faults = [
        {"pointer": "/project", "detail": "is not one of ours"},
        {"pointer": "/date", "detail": "lies in a closed year"},
        {"pointer": "/hours", "detail": "are more than a day has"},
        {"pointer": "/notes", "detail": "hold a name"},
    ]
    problem = {"code": "invalid_entry", "detail": "The entry has faults", "errors": faults}

    def refuse(route: "Route") -> None:
        route.fulfill(status=422, json=problem, headers=CORS, content_type=PROBLEM)

    page.route("**/timesheets", refuse, times=1)
    fill(page, project="Nowhere", hours="8", notes="Eve")
    press(page, "Save")
    expect(page.get_by_role("main")).to_contain_text("1 entry needs fixing")
    expect(page.locator(".status")).to_have_text("Problem")
    page.get_by_role("link", name="Fix", exact=True).click()
    for fault in faults:
        expect_error(page, fault["pointer"][1:].capitalize(), fault["detail"])
    expect(page.get_by_label("Project", exact=True)).to_be_focused()
    expect(page.get_by_label("Notes")).to_have_value("Eve")
    page.reload()
    expect_error(page, "Project", "is not one of ours")
    fill(page, project="StoreZero")
    save(page)
    expect(row(page, "StoreZero")).to_be_visible()
    expect(page.locator(".status")).to_have_text("Saved")
    [entry] = employee.every()
    assert entry["project"] == "StoreZero"


@pytest.mark.parametrize("device", ["iPhone 15", "Pixel 7"])
def test_an_entry_is_logged_on_each_device(phones: "Phones", employee: "Caller", device: str) -> None:
    page = phones(employee, device=device)
    log(page, "StoreZero")
    expect(page.locator(".status")).to_have_text("Saved")
    assert len(employee.every()) == 1
