"""Logging, correcting, deleting and approving entries, each person on their own phone."""

import datetime as dt
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.support import (
    CORS,
    MONDAY,
    PROBLEM,
    THIS_WEEK,
    UNDO_WINDOW,
    Taps,
    approvals,
    decided,
    edit,
    expect_error,
    fill,
    group,
    heading,
    log,
    press,
    refresh,
    row,
    tab,
    toast,
    week_name,
    week_path,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Locator, Page, Route

    from tests.browser.support import Phones
    from tests.local.callers import Caller


@pytest.mark.parametrize("user", ["ana", "carl", "mia"])
def test_each_user_sees_their_own_screens_and_profile(
    phone: "Page", sign_in: "Callable[[Page, str], None]", user: str
) -> None:
    sign_in(phone, user)
    expect(heading(phone, THIS_WEEK)).to_be_visible()
    screens = ["Timesheets", "New", *(["Approve"] if user == "mia" else []), "Profile"]
    links = phone.get_by_role("navigation").get_by_role("link")
    expect(links).to_have_count(len(screens))
    for link, name in zip(links.all(), screens, strict=True):
        expect(link).to_have_accessible_name(name)
    tab(phone, "Profile")
    main = phone.get_by_role("main")
    expect(main).to_contain_text(user.capitalize())
    expect(main).to_contain_text(f"{user}@")
    picture = main.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert picture > 0
    approver = "allowed" if user == "mia" else "not allowed"
    expect(main.get_by_role("listitem").filter(has_text="Approve other")).to_contain_text(f": {approver}")


def test_approve_by_address_needs_its_scope(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, "/approve")
    expect(heading(page, THIS_WEEK)).to_be_visible()


def test_an_entry_is_logged_and_corrected(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    log(page, "StoreZero", "7:30", notes="The till")
    expect(toast(page)).to_contain_text("Saved: StoreZero, 7.5 h")
    expect(page.get_by_role("main")).to_contain_text("7.5 h of 40 h")
    edit(page, "StoreZero")
    expect(page.get_by_label("Notes")).to_have_value("The till")
    fill(page, hours="7.75")
    press(page, "Save")
    expect(row(page, "StoreZero")).to_contain_text("7.75 h")
    expect(row(page, "StoreZero")).to_contain_text("pending")
    [entry] = employee.every()
    assert (entry["project"], float(entry["hours"]), entry["notes"]) == ("StoreZero", 7.75, "The till")
    assert entry["version"] == 2


def test_eight_hours_on_a_recent_project_take_three_taps(phones: "Phones", employee: "Caller") -> None:
    employee.entry(project="StoreZero", date=(MONDAY - dt.timedelta(3)).isoformat())
    page = phones(employee)
    expect(page.locator(".status")).to_have_text("Saved")
    taps = Taps(page)
    taps.on(page.get_by_role("link", name="Log hours for Monday"))
    taps.on(page.get_by_role("radio", name="StoreZero"))
    taps.on(page.get_by_role("button", name="Save", exact=True))
    expect(row(page, "StoreZero")).to_contain_text("8 h")
    expect(page.locator(".status")).to_have_text("Saved")
    assert taps.count == 3
    assert employee.every()[0]["date"] == MONDAY.isoformat()


def test_an_empty_week_is_filled_like_the_last_one_and_undone(phones: "Phones", employee: "Caller") -> None:
    for day in range(5):
        date = MONDAY - dt.timedelta(7 - day)
        employee.entry(project=f"Store {day}", hours=8, date=date.isoformat(), notes="as before")
    page = phones(employee)
    page.clock.install()
    taps = Taps(page)
    copy = page.get_by_role("main").get_by_role("button", name="Copy last week")
    taps.on(copy)
    assert taps.count <= 2
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


def test_several_days_are_logged_at_once(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    page.get_by_role("link", name="Log hours for Monday").click()
    fill(page, project="StoreZero", hours="90m")
    for day in ("Tuesday", "Wednesday"):
        page.get_by_role("checkbox", name=day).check()
    expect(page.get_by_role("dialog")).to_contain_text("Adds 3 entries.")
    press(page, "Save")
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
    press(page, "Save")
    expect(row(page, "Harbour")).to_contain_text("3 h")
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
    press(page, "Save")
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


def test_a_timer_survives_a_reload_and_fills_in_the_hours(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    page.clock.install()
    taps = Taps(page)
    taps.on(page.get_by_role("navigation").get_by_role("link", name="New"))
    taps.on(page.get_by_role("button", name="Start timer"))
    assert taps.count == 2
    page.reload()
    page.clock.fast_forward("00:42:00")
    expect(page.get_by_role("main")).to_contain_text("0:42")
    press(page, "Stop")
    expect(page.get_by_label("Hours", exact=True)).to_have_value("0.75")
    fill(page, project="Harbour")
    press(page, "Save")
    expect(row(page, "Harbour")).to_contain_text("0.75 h")


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
    _swipe(page.get_by_role("list", name="Hours by day"))
    expect(heading(page, THIS_WEEK)).to_be_visible()
    page.go_back()
    expect(heading(page, week_name(before))).to_be_visible()
    press(page, "Today")
    expect(heading(page, THIS_WEEK)).to_be_visible()


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
    taps = Taps(hers)
    taps.on(hers.get_by_role("link", name="Fix", exact=True))
    expect(hers.get_by_role("dialog")).to_contain_text("Saving resubmits it.")
    taps.on(hers.get_by_role("radio", name="Half an hour"))
    taps.on(hers.get_by_role("button", name="Save", exact=True))
    assert taps.count == 3
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
    press(page, "Save")
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
    _change(employee, entries[0], hours=24)
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
    press(page, "Save")
    expect(page.get_by_role("dialog")).to_have_count(0)
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
    press(page, "Save")
    expect(row(page, "StoreZero")).to_be_visible()
    expect(page.locator(".status")).to_have_text("Saved")
    assert employee.every()[0]["notes"] == "x" * 1000


def test_hours_are_accepted_in_the_digits_of_another_script(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    log(page, "StoreZero", "٧٫٥")
    expect(page.locator(".status")).to_have_text("Saved")
    assert float(employee.every()[0]["hours"]) == 7.5


def test_approvals_are_grouped_by_user_id(phones: "Phones", manager: "Caller") -> None:
    page = phones.blank(manager)
    people = [("auth0|a", "shared@example.com"), ("auth0|a", None), ("auth0|b", "shared@example.com")]
    entries = [
        {"id": f"e{number}", "user_id": user_id, "date": "2026-11-20", "project": "Till", "hours": 1}
        | {"status": "pending", "created_at": f"2026-11-20T0{number}:00:00Z", "version": 1}
        | ({"user_email": email} if email else {})
        for number, (user_id, email) in enumerate(people)
    ]
    page.route(re.compile(r"/approvals\?"), lambda route: route.fulfill(json=entries, headers=CORS))
    page.goto("/approve")
    expect(page.locator(".board .total")).to_have_text(["2 h", "1 h"])


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
    press(page, "Save")
    expect(row(page, "StoreZero")).to_be_visible()
    expect(page.locator(".status")).to_have_text("Saved")
    [entry] = employee.every()
    assert entry["project"] == "StoreZero"


@pytest.mark.parametrize(("choice", "hours"), [("Use my 8 h", 8), ("Keep 7 h", 7)])
def test_a_conflict_shows_both_values_and_opens_at_the_entry(
    phones: "Phones", employee: "Caller", choice: str, hours: int
) -> None:
    page = phones(employee)
    log(page, "StoreZero", "7")
    expect(page.locator(".status")).to_have_text("Saved")
    [entry] = employee.every()
    _change(employee, entry, notes="from elsewhere")
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
    press(theirs, "Discard")
    expect(theirs).to_have_count(0)


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


def test_hours_can_be_edited_where_digits_are_not_latin(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, locale="ar-EG")
    log(page, "StoreZero", "7.5")
    edit(page, "StoreZero")
    fill(page, hours="٧٫٧٥")
    press(page, "Save")
    expect(row(page, "StoreZero")).to_contain_text("7.75 h")
    expect(page.locator(".status")).to_have_text("Saved")
    assert float(employee.every()[0]["hours"]) == 7.75


@pytest.mark.parametrize("device", ["iPhone 15", "Pixel 7"])
def test_an_entry_is_logged_on_each_device(phones: "Phones", employee: "Caller", device: str) -> None:
    page = phones(employee, device=device)
    log(page, "StoreZero")
    expect(page.locator(".status")).to_have_text("Saved")
    assert len(employee.every()) == 1


def _swipe(element: "Locator") -> None:
    """Swipe to the left."""
    element.evaluate(
        """(element) => {
            const at = (x) => new Touch({ identifier: 1, target: element, clientX: x, clientY: 100 });
            element.dispatchEvent(new TouchEvent("touchstart", { touches: [at(250)], bubbles: true }));
            element.dispatchEvent(new TouchEvent("touchend", { changedTouches: [at(60)], bubbles: true }));
        }"""
    )


def _change(caller: "Caller", entry: dict[str, Any], **changes: Any) -> None:
    headers = {"Content-Type": "application/merge-patch+json"}
    answer = caller("PATCH", f"/timesheets/{entry['id']}", json=changes, headers=headers)
    assert answer.status_code == 200, answer.text
