"""Without a network, or with an unreliable one, nothing is lost and nothing is sent twice."""

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.app.support import (
    approvals,
    await_drafts,
    decided,
    edit,
    fill,
    group,
    log,
    press,
    row,
    save,
    tab,
)
from tests.browser.support import CORS, PROBLEM, TODAY, await_service_worker

if TYPE_CHECKING:
    from playwright.sync_api import Response, Route

    from tests.browser.support import Phones
    from tests.local.callers import Caller


def posted(answer: "Response") -> bool:
    return bool(answer.request.method == "POST" and answer.url.endswith("/timesheets"))


def test_the_app_opens_offline_and_shows_the_age_of_its_data(phones: "Phones", employee: "Caller") -> None:
    employee.entry(project="StoreZero", date=TODAY.isoformat())
    page = phones(employee)
    expect(row(page, "StoreZero")).to_be_visible()
    await_service_worker(page)
    page.clock.install()
    page.context.set_offline(True)
    page.reload()
    expect(row(page, "StoreZero")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("No network")
    page.locator(".status").click()
    menu = page.get_by_role("dialog")
    expect(menu).to_contain_text("Updated just now")
    page.clock.fast_forward("02:00:00")
    expect(menu).to_contain_text("Updated 2 hours ago")


def test_an_entry_logged_offline_survives_reloads_and_is_sent_once(
    phones: "Phones", employee: "Caller"
) -> None:
    page = phones(employee)
    await_service_worker(page)
    page.context.set_offline(True)
    log(page, "Harbour", "4", notes="no signal")
    expect(row(page, "Harbour")).to_contain_text("not sent yet")
    expect(page.locator(".status")).to_have_text("1 to send")
    edit(page, "Harbour")
    fill(page, hours="5")
    await_drafts(page)
    page.reload()
    expect(page.get_by_label("Hours", exact=True)).to_have_value("5")
    save(page)
    expect(row(page, "Harbour")).to_contain_text("5 h")
    page.reload()
    expect(row(page, "Harbour")).to_contain_text("not sent yet")
    assert not employee.every()
    page.context.set_offline(False)
    expect(row(page, "Harbour")).to_contain_text("pending")
    expect(page.locator(".status")).to_have_text("Saved")
    [entry] = employee.every()
    assert (float(entry["hours"]), entry["notes"]) == (5, "no signal")


def test_an_edit_during_sending_becomes_a_correction(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    await_service_worker(page)
    page.context.set_offline(True)
    log(page, "Harbour", "4")
    edit(page, "Harbour")
    fill(page, hours="6")
    with page.expect_response(posted):
        page.context.set_offline(False)
    expect(page.get_by_role("main")).not_to_contain_text("No network")
    save(page)
    expect(row(page, "Harbour")).to_contain_text("6 h")
    expect(page.locator(".status")).to_have_text("Saved")
    [entry] = employee.every()
    assert float(entry["hours"]) == 6


def test_an_app_killed_while_sending_creates_one_entry(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    context = page.context
    statuses: list[int] = []

    def lose(route: "Route") -> None:
        statuses.append(route.fetch().status)  # the server has the entry, the app gets no response

    page.route("**/timesheets", lose)
    tab(page, "New")
    fill(page, project="Harbour", hours="4")
    press(page, "Save")
    for _ in range(1000):
        if statuses:
            break
        page.wait_for_timeout(20)  # milliseconds; runs the route's handler
    assert statuses == [201]
    page.close()
    assert len(employee.every()) == 1

    again = context.new_page()
    with again.expect_response(posted) as repeated:
        again.goto("/new")
    assert repeated.value.status == 201
    expect(again.get_by_label("Project", exact=True)).to_have_value("")
    tab(again, "Timesheets")
    expect(row(again, "Harbour")).to_have_count(1)
    expect(again.locator(".status")).to_have_text("Saved")
    assert len(employee.every()) == 1


def test_a_refused_entry_of_another_week_is_found_from_this_week(
    phones: "Phones", employee: "Caller"
) -> None:
    page = phones(employee)

    def refuse(route: "Route") -> None:
        faults = [{"pointer": "/date", "detail": "lies in a closed year"}]
        problem = {"code": "invalid_entry", "detail": "The entry has faults", "errors": faults}
        route.fulfill(status=422, json=problem, headers=CORS, content_type=PROBLEM)

    page.route("**/timesheets", refuse, times=1)
    tab(page, "New")
    fill(page, project="Harbour", hours="4", date="2024-02-29")
    save(page)
    expect(row(page, "Harbour")).to_contain_text("needs fixing")
    tab(page, "Timesheets")
    expect(row(page, "Harbour")).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text("1 entry needs fixing")
    expect(page.get_by_role("main")).to_contain_text("Date lies in a closed year")
    page.get_by_role("link", name="Fix", exact=True).click()
    press(page.get_by_role("dialog"), "Delete")
    expect(page.get_by_role("main")).not_to_contain_text("needs fixing")
    expect(page.locator(".status")).to_have_text("Saved")
    assert not employee.every()


def test_a_decision_made_offline_is_sent_later(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    employee.entry(project="Harbour")
    page = phones(manager)
    await_service_worker(page)
    approvals(page)
    expect(group(page, employee)).to_be_visible()
    page.clock.install()
    page.context.set_offline(True)
    press(group(page, employee), "Approve week")
    expect(group(page, employee)).to_have_count(0)
    page.clock.fast_forward(20_000)
    assert employee.every()[0]["status"] == "pending"
    with page.expect_response(decided):
        page.context.set_offline(False)
    assert employee.every()[0]["status"] == "approved"
