"""The taps of each everyday task, from the opened app with this week loaded. Keys are not counted."""

import datetime as dt
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.app.support import Taps, await_board, decided, group, row, sign_week
from tests.browser.support import MONDAY, UNDO_WINDOW

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.support import Phones
    from tests.local.callers import Caller, Newcomers

DESKTOP = "Desktop Chrome"
LAST_MONDAY = MONDAY - dt.timedelta(7)
LAST_WEEK = f"{LAST_MONDAY:%G-W%V}"


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
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("main")).not_to_contain_text("Which store?")
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


def test_a_hundred_ordinary_weeks_are_approved_in_three_taps_and_unusual_ones_stay(
    phones: "Phones", newcomers: "Newcomers", manager: "Caller"
) -> None:
    people = [newcomers.person(f"p{number:03}") for number in range(104)]
    ordinary, (heavy, weekend, unsigned, changed) = people[:100], people[100:]
    sunday = LAST_MONDAY + dt.timedelta(6)

    def logged(person: "Caller", **fields: object) -> dict[str, object]:
        entry = {"date": LAST_MONDAY.isoformat(), "project": "Harbour", "hours": 8}
        return person.owner | entry | {"external_id": person.sub} | fields

    rows = [logged(person) for person in people if person is not weekend]
    rows += [
        logged(heavy, hours=17, external_id="long night"),
        logged(weekend, date=sunday.isoformat()),
    ]
    program = newcomers.program()
    for start in range(0, len(rows), 100):
        assert program("POST", "/timesheets/upload", json=rows[start : start + 100]).status_code == 207
    for person in people:
        if person is not unsigned:
            sign_week(person, LAST_WEEK)
    changed.entry(date=LAST_MONDAY.isoformat(), hours=1.5)
    await_board(manager, LAST_WEEK, *people)

    page, taps = opened(phones, manager)
    taps.on(page.get_by_role("navigation").get_by_role("link", name="Approve"))
    expect(page.locator(".bulk")).to_be_visible()
    page.clock.install()
    taps.on(page.locator(".bulk").get_by_role("button", name=re.compile("Approve \\d+ weeks")))
    confirmation = page.get_by_role("dialog")
    taps.on(confirmation.get_by_role("button", name=re.compile("Approve \\d+ weeks")))
    expect(page.locator(".bulk")).to_have_count(0)
    for person, flag in {
        heavy: "25 h on Monday",
        weekend: "8 h on Sunday",
        unsigned: "not signed",
        changed: "1.5 h added after signing",
    }.items():
        expect(group(page, person)).to_contain_text(flag)
    with page.expect_response(decided):
        page.clock.fast_forward(UNDO_WINDOW)
    expect(page.locator(".status")).to_contain_text("Updated")
    states = {row["user_id"]: row["by_status"] for row in manager.every(f"/approvals/weeks/{LAST_WEEK}")}
    assert [states[person.sub] for person in ordinary] == [{"approved": 8}] * 100
    assert all("approved" not in states[one.sub] for one in (heavy, weekend, unsigned, changed))
    assert taps.count == 3


def test_an_approval_of_last_week_is_reopened_in_three_taps(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    entry = employee.entry(project="Harbour", date=LAST_MONDAY.isoformat())
    assert manager("PUT", f"/approvals/{entry['id']}").status_code == 200
    await_board(manager, LAST_WEEK, employee)
    page, taps = opened(phones, manager)
    taps.on(page.get_by_role("navigation").get_by_role("link", name="Approve"))
    taps.on(page.get_by_role("tab", name="Decided"))
    taps.on(group(page, employee).get_by_role("button", name="Reopen"))
    expect(page.locator(".toast")).to_contain_text("Reopened: Eve")
    expect(group(page, employee)).to_have_count(0)
    assert employee.every()[0]["status"] == "pending"
    assert taps.count == 3


def test_who_has_not_signed_last_week_takes_one_tap(
    phones: "Phones", newcomers: "Newcomers", manager: "Caller"
) -> None:
    missing, unsigned, signed = (newcomers.person(name) for name in ("aaliyah", "aaron", "abel"))
    missing.entry(date=(LAST_MONDAY - dt.timedelta(7)).isoformat())
    for person in (unsigned, signed):
        person.entry(date=LAST_MONDAY.isoformat())
    sign_week(signed, LAST_WEEK)
    await_board(manager, LAST_WEEK, missing, unsigned, signed)
    page, taps = opened(phones, manager)
    taps.on(page.get_by_role("navigation").get_by_role("link", name="Approve"))
    line = page.locator(".lead").filter(has_text="Last week")
    expect(line).to_contain_text("Aaliyah Pérez")
    expect(line).to_contain_text("Aaron Pérez")
    expect(line).not_to_contain_text("Abel Pérez")
    assert taps.count == 1
