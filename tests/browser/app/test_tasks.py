"""The taps of each everyday task, from the opened app with this week loaded. Keys are not counted."""

import datetime as dt
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.support import (
    MONDAY,
    UNDO_WINDOW,
    Taps,
    decided,
    group,
    row,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.support import Phones
    from tests.local.callers import Caller

DESKTOP = "Desktop Chrome"
LAST_MONDAY = MONDAY - dt.timedelta(7)


def opened(phones: "Phones", caller: "Caller", device: str = "Pixel 7") -> "tuple[Page, Taps]":
    """Return the app with this week loaded, and the count of its taps."""
    page = phones(caller, device=device)
    expect(page.locator(".status")).to_have_text("Saved")
    return page, Taps(page)


def test_eight_hours_on_a_recent_project_take_three_taps(phones: "Phones", employee: "Caller") -> None:
    employee.entry(project="StoreZero", date=LAST_MONDAY.isoformat())
    page, taps = opened(phones, employee)
    taps.on(page.get_by_role("link", name="Log hours for Monday"))
    taps.on(page.get_by_role("radio", name="StoreZero"))
    taps.on(page.get_by_role("button", name="Save", exact=True))
    expect(row(page, "StoreZero")).to_contain_text("8 h")
    expect(page.locator(".status")).to_have_text("Saved")
    assert employee.every()[0]["date"] == MONDAY.isoformat()
    assert taps.count == 3


def test_a_week_like_the_last_one_takes_one_tap(phones: "Phones", employee: "Caller") -> None:
    for day in range(5):
        employee.entry(project="StoreZero", hours=8, date=(LAST_MONDAY + dt.timedelta(day)).isoformat())
    page, taps = opened(phones, employee)
    taps.on(page.get_by_role("main").get_by_role("button", name="Copy last week"))
    expect(page.get_by_role("main")).to_contain_text("40 h of 40 h")
    assert taps.count == 1


def test_three_projects_on_five_days_take_no_click_on_a_desktop(phones: "Phones", employee: "Caller") -> None:
    for project in ("Harbour", "StoreZero", "Training"):
        employee.entry(project=project, hours=8, date=LAST_MONDAY.isoformat())
    page, taps = opened(phones, employee, DESKTOP)
    while not page.evaluate("document.activeElement.matches('.cell')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Control+Home")
    for hours in ("1", "2", "3"):
        for key in (hours, "Control+Enter", "ArrowDown"):
            page.keyboard.press(key)
    expect(page.get_by_role("grid")).to_contain_text("30 h")
    expect(page.locator(".status")).to_have_text("Saved")
    assert sum(float(one["hours"]) for one in employee.every() if one["date"] >= MONDAY.isoformat()) == 30
    assert taps.count == 0


def test_a_rejected_entry_is_explained_fixed_and_resubmitted_in_three_taps(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    entry = employee.entry(project="StoreZero", date=(MONDAY - dt.timedelta(20)).isoformat())
    manager("PUT", f"/approvals/{entry['id']}", json={"approved": False, "reason": "Which store?"})
    page, taps = opened(phones, employee)
    expect(page.get_by_role("main")).to_contain_text("Which store?")
    taps.on(page.get_by_role("link", name="Fix", exact=True))
    taps.on(page.get_by_role("radio", name="4 hours"))
    taps.on(page.get_by_role("button", name="Save", exact=True))
    expect(page.locator(".status")).to_have_text("Saved")
    [found] = employee.every()
    assert (found["status"], float(found["hours"])) == ("pending", 4)
    assert taps.count == 3


def test_a_timer_is_started_in_two_taps_and_stopped_in_one(phones: "Phones", employee: "Caller") -> None:
    page, starts = opened(phones, employee)
    page.clock.install()
    starts.on(page.get_by_role("navigation").get_by_role("link", name="New"))
    starts.on(page.get_by_role("button", name="Start timer"))
    page.context.set_offline(True)
    page.reload()
    page.clock.fast_forward("00:42:00")
    stops = Taps(page)
    stops.on(page.get_by_role("button", name="Stop"))
    expect(page.get_by_label("Hours", exact=True)).to_have_value("0.75")
    assert (starts.count, stops.count) == (2, 1)


def test_one_persons_week_is_approved_in_two_taps(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    days = [LAST_MONDAY + dt.timedelta(day) for day in range(3)]
    for day in days:
        employee.entry(project="Harbour", date=day.isoformat())
    page, taps = opened(phones, manager)
    taps.on(page.get_by_role("navigation").get_by_role("link", name="Approve"))
    expect(group(page, employee).get_by_role("img")).to_have_accessible_name("Mon 7.5, Tue 7.5, Wed 7.5")
    page.clock.install()
    taps.on(group(page, employee).get_by_role("button", name="Approve week"))
    with page.expect_response(decided):
        page.clock.fast_forward(UNDO_WINDOW)
    assert {entry["status"] for entry in employee.every()} == {"approved"}
    assert taps.count == 2
