"""The week on a wide screen: a grid with the keys of a spreadsheet, which saves itself."""

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.app.support import press, week_path
from tests.browser.support import MONDAY, containing

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

    from tests.browser.support import Phones
    from tests.local.callers import Caller

DESKTOP = "Desktop Chrome"


def open_grid(phones: "Phones", caller: "Caller") -> "Page":
    page = phones(caller, device=DESKTOP)
    expect(page.locator(".status")).to_have_text("Saved")
    return page


def cell(page: "Page", project: str, day: int) -> "Locator":
    """Return a cell by its project and the number of its day, from Monday."""
    row = page.get_by_role("grid", name="Week").get_by_role("row").filter(has_text=project)
    return row.locator(".cell").nth(day)


def last_week(caller: "Caller", *projects: str) -> None:
    for project in projects:
        caller.entry(project=project, hours=8, date=(MONDAY - dt.timedelta(7)).isoformat())


def test_three_projects_on_five_days_are_logged_by_keyboard_alone(
    phones: "Phones", employee: "Caller"
) -> None:
    last_week(employee, "Harbour", "StoreZero", "Training")
    page = open_grid(phones, employee)
    keys = page.keyboard
    pressed = 0
    cell(page, "Harbour", 0).focus()
    for project in range(3):
        for key in (str(project + 1), "Control+Enter", "ArrowDown"):
            keys.press(key)
            pressed += 1
    assert pressed == 9
    expect(page.get_by_role("grid")).to_contain_text("30 h")
    expect(page.locator(".status")).to_have_text("Saved")
    logged = [entry for entry in employee.every() if entry["date"] >= MONDAY.isoformat()]
    assert len(logged) == 15
    assert sum(float(entry["hours"]) for entry in logged) == 30


def test_tab_saves_and_goes_on_to_the_next_cell(phones: "Phones", employee: "Caller") -> None:
    last_week(employee, "Harbour")
    page = open_grid(phones, employee)
    cell(page, "Harbour", 0).focus()
    for hours in ("8", "7,5", "7:30", "90m"):
        page.keyboard.type(hours)
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(cell(page, "Harbour", 4)).to_be_focused()
    expect(page.get_by_role("grid")).to_contain_text("24.5 h")
    expect(page.locator(".status")).to_have_text("Saved")
    logged = {entry["date"]: float(entry["hours"]) for entry in employee.every()}
    days = [(MONDAY + dt.timedelta(day)).isoformat() for day in range(4)]
    assert [logged[day] for day in days] == [8, 7.5, 7.5, 1.5]


def test_arrows_move_and_the_grid_is_one_tab_stop(phones: "Phones", employee: "Caller") -> None:
    last_week(employee, "Harbour", "StoreZero")
    page = open_grid(phones, employee)
    cell(page, "Harbour", 0).focus()
    expected = {
        "ArrowDown": cell(page, "StoreZero", 0),
        "End": cell(page, "StoreZero", 6),
        "Control+Home": cell(page, "Harbour", 0),
        "ArrowRight": cell(page, "Harbour", 1),
        "ArrowUp": page.get_by_role("columnheader").get_by_role("link").nth(1),
    }
    for key, target in expected.items():
        page.keyboard.press(key)
        expect(target).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('table') === null")
    expect(page.locator(".cell[tabindex='0']")).to_have_count(1)


def test_page_up_shows_the_week_before_at_the_same_cell(phones: "Phones", employee: "Caller") -> None:
    last_week(employee, "Harbour", "StoreZero")
    page = open_grid(phones, employee)
    cell(page, "StoreZero", 2).focus()
    page.keyboard.press("PageUp")
    expect(page).to_have_url(containing(week_path(MONDAY - dt.timedelta(7))))
    expect(cell(page, "StoreZero", 2)).to_be_focused()


def test_a_change_is_undone_and_redone(phones: "Phones", employee: "Caller") -> None:
    employee.entry(project="Harbour", hours=8, date=MONDAY.isoformat(), notes="The crane")
    page = open_grid(phones, employee)
    harbour = cell(page, "Harbour", 0)
    harbour.focus()
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    expect(harbour).to_contain_text("6")
    harbour.focus()
    page.keyboard.press("Delete")
    expect(harbour).to_have_text("")
    page.keyboard.press("Control+z")
    expect(harbour).to_contain_text("6")
    page.keyboard.press("Control+z")
    expect(harbour).to_contain_text("8")
    page.keyboard.press("Control+Shift+Z")
    expect(harbour).to_contain_text("6")
    expect(page.locator(".status")).to_have_text("Saved")
    [entry] = employee.every()
    assert (float(entry["hours"]), entry["notes"]) == (6, "The crane")


def test_a_faulty_value_stays_and_is_explained(phones: "Phones", employee: "Caller") -> None:
    last_week(employee, "Harbour")
    page = open_grid(phones, employee)
    harbour = cell(page, "Harbour", 0)
    harbour.focus()
    page.keyboard.type("25")
    page.keyboard.press("Enter")
    expect(harbour).to_have_attribute("aria-invalid", "true")
    expect(harbour).to_have_text("25")
    expect(harbour).to_have_accessible_description(containing("at most 24 hours"))
    page.keyboard.type("5")
    page.keyboard.press("Enter")
    expect(harbour).not_to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("grid")).to_contain_text("5 h")


def test_an_approved_cell_is_locked(phones: "Phones", employee: "Caller", manager: "Caller") -> None:
    entry = employee.entry(project="Harbour", hours=8, date=MONDAY.isoformat())
    manager("PUT", f"/approvals/{entry['id']}")
    page = open_grid(phones, employee)
    harbour = cell(page, "Harbour", 0)
    harbour.focus()
    page.keyboard.type("6")
    expect(harbour.get_by_role("textbox")).to_have_count(0)
    expect(harbour).to_have_attribute("aria-readonly", "true")
    expect(page.locator(".inspector")).to_contain_text("Ask for it to be reopened.")


def test_a_project_is_added_and_a_note_is_typed(phones: "Phones", employee: "Caller") -> None:
    page = open_grid(phones, employee)
    press(page, "Add project")
    page.keyboard.type("Harbour")
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    page.keyboard.type("4")
    page.keyboard.press("Shift+Enter")
    expect(cell(page, "Harbour", 0)).to_contain_text("4")
    cell(page, "Harbour", 0).focus()
    page.keyboard.press("Shift+F2")
    page.keyboard.type("The crane")
    page.keyboard.press("Enter")
    expect(page.locator(".inspector")).to_contain_text("The crane")
    expect(page.locator(".status")).to_have_text("Saved")
    [entry] = employee.every()
    assert (entry["project"], float(entry["hours"]), entry["notes"]) == ("Harbour", 4, "The crane")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_last_week_is_shown_in_grey_and_not_counted(
    phones: "Phones", employee: "Caller", scheme: str
) -> None:
    last_week(employee, "Harbour")
    page = phones(employee, device=DESKTOP, color_scheme=scheme)
    expect(cell(page, "Harbour", 0)).to_have_text("8")
    expect(page.get_by_role("grid")).to_contain_text("0 h")
    expect(page.get_by_role("main")).to_contain_text("Last week you logged 8 h, shown in grey.")


def test_a_note_that_is_left_is_saved_in_its_own_cell(phones: "Phones", employee: "Caller") -> None:
    for project in ("Harbour", "Till"):
        employee.entry(project=project, hours=8, date=MONDAY.isoformat())
    page = open_grid(phones, employee)
    cell(page, "Harbour", 0).focus()
    page.keyboard.press("Shift+F2")
    page.keyboard.type("The crane")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and the pier")
    cell(page, "Till", 0).click()
    expect(page.locator(".inspector")).to_contain_text("Till")
    page.keyboard.press("Shift+F2")
    page.keyboard.type("Not this")
    page.keyboard.press("Escape")
    expect(cell(page, "Till", 0)).to_be_focused()
    expect(page.locator(".status")).to_have_text("Saved")
    notes = {entry["project"]: entry.get("notes") for entry in employee.every()}
    assert notes == {"Harbour": "The crane\nand the pier", "Till": None}


def test_a_tap_opens_a_cell_and_a_day_over_24_hours_is_flagged(phones: "Phones", employee: "Caller") -> None:
    employee.entry(project="Harbour", hours=20, date=MONDAY.isoformat())
    last_week(employee, "Till")
    tablet = {"width": 768, "height": 1024}
    page = phones(employee, device=DESKTOP, has_touch=True, viewport=tablet)
    cell(page, "Till", 0).tap()
    field = cell(page, "Till", 0).get_by_role("textbox")
    expect(field).to_be_focused()
    field.fill("8")
    cell(page, "Harbour", 0).tap()
    expect(page.locator(".inspector")).to_contain_text("has 28 h.")
    expect(page.locator(".status")).to_have_text("Saved")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
