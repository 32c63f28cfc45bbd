"""Every screen and state of the app, whatever its language and size, and checks of a page."""

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from local.settings import PROJECT
from tests.browser.app.support import await_board, change, sign_week
from tests.browser.support import MONDAY, TODAY
from tests.local.callers import MANAGER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

    from tests.browser.support import Phones
    from tests.local.callers import Caller, Newcomers

AXE = PROJECT / "app/node_modules/axe-core/axe.min.js"
VIOLATIONS = """async () => {
    for (const one of document.getAnimations()) one.cancel(); // without a frame, none would ever finish
    // A bar that stays on the screen covers a target only until the page is scrolled.
    const isUnderBar = (node) => node.any.some(({ data, relatedNodes }) =>
        data?.messageKey?.startsWith("partiallyObscured") &&
        relatedNodes.every(({ target }) => document.querySelector(target[0]).closest(".bulk, nav, .toast")));
    const rules = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const { violations } = await axe.run(document, { runOnly: rules });
    return violations
        .map((one) => [one.id, ...one.nodes.filter((node) => !isUnderBar(node)).map((node) => node.html)])
        .filter(([, ...nodes]) => nodes.length);
}"""
GO = "path => { history.pushState(1, '', path); dispatchEvent(new PopStateEvent('popstate')); }"
LAST_MONDAY = MONDAY - dt.timedelta(7)


def visit(page: "Page", path: str) -> None:
    """Go to an address within the app, also without a network."""
    page.evaluate(GO, path)


def violations(page: "Page") -> list[Any]:
    """Return the findings of axe on the page, with the HTML of each place."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text())
    found: list[Any] = page.evaluate(VIOLATIONS)
    return found


@dataclass(frozen=True)
class Example:
    """A person who has logged, signed and approves, and their entries of today."""

    person: "Caller"
    approved: dict[str, Any]
    rejected: dict[str, Any]
    changed: dict[str, Any]


def example(newcomers: "Newcomers") -> Example:
    """Log a week in each state, and last week of other people."""
    person, decider = (newcomers.person(name, MANAGER) for name in ("ida", "max"))
    approved, rejected, changed = (
        person.entry(project=name, date=TODAY.isoformat(), notes="Two of us")
        for name in ("StoreZero", "Till", "Harbour")
    )
    sign_week(person, f"{MONDAY:%G-W%V}")
    person.entry(project="A-very-long-project-name-without-a-single-space-in-it", date=TODAY.isoformat())
    decider("PUT", f"/approvals/{approved['id']}")
    decider("PUT", f"/approvals/{rejected['id']}", json={"approved": False, "reason": "Which till?"})
    signed, unsigned, decided, missing = (newcomers.person(name) for name in ("tom", "una", "vic", "wim"))
    for other in (signed, unsigned, decided):
        entry = other.entry(project="Harbour", date=LAST_MONDAY.isoformat(), notes="Until late")
    decider("PUT", f"/approvals/{entry['id']}")
    sign_week(signed, f"{LAST_MONDAY:%G-W%V}")
    missing.entry(date=(LAST_MONDAY - dt.timedelta(7)).isoformat())
    await_board(decider, f"{LAST_MONDAY:%G-W%V}", signed, unsigned, decided, missing)
    return Example(person, approved, rejected, changed)


def screens(phones: "Phones", newcomers: "Newcomers", **options: Any) -> "Iterator[tuple[str, Page]]":
    """Show each screen and state in turn, with as many elements as possible."""
    shown = example(newcomers)
    page = phones(shown.person, **options)
    yield from _week(page)
    yield from _sheets(page, shown)
    yield from _other_weeks(page)
    yield from _approvals(page)
    for path in ("/profile", "/nowhere"):
        visit(page, path)
        yield path, page
    yield from _offline(page, shown)


def _week(page: "Page") -> "Iterator[tuple[str, Page]]":
    page.locator(".status use[href='#i-check']").wait_for()
    expect(page.locator(".sign ul")).to_be_visible()
    yield "week, changed after signing", page
    page.locator(".status").click()
    yield "menu of the status", page
    page.keyboard.press("Escape")
    if page.locator(".grid").count():
        cell = page.locator(".cell[tabindex='0']")
        cell.press("ArrowDown")
        cell.press("9")
        yield "typing into a cell", page
        page.keyboard.type("9")
        page.keyboard.press("Enter")
        yield "cell with a fault", page


def _sheets(page: "Page", shown: Example) -> "Iterator[tuple[str, Page]]":
    sheet = page.locator("dialog")
    visit(page, f"/edit/{shown.rejected['id']}")
    page.locator("#hours").fill("25")
    sheet.locator("footer .primary").click()
    expect(page.locator("#hours")).to_be_focused()  # the click reached Save
    yield "edit, with a fault", page
    visit(page, f"/edit/{shown.approved['id']}")
    sheet.locator("summary").click()
    expect(sheet.locator(".history")).to_be_visible()
    yield "approved entry", page
    visit(page, "/new")
    expect(page.locator("#project")).to_be_focused()
    yield "new", page


def _other_weeks(page: "Page") -> "Iterator[tuple[str, Page]]":
    visit(page, f"/week/{MONDAY + dt.timedelta(7):%G-W%V}")
    expect(page.locator(".copy button")).to_be_visible()
    yield "empty week after this one", page
    visit(page, f"/week/{MONDAY + dt.timedelta(35):%G-W%V}")
    page.locator(".sign .btn").click()
    expect(page.locator(".toast")).to_be_visible()
    yield "empty week, signed", page


def _approvals(page: "Page") -> "Iterator[tuple[str, Page]]":
    visit(page, "/approve/pending")
    row = page.locator(".board > li:has(.tick)").first
    row.locator(".tick input").check()
    row.locator(".opens").click()
    row.locator("summary").first.click()
    expect(row.locator(".history")).to_be_visible()
    yield "approvals", page
    page.locator(".bulk .btn").click()
    yield "confirmation", page
    page.keyboard.press("Escape")
    row.locator(".detail > .actions .danger").click()
    expect(page.locator("#reason")).to_be_visible()
    yield "rejection", page
    page.keyboard.press("Escape")
    visit(page, "/approve/decided")
    page.locator(".opens").first.click()
    expect(page.locator(".detail summary").first).to_be_visible()
    yield "decided", page
    visit(page, "/approve/missing")
    expect(page.locator(".no-opens").first).to_be_visible()
    yield "missing", page


def _offline(page: "Page", shown: Example) -> "Iterator[tuple[str, Page]]":
    page.context.set_offline(True)
    visit(page, f"/week/{MONDAY:%G-W%V}")
    visit(page, f"/edit/{shown.changed['id']}")
    page.locator("#hours").fill("6")
    page.locator("dialog footer .primary").click()
    expect(page.locator(".banner use[href='#i-cloud-off']")).to_be_visible()
    yield "offline", page
    visit(page, "/profile")
    page.locator(".group .btn").click()
    expect(page.locator("dialog")).to_be_visible()
    yield "signing out with unsent changes", page
    page.keyboard.press("Escape")
    change(shown.person, shown.changed, hours=5)
    page.context.set_offline(False)
    expect(page.locator(".status.problem")).to_be_visible()
    visit(page, f"/edit/{shown.changed['id']}")
    expect(page.locator(".versus")).to_be_visible()
    yield "conflict", page
