"""Logging, correcting, deleting and approving entries, each person on their own phone."""

import re
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.browser.support import (
    CORS,
    UNDO_WINDOW,
    containing,
    expect_error,
    fill,
    group,
    log,
    press,
    row,
    tab,
    toast,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page, Route

    from tests.browser.support import Phones
    from tests.local.callers import Caller


@pytest.mark.parametrize("user", ["ana", "carl", "mia"])
def test_each_user_sees_their_own_screens_and_profile(
    phone: "Page", sign_in: "Callable[[Page, str], None]", user: str
) -> None:
    sign_in(phone, user)
    expect(phone.get_by_role("heading", level=1, name="This week")).to_be_visible()
    screens = ["Timesheets", "New", *(["Approve"] if user == "mia" else []), "Profile"]
    assert phone.get_by_role("navigation").get_by_role("link").all_inner_texts() == screens
    tab(phone, "Profile")
    main = phone.get_by_role("main")
    expect(main).to_contain_text(user.capitalize())
    expect(main).to_contain_text(f"{user}@")
    picture = main.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)")
    assert picture > 0
    assert ("Approve other people's entries" in main.inner_text()) == (user == "mia")


def test_approve_by_address_needs_its_scope(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, "/approve")
    expect(page.get_by_role("heading", level=1, name="This week")).to_be_visible()


def test_an_entry_is_logged_and_corrected(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    log(page, "StoreZero", "7:30", notes="The till")
    expect(toast(page)).to_contain_text("Saved")
    expect(page.get_by_role("main")).to_contain_text("7.5 h")
    press(row(page, "StoreZero"), "Edit")
    expect(page.get_by_label("Notes")).to_have_value("The till")
    press(page, "Add 15 minutes")
    press(page, "Save")
    expect(row(page, "StoreZero")).to_contain_text("7.75 h")
    [entry] = employee.every()
    assert (entry["project"], float(entry["hours"]), entry["notes"]) == ("StoreZero", 7.75, "The till")
    assert entry["version"] == 2


def test_repeat_logs_the_latest_entry_again(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    log(page, "StoreZero", "6")
    tab(page, "New")
    press(page, "Repeat StoreZero, 6 h")
    expect(row(page, "StoreZero")).to_have_count(2)
    assert len(employee.every()) == 2


def test_weeks_turn_by_button_and_by_swipe(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    this_week = page.get_by_role("heading", level=1, name="This week")
    press(page, "Later week")
    expect(this_week).to_have_count(0)
    press(page, "Earlier week")
    expect(this_week).to_be_visible()
    press(page, "Earlier week")
    expect(this_week).to_have_count(0)
    page.get_by_role("heading", level=1).evaluate(
        """(heading) => {
            const at = (x) => new Touch({ identifier: 1, target: heading, clientX: x, clientY: 100 });
            heading.dispatchEvent(new TouchEvent("touchstart", { touches: [at(250)], bubbles: true }));
            heading.dispatchEvent(new TouchEvent("touchend", { changedTouches: [at(60)], bubbles: true }));
        }"""
    )
    expect(page.get_by_role("heading", level=1, name="This week")).to_be_visible()


def test_a_deletion_can_be_undone_and_is_sent_afterwards(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    log(page, "StoreZero")
    page.clock.install()
    press(row(page, "StoreZero"), "Delete")
    expect(row(page, "StoreZero")).to_have_count(0)
    press(page, "Undo")
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
    tab(his, "Approve")
    press(group(his, employee.email), "Reject")
    his.get_by_label("Reason").fill("Which store?")
    his.clock.install()
    press(his.get_by_role("dialog"), "Reject")
    expect(group(his, employee.email)).to_have_count(0)
    with his.expect_response(lambda answer: answer.request.method == "PUT"):
        his.clock.fast_forward(UNDO_WINDOW)

    press(hers, "Refresh")
    expect(row(hers, "StoreZero")).to_contain_text("Rejected")
    expect(row(hers, "StoreZero")).to_contain_text("Which store?")
    press(row(hers, "StoreZero"), "Edit")
    expect(hers.get_by_role("main")).to_contain_text("Rejected: Which store?")
    fill(hers, notes="The one in the harbour")
    press(hers, "Save")
    expect(row(hers, "StoreZero")).to_contain_text("Pending")

    press(his, "Refresh")
    press(group(his, employee.email), "Approve")
    with his.expect_response(lambda answer: answer.request.method == "PUT"):
        his.clock.fast_forward(UNDO_WINDOW)
    press(hers, "Refresh")
    expect(row(hers, "StoreZero")).to_contain_text("Approved")
    expect(row(hers, "StoreZero").get_by_role("button")).to_have_count(0)
    [entry] = employee.every()
    assert (entry["status"], entry["notes"]) == ("approved", "The one in the harbour")


def test_saving_a_rejected_entry_unchanged_resubmits_it(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    page = phones(employee)
    log(page, "StoreZero")
    [entry] = employee.every()
    manager("PUT", f"/approvals/{entry['id']}", json={"approved": False, "reason": "Sure?"})
    press(page, "Refresh")
    expect(row(page, "StoreZero")).to_contain_text("Rejected")
    press(row(page, "StoreZero"), "Edit")
    press(page, "Save")
    expect(row(page, "StoreZero")).to_contain_text("Pending")
    assert employee.every()[0]["status"] == "pending"


def test_several_entries_are_approved_together_and_undone_together(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    for day in (3, 1, 4, 2):
        employee.entry(hours=day, project=f"Store {day}", date=f"2026-11-0{day}")
    page = phones(manager)
    tab(page, "Approve")
    theirs = group(page, employee.email)
    expect(theirs.get_by_role("listitem")).to_contain_text([f"Store {day}" for day in (1, 2, 3, 4)])
    page.clock.install()
    theirs.get_by_role("heading").get_by_role("checkbox").check()
    theirs.get_by_role("checkbox").nth(1).uncheck()
    press(page, "Approve 3 selected")
    expect(theirs.get_by_role("listitem")).to_have_count(1)
    press(page, "Undo")
    expect(theirs.get_by_role("listitem")).to_have_count(4)
    page.clock.fast_forward(2 * UNDO_WINDOW)
    assert {entry["status"] for entry in employee.every()} == {"pending"}
    theirs.get_by_role("heading").get_by_role("checkbox").check()
    answers: list[int] = []
    page.on(
        "response", lambda answer: answers.append(answer.status) if answer.request.method == "PUT" else None
    )
    press(page, "Approve 4 selected")
    expect(theirs).to_have_count(0)
    with page.expect_response(lambda answer: answer.request.method == "PUT" and len(answers) == 4):
        page.clock.fast_forward(UNDO_WINDOW)
    assert {entry["status"] for entry in employee.every()} == {"approved"}


def test_invalid_values_are_marked_at_their_fields(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, "/new")
    fill(page, project=" ", hours="25")
    page.get_by_label("Date").fill("")
    press(page, "Save")
    expect(page.get_by_label("Project")).to_be_focused()
    for name, error in {"Project": "Enter a project", "Date": "Enter a date", "Hours": "at most 24"}.items():
        expect_error(page, name, error)
    fill(page, project="StoreZero", hours="24")
    page.get_by_label("Date").fill("2026-11-20")
    press(page, "Save")
    expect(page.get_by_role("heading", level=1, name="New")).to_have_count(0)
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
    expect(page.get_by_role("main")).to_contain_text(re.compile(r"Friday.* 2026"))
    assert not employee.every()


def test_pasted_notes_over_the_limit_are_kept_and_reported(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, "/new")
    fill(page, project="StoreZero", hours="8", notes="x" * 1499)
    expect_error(page, "Notes", "Use at most 1000 characters; this text has 1499")
    expect(page.get_by_label("Notes")).to_have_value("x" * 1499)
    fill(page, notes="x" * 1000)
    press(page, "Save")
    expect(row(page, "StoreZero")).to_be_visible()
    assert employee.every()[0]["notes"] == "x" * 1000


def test_hours_are_accepted_in_the_digits_of_another_script(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    log(page, "StoreZero", "٧٫٥")
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
    expect(page.get_by_role("heading", level=2)).to_have_text(
        [re.compile("shared@example.com 2 h"), re.compile("shared@example.com 1 h")]
    )


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
        route.fulfill(status=422, json=problem, headers=CORS)

    page.route("**/timesheets", refuse, times=1)
    fill(page, project="Nowhere", hours="8", notes="Eve")
    press(page, "Save")
    for fault in faults:
        expect_error(page, fault["pointer"][1:].capitalize(), fault["detail"])
    expect(page.get_by_label("Project")).to_be_focused()
    expect(page.get_by_label("Notes")).to_have_value("Eve")
    page.reload()
    expect_error(page, "Project", "is not one of ours")
    fill(page, project="StoreZero")
    press(page, "Save")
    expect(row(page, "StoreZero")).to_be_visible()
    [entry] = employee.every()
    assert entry["project"] == "StoreZero"


def test_a_conflict_can_be_resolved_either_way(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    for mine, choice in (("8", "Keep mine"), ("9", "Take theirs")):
        project = f"Store of {choice}"
        log(page, project, "7")
        entry = next(entry for entry in employee.every() if entry["project"] == project)
        _change(employee, entry, notes="from elsewhere")
        press(row(page, project), "Edit")
        fill(page, hours=mine)
        press(page, "Save")
        expect(row(page, project)).to_contain_text("notes: nothing → from elsewhere")
        expect(row(page, project)).to_contain_text(f"Your change: hours {mine} h.")
        press(row(page, project), choice)
        expect(row(page, project).get_by_role("button", name="Edit")).to_be_visible()
        expect(row(page, project)).not_to_contain_text("Not sent")
        expect(row(page, project)).to_contain_text("from elsewhere")
        hours = 8 if choice == "Keep mine" else 7
        expect(row(page, project)).to_contain_text(f"{hours} h")
        found = next(entry for entry in employee.every() if entry["project"] == project)
        assert (float(found["hours"]), found["notes"]) == (hours, "from elsewhere")


def test_a_decision_about_a_deleted_entry_is_shown_and_discarded(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    entry = employee.entry(project="Gone")
    page = phones(manager)
    tab(page, "Approve")
    expect(group(page, employee.email)).to_be_visible()
    employee("DELETE", f"/timesheets/{entry['id']}")
    page.clock.install()
    press(group(page, employee.email), "Approve")
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.clock.fast_forward(UNDO_WINDOW)
    expect(row(page, "Gone")).to_contain_text("Not accepted")
    with page.expect_response(re.compile(r"/approvals\?")):
        press(page, "Refresh")
    press(row(page, "Gone"), "Discard")
    expect(row(page, "Gone")).to_have_count(0)


def test_numbers_are_german_on_a_german_phone(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, locale="de-DE")
    log(page, "StoreZero", "7,5")
    expect(row(page, "StoreZero")).to_contain_text("7,5 h")
    expect(page.get_by_role("img")).to_have_attribute("aria-label", containing("Mo"))
    assert float(employee.every()[0]["hours"]) == 7.5


def test_hours_can_be_edited_where_digits_are_not_latin(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee, locale="ar-EG")
    log(page, "StoreZero", "7.5")
    press(row(page, "StoreZero"), "Edit")
    press(page, "Add 15 minutes")
    press(page, "Save")
    expect(row(page, "StoreZero")).to_be_visible()
    assert float(employee.every()[0]["hours"]) == 7.75


@pytest.mark.parametrize("device", ["iPhone 15", "Pixel 7"])
def test_an_entry_is_logged_on_each_device(phones: "Phones", employee: "Caller", device: str) -> None:
    page = phones(employee, device=device)
    log(page, "StoreZero")
    assert len(employee.every()) == 1


def _change(caller: "Caller", entry: dict[str, Any], **changes: Any) -> None:
    headers = {"Content-Type": "application/merge-patch+json"}
    answer = caller("PATCH", f"/timesheets/{entry['id']}", json=changes, headers=headers)
    assert answer.status_code == 200, answer.text
