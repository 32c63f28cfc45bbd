"""Faults around the app: servers that hang or refuse, full storage, captive portals, wrong configuration."""

import datetime as dt
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.app.support import (
    approvals,
    decided,
    fill,
    group,
    heading,
    log,
    press,
    refresh,
    row,
    save,
    tab,
    toast,
    week_path,
)
from tests.browser.app.test_sign_in import refuse_token
from tests.browser.support import (
    CORS,
    HIDDEN,
    MONDAY,
    PHONE,
    THIS_WEEK,
    UNDO_WINDOW,
    VISIBLE,
    await_service_worker,
    on_phone,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page, Playwright, Route

    from local.settings import Settings
    from tests.browser.support import Phones
    from tests.local.callers import Caller

    type SignIn = Callable[[Page, str], None]

NARROW = {"width": 390, "height": 500}


def test_a_token_request_without_an_answer_ends(phone: "Page", sign_in: "SignIn") -> None:
    sign_in(phone, "ana")
    expect(phone.locator(".status")).to_have_text("Saved")
    refuse_token(phone)
    phone.route("**/oauth/token", lambda _: None)
    phone.locator(".status").click()
    press(phone.get_by_role("dialog"), "Refresh")
    expect(phone.get_by_role("main")).to_contain_text("The server cannot be reached")
    expect(phone.locator(".status")).to_have_attribute("aria-busy", "false")


def test_a_sign_in_page_without_an_answer_is_reported(phone: "Page") -> None:
    phone.route("**/.well-known/openid-configuration", lambda _: None)
    press(phone, "Sign in")
    expect(phone.get_by_role("alert")).to_contain_text("The sign-in page does not answer.")


@pytest.mark.parametrize(
    "error",
    [
        "access_denied",
        "mfa_required",
        "invalid_client",
        "invalid_request",
        "invalid_scope",
        "unsupported_grant_type",
    ],
)
def test_every_final_refusal_of_a_refresh_asks_for_a_sign_in(
    phone: "Page", sign_in: "SignIn", error: str
) -> None:
    sign_in(phone, "ana")
    expect(phone.locator(".status")).to_have_text("Saved")
    refuse_token(phone)
    phone.route(
        "**/oauth/token", lambda route: route.fulfill(status=403, json={"error": error}, headers=CORS)
    )
    refresh(phone)
    expect(phone.get_by_role("main")).to_contain_text("Your sign-in has ended")
    expect(phone.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_full_storage_is_reported_and_the_form_kept(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    tab(page, "New")
    fill(page, project="Harbour", hours="4")
    page.evaluate("""() => {
        window.add = IDBObjectStore.prototype.add;
        IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
    }""")
    press(page, "Save")
    expect(page.get_by_role("alert")).to_contain_text("Not saved: the browser’s storage is full")
    expect(page.get_by_label("Project", exact=True)).to_have_value("Harbour")
    page.evaluate("() => { IDBObjectStore.prototype.add = window.add; }")
    save(page)
    expect(row(page, "Harbour")).to_be_visible()


def test_an_action_that_cannot_be_stored_is_reported(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    log(page, "Harbour", "4")
    expect(page.locator(".status")).to_have_text("Saved")
    page.evaluate("""() => {
        IDBObjectStore.prototype.add = () => { throw new DOMException("full", "QuotaExceededError"); };
    }""")
    press(row(page, "Harbour"), "Delete")
    expect(page.locator(".toast")).to_contain_text("Nothing was changed: the browser’s storage is full")
    expect(row(page, "Harbour")).to_be_visible()


def test_a_full_storage_of_a_new_device_is_reported(phones: "Phones", employee: "Caller") -> None:
    page = phones.blank(employee)
    page.add_init_script("""
        const { put } = IDBObjectStore.prototype;
        IDBObjectStore.prototype.put = function (...values) {
            if (this.name === "seen") throw new DOMException("full", "QuotaExceededError");
            return put.apply(this, values);
        };
    """)
    page.goto("/")
    expect(page.get_by_role("main")).to_contain_text("The browser’s storage is full or closed")
    expect(page.locator(".status")).to_have_text("Not loaded yet")


def test_a_closed_database_is_opened_again(phones: "Phones", employee: "Caller") -> None:
    page = phones.blank(employee)
    page.add_init_script("""
        const { open } = IDBFactory.prototype;
        window.connections = [];
        IDBFactory.prototype.open = function (...values) {
            const request = open.apply(this, values);
            request.addEventListener("success", () => window.connections.push(request.result));
            return request;
        };
    """)
    page.goto("/")
    expect(page.locator(".status")).to_have_text("Saved")
    page.evaluate("window.connections.forEach((one) => one.close())")  # as iOS does in the background
    log(page, "Harbour", "4")
    expect(page.locator(".status")).to_have_text("Saved")
    assert len(employee.every()) == 1


def test_a_captive_portals_page_deletes_nothing(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    log(page, "Harbour", "4")
    expect(page.locator(".status")).to_have_text("Saved")

    def portal(route: "Route") -> None:
        if route.request.method == "DELETE":
            route.fulfill(status=200, body="<p>Accept the terms</p>", content_type="text/html", headers=CORS)
        else:
            route.continue_()

    page.route(re.compile(r"/timesheets/"), portal)
    page.clock.install()
    press(row(page, "Harbour"), "Delete")
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.clock.fast_forward(UNDO_WINDOW)
    expect(page.locator(".status")).to_have_text("1 to send")
    assert len(employee.every()) == 1
    page.unroute(re.compile(r"/timesheets/"))
    press(page, "Try now")
    expect(page.locator(".status")).to_have_text("Saved")
    assert not employee.every()


@pytest.mark.parametrize(
    ("status", "body"), [(503, "busy"), (404, ""), (200, "<p>Accept the terms</p>"), (200, "{}")]
)
def test_a_wrong_configuration_leaves_the_last_good_one(
    phones: "Phones", employee: "Caller", status: int, body: str
) -> None:
    page = phones(employee)
    log(page, "Harbour", "4")
    expect(page.locator(".status")).to_have_text("Saved")
    page.context.route("**/config.json", lambda route: route.fulfill(status=status, body=body))
    page.reload()
    expect(row(page, "Harbour")).to_be_visible()
    page.reload()
    expect(row(page, "Harbour")).to_be_visible()


def test_a_toast_covers_no_button(phones: "Phones", employee: "Caller", manager: "Caller") -> None:
    for day in (2, 9, 16):
        employee.entry(date=f"2026-11-{day:02}")
    page = phones(manager, viewport=NARROW)
    approvals(page)
    theirs = group(page, employee)
    theirs.nth(0).get_by_role("checkbox").check()
    press(theirs.nth(1), "Approve week")
    expect(toast(page)).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    bulk = page.get_by_role("button", name="Approve 1 week")
    assert bulk.evaluate("""(button) => {
        const { x, y, width, height } = button.getBoundingClientRect();
        return document.elementFromPoint(x + width / 2, y + height / 2) === button;
    }""")


def test_after_a_sign_out_without_a_network_signing_in_asks_for_the_person(
    playwright: "Playwright", browser: "Browser", settings: "Settings", sign_in: "SignIn"
) -> None:
    with on_phone(browser.new_context(**playwright.devices[PHONE], base_url=settings.app_url)) as context:
        page = context.new_page()
        page.goto("/")
        sign_in(page, "ana")
        expect(page.locator(".status")).to_have_text("Saved")
        await_service_worker(page)
        tab(page, "Profile")
        context.set_offline(True)
        press(page, "Sign out")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
        # The network returns: the session at the server ends, or the server asks.
        context.set_offline(False)
        page.wait_for_load_state("networkidle")
        press(page, "Sign in")
        expect(page.get_by_role("button", name="Allow as Carl")).to_be_visible()


def test_resuming_on_the_approvals_loads_them_again(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    page = phones(manager)
    approvals(page)
    employee.entry(date="2026-11-09")
    page.evaluate(HIDDEN)
    with page.expect_response(re.compile(r"/approvals\?")):
        page.evaluate(VISIBLE)
    expect(group(page, employee)).to_be_visible()


def test_an_app_resumed_in_another_week_shows_that_week(phones: "Phones", employee: "Caller") -> None:
    page = phones.blank(employee)
    page.clock.install(time=dt.datetime.combine(MONDAY, dt.time(12)))
    page.goto("/")
    expect(heading(page, THIS_WEEK)).to_be_visible()
    page.evaluate(HIDDEN)
    page.clock.fast_forward(7 * 86_400_000)
    page.evaluate(VISIBLE)
    expect(page).to_have_url(re.compile(re.escape(week_path(MONDAY + dt.timedelta(7)))))


def test_hiding_the_app_sends_what_could_still_be_undone(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    employee.entry(date="2026-11-09")
    page = phones(manager)
    approvals(page)
    press(group(page, employee), "Approve week")
    with page.expect_response(decided, timeout=UNDO_WINDOW - 2_000):
        page.evaluate(HIDDEN)
    assert employee.every()[0]["status"] == "approved"


def test_line_breaks_in_notes_are_shown(phones: "Phones", employee: "Caller", manager: "Caller") -> None:
    employee.entry(date="2026-11-09", notes="First line\nSecond line")
    page = phones(manager)
    approvals(page)
    theirs = group(page, employee)
    theirs.locator(".opens").click()
    note = theirs.locator(".note")
    assert "\n" in note.inner_text()


def test_the_focus_is_never_behind_the_bottom_bar(phones: "Phones", employee: "Caller") -> None:
    for day in range(5):
        employee.entry(project=f"Store {day}", date=(MONDAY + dt.timedelta(day)).isoformat())
    page = phones(employee, viewport=NARROW)
    expect(row(page, "Store 4")).to_be_visible()
    assert not hidden_stops(page)


def test_the_focus_is_never_behind_the_selection_or_the_buttons_of_a_sheet(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    for week in range(1, 5):
        employee.entry(project="Harbour", date=(MONDAY - dt.timedelta(7 * week)).isoformat())
    page = phones(manager, viewport=NARROW)
    approvals(page)
    group(page, employee).first.get_by_role("checkbox").check()
    page.evaluate("scrollTo(0, 0)")
    assert not hidden_stops(page)
    tab(page, "New")
    assert not hidden_stops(page)


def hidden_stops(page: "Page") -> list[str]:
    """Return the elements that a bar covers when they have the focus by the Tab key."""
    hidden: list[str] = []
    for _ in range(40):
        page.keyboard.press("Tab")
        hidden += page.evaluate("""() => {
            const one = document.activeElement, sheet = one.closest("dialog");
            const bars = [...(sheet ?? document).querySelectorAll(sheet ? ":scope > footer" : ".nav, .bulk")];
            // A sheet that scrolls is a stop itself; it shows no outline that a bar could cover.
            if ([document.body, sheet].includes(one) || bars.some((bar) => bar.contains(one))) return [];
            const { top, bottom } = one.getBoundingClientRect();
            const end = Math.min(innerHeight, ...bars.map((bar) => bar.getBoundingClientRect().top));
            return top >= 0 && bottom <= end ? [] : [one.outerHTML.slice(0, 100)];
        }""")
    return hidden
