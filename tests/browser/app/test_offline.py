"""Without a signal, or with one that comes and goes: nothing is lost, and nothing arrives twice."""

import threading
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.app.screens import TODAY, fill, group, log, press, row, tab

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response, Route

    from tests.browser.app.conftest import Phones
    from tests.local.callers import Caller


def cached(page: "Page") -> None:
    """Wait until the service worker has the page."""
    page.evaluate("navigator.serviceWorker.ready")
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def posted(answer: "Response") -> bool:
    return bool(answer.request.method == "POST")


def test_the_app_opens_from_the_cache_and_says_how_old_what_it_shows_is(
    phones: "Phones", employee: "Caller"
) -> None:
    employee.entry(project="StoreZero", date=TODAY.isoformat())
    page = phones(employee)
    expect(row(page, "StoreZero")).to_be_visible()
    cached(page)
    page.clock.install()
    page.context.set_offline(True)
    page.reload()
    expect(row(page, "StoreZero")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Offline")
    expect(page.get_by_role("main")).to_contain_text("Updated just now")
    page.clock.fast_forward("02:00:00")
    expect(page.get_by_role("main")).to_contain_text("Updated 2 hours ago")


def test_what_is_logged_offline_survives_a_reload_and_arrives_once(
    phones: "Phones", employee: "Caller"
) -> None:
    page = phones(employee)
    cached(page)
    page.context.set_offline(True)
    log(page, "Harbour", "4", notes="no signal")
    expect(row(page, "Harbour")).to_contain_text("Not sent yet")
    expect(page.get_by_role("main")).to_contain_text("1 change is not sent.")
    press(row(page, "Harbour"), "Edit")
    fill(page, hours="5")
    page.reload()
    expect(page.get_by_label("Hours")).to_have_value("5")
    press(page, "Save")
    expect(row(page, "Harbour")).to_contain_text("5 h")
    page.reload()
    expect(row(page, "Harbour")).to_contain_text("Not sent yet")
    assert not employee.every()
    page.context.set_offline(False)
    expect(row(page, "Harbour")).not_to_contain_text("Not sent yet")
    expect(page.get_by_role("main")).not_to_contain_text("not sent")
    [entry] = employee.every()
    assert (float(entry["hours"]), entry["notes"]) == (5, "no signal")


def test_what_is_edited_while_it_is_sent_is_corrected(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    cached(page)
    page.context.set_offline(True)
    log(page, "Harbour", "4")
    press(row(page, "Harbour"), "Edit")
    fill(page, hours="6")
    with page.expect_response(posted):
        page.context.set_offline(False)
    expect(page.get_by_role("main")).not_to_contain_text("Offline")
    press(page, "Save")
    expect(row(page, "Harbour")).to_contain_text("6 h")
    expect(row(page, "Harbour")).not_to_contain_text("Not accepted")
    [entry] = employee.every()
    assert float(entry["hours"]) == 6


def test_an_app_that_is_killed_in_the_middle_of_sending_makes_one_entry(
    phones: "Phones", employee: "Caller"
) -> None:
    page = phones(employee)
    context = page.context
    arrived = threading.Event()

    def lose(route: "Route") -> None:
        assert route.fetch().status == 201  # the server took it, and the answer never comes
        arrived.set()

    page.route("**/timesheets", lose)
    tab(page, "New")
    fill(page, project="Harbour", hours="4")
    press(page, "Save")
    while not arrived.is_set():
        page.wait_for_timeout(20)  # lets the route go on
    page.close()
    assert len(employee.every()) == 1

    again = context.new_page()
    with again.expect_response(posted) as repeated:
        again.goto("/new")
    assert repeated.value.status == 201
    expect(again.get_by_label("Project")).to_have_value("")
    tab(again, "Timesheets")
    expect(row(again, "Harbour")).to_have_count(1)
    expect(row(again, "Harbour")).not_to_contain_text("Not sent")
    assert len(employee.every()) == 1


def test_what_waits_in_another_week_is_found(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)

    def refuse(route: "Route") -> None:
        headers = {"Access-Control-Allow-Origin": "*"}
        faults = [{"pointer": "/date", "detail": "lies in a closed year"}]
        problem = {"code": "invalid_entry", "detail": "The entry has faults", "errors": faults}
        route.fulfill(status=422, json=problem, headers=headers)

    page.route("**/timesheets", refuse, times=1)
    tab(page, "New")
    fill(page, project="Harbour", hours="4", date="2024-02-29")
    press(page, "Save")
    expect(page.get_by_label("Date")).to_be_focused()
    tab(page, "Timesheets")
    expect(row(page, "Harbour")).to_have_count(0)
    press(page, "Review")
    expect(row(page, "Harbour")).to_contain_text("Not accepted: date lies in a closed year")
    press(row(page, "Harbour"), "Discard")
    expect(row(page, "Harbour")).to_have_count(0)
    expect(page.get_by_role("main")).not_to_contain_text("1 change is not sent")
    assert not employee.every()


def test_a_decision_without_a_signal_waits_too(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    employee.entry(project="Harbour")
    page = phones(manager)
    cached(page)
    tab(page, "Approve")
    expect(group(page, employee.email)).to_be_visible()
    page.clock.install()
    page.context.set_offline(True)
    press(group(page, employee.email), "Approve")
    expect(group(page, employee.email)).to_have_count(0)
    page.clock.fast_forward(10_000)
    assert employee.every()[0]["status"] == "pending"
    with page.expect_response(lambda answer: answer.request.method == "PUT"):
        page.context.set_offline(False)
    assert employee.every()[0]["status"] == "approved"
