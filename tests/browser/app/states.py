"""States of the app that its screens show seldom: troubles, the timer, drafts, and the grid's fields."""

import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.app.screens import visit
from tests.browser.app.support import await_drafts
from tests.browser.support import CORS, TODAY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page, Route

    from tests.browser.support import Phones
    from tests.local.callers import Caller

API = re.compile(r"/(timesheets|weeks)\b")
FORGET_TIMER = """() => {
    const name = Object.keys(localStorage).find((one) => one.includes("timer"));
    const timer = JSON.parse(localStorage.getItem(name));
    const start = timer.start - 30 * 3600000;
    const old = { ...timer, start, used: start, pause: { start, end: start } };
    localStorage.setItem(name, JSON.stringify(old));
    dispatchEvent(new StorageEvent("storage", { key: name }));
}"""
BLOCK_STORAGE = (
    """IDBFactory.prototype.open = () => { throw new DOMException("Blocked", "SecurityError"); }"""
)


def states(phones: "Phones", person: "Caller", **options: Any) -> "Iterator[tuple[str, Page]]":
    """Show each state in turn, whatever the language and size."""
    for notes in ("One", "Two"):
        person.entry(project="Till", date=TODAY.isoformat(), notes=notes)
    person.entry(project="Harbour", date=TODAY.isoformat(), notes="Until late")
    page = phones(person, **options)
    page.locator(".status use[href='#i-check']").wait_for()
    if page.locator(".grid").count():
        yield from _grid(page)
    yield from _timer(page)
    yield from _missing(page)
    yield from _troubles(page)
    blocked = page.context.new_page()
    blocked.add_init_script(BLOCK_STORAGE)
    blocked.goto("/")
    expect(blocked.locator("h1")).to_be_visible()
    yield "blocked storage", blocked


def _grid(page: "Page") -> "Iterator[tuple[str, Page]]":
    page.locator(".cell.pending:not(.locked)").press("Shift+F2")
    expect(page.locator(".inspector textarea")).to_be_focused()
    yield "note", page
    page.locator(".inspector textarea").fill("x" * 1001)
    page.keyboard.press("Enter")
    expect(page.locator(".inspector .fault")).to_be_visible()
    yield "note with a fault", page
    page.keyboard.press("Escape")
    page.locator(".cell.locked").press("Enter")
    expect(page.locator("dialog .entry")).to_have_count(2)
    yield "entries of a cell", page
    page.keyboard.press("Escape")
    page.locator(".add").click()
    page.keyboard.type("x" * 101)
    page.keyboard.press("Enter")
    expect(page.locator("tbody th .fault")).to_be_visible()
    yield "project with a fault", page
    page.keyboard.press("Escape")
    expect(page.locator(".add")).to_be_focused()


def _timer(page: "Page") -> "Iterator[tuple[str, Page]]":
    visit(page, "/new")
    page.locator("dialog .label-row .btn").click()
    expect(page.locator(".timer")).to_be_visible()
    yield "running timer", page
    page.evaluate(FORGET_TIMER)
    page.locator(".timer .btn").click()
    expect(page.locator("dialog .banner")).to_have_count(2)
    yield "forgotten timer", page
    page.locator("dialog .banner .btn").last.click()
    expect(page.locator("dialog .banner")).to_have_count(0)
    page.locator("#project").fill("Typed")
    await_drafts(page)
    page.locator("dialog header .btn").click()
    visit(page, "/new")
    expect(page.locator("dialog .banner")).to_be_visible()
    yield "draft", page
    page.locator("dialog header .btn").click()


def _missing(page: "Page") -> "Iterator[tuple[str, Page]]":
    visit(page, "/edit/nothing")
    expect(page.locator("a.btn.primary")).to_be_visible()
    yield "missing entry", page


def _troubles(page: "Page") -> "Iterator[tuple[str, Page]]":
    held: list[Route] = []
    answers: list[Callable[[Route], None]] = [held.append]

    def answer(route: "Route") -> None:
        answers[-1](route)

    page.route(API, answer)
    visit(page, "/week/2020-W10")
    page.locator(".bone").first.wait_for()
    yield "loading", page
    problem = {"code": "busy", "detail": "Busy"}
    headers = CORS | {"Content-Type": "application/problem+json"}
    answers.append(lambda route: route.fulfill(status=503, json=problem, headers=headers))
    for route in held:
        route.abort()
    banner = page.locator("main > .banner")
    expect(banner).to_be_visible()
    yield "no answer", page
    banner.locator(".btn").click()
    expect(banner).to_contain_text("503")
    yield "server error", page
    refusal = {"code": "invalid_token", "detail": "Expired"}
    answers.append(lambda route: route.fulfill(status=401, json=refusal, headers=headers))
    page.context.route(
        "**/oauth/token",
        lambda route: route.fulfill(status=400, json={"error": "invalid_grant"}, headers=CORS),
    )
    banner.locator(".btn").click()
    expect(page.locator(".banner use[href='#i-person']")).to_be_visible()
    yield "ended sign-in", page
