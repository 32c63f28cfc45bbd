"""Accessibility and size: keyboard, small screens, large text, long lists."""

import datetime as dt
import gzip
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.app.screens import screens
from tests.browser.app.support import row
from tests.browser.support import CORS

if TYPE_CHECKING:
    import httpx2 as httpx
    from playwright.sync_api import Page, Route

    from tests.browser.support import Phones
    from tests.local.callers import Caller, Newcomers

SMALL = """() => [...document.querySelectorAll("button, a:not(p.lead a), input, textarea")]
    .map((one) => [one.closest("label, .no-opens") ?? (one.matches(".opens") && one.closest(".person")), one])
    .map(([around, one]) => [around || one, one])
    .map(([target, one]) => [target.getBoundingClientRect(), one.outerHTML.slice(0, 120)])
    .filter(([box]) => box.width && (Math.round(box.width) < 44 || Math.round(box.height) < 44))
    .map(([box, html]) => [html, box.width, box.height])"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LONG_TASKS = """() => {
    window.long = [];
    new PerformanceObserver((list) => window.long.push(...list.getEntries().map((one) => one.duration)))
        .observe({ type: "longtask" });
}"""
SCROLL = """async () => {
    const frame = () => new Promise((next) => { requestAnimationFrame(next); setTimeout(next, 1000); });
    window.long.length = 0;
    for (let y = 0; y < document.documentElement.scrollHeight; y += 1200) { scrollTo(0, y); await frame(); }
    await frame();
    return window.long;
}"""
MAX_KILOBYTES = 80


def test_small_screens_and_large_text_need_no_horizontal_scrolling(
    phones: "Phones", newcomers: "Newcomers"
) -> None:
    narrow = {"width": 320, "height": 640}
    wide: dict[str, int] = {}
    small: dict[str, Any] = {}
    for name, page in screens(phones, newcomers, device="iPhone SE", viewport=narrow):
        small[name] = page.evaluate(SMALL)
        wide[name] = page.evaluate(TOO_WIDE)
        # The browser's own setting, which breakpoints in em follow.
        session = page.context.new_cdp_session(page)
        session.send("Page.setFontSizes", {"fontSizes": {"standard": 32}})
        wide[f"{name}, large"] = page.evaluate(TOO_WIDE)
        session.send("Page.setFontSizes", {"fontSizes": {"standard": 16}})
    assert not {name: pixels for name, pixels in wide.items() if pixels > 0}
    assert not {name: found for name, found in small.items() if found}


def test_entries_are_logged_edited_and_deleted_by_keyboard(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    keys = page.keyboard

    def reach(name: str) -> None:
        """Press Tab until the element with this text or id has the focus."""
        for _ in range(40):
            keys.press("Tab")
            found = page.evaluate(
                "[document.activeElement.textContent, document.activeElement.id].map((text) => text.trim())"
            )
            if name in found:
                return
        raise AssertionError(f"{name} cannot be reached with the Tab key")

    reach("New")
    keys.press("Enter")
    expect(page.get_by_label("Project", exact=True)).to_be_focused()
    keys.type("By keyboard")
    reach("hours")
    keys.type("3")
    reach("notes")
    reach("Save")
    keys.press("Space")
    expect(row(page, "By keyboard")).to_contain_text("3 h")
    expect(page.get_by_role("navigation").get_by_role("link", name="New")).to_be_focused()
    page.get_by_role("main").focus()
    reach("By keyboard3\u00a0h, pending")
    keys.press("Enter")
    expect(page.get_by_label("Hours", exact=True)).to_be_focused()
    keys.press("ControlOrMeta+a")
    keys.type("4")
    keys.press("Enter")
    expect(row(page, "By keyboard")).to_contain_text("4 h")
    expect(row(page, "By keyboard").get_by_role("link")).to_be_focused()
    reach("Delete")
    keys.press("Space")
    expect(row(page, "By keyboard")).to_have_count(0)
    expect(page.get_by_role("main").get_by_role("heading", level=1)).to_be_focused()
    keys.press("F6")
    expect(page.get_by_role("button", name="Undo")).to_be_focused()
    keys.press("Enter")
    expect(row(page, "By keyboard")).to_have_count(1)


def test_a_thousand_entries_scroll_and_select_without_long_tasks(phones: "Phones", manager: "Caller") -> None:
    page = phones.blank(manager)
    _answer_with(page, _thousand())
    page.goto("/approve")
    expect(page.locator(".person").first).to_be_visible()
    page.evaluate(LONG_TASKS)
    scrolled = page.evaluate(SCROLL)
    assert max(scrolled, default=0) < 200, scrolled
    page.get_by_role("checkbox").last.check()
    expect(page.get_by_role("button", name="Approve 1 week")).to_be_visible()


def test_the_app_is_small(files: "httpx.Client") -> None:
    page = files.get("/").text
    paths = {"/", "/sw.js", *re.findall(r'(?:src|href)="(/[^"]+)"', page)}
    icons = {path for path in paths if path.endswith(".png")}
    sizes = {path: len(gzip.compress(files.get(path).content)) for path in paths - icons}
    assert sum(sizes.values()) < MAX_KILOBYTES * 1000, sizes


def _thousand() -> list[dict[str, Any]]:
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=number // 10) for number in range(1000)]
    return [
        {
            "id": f"e{number}",
            "user_id": f"auth0|{number % 20}",
            "user_email": f"person{number % 20}@exampleco.com",
            "date": day.isoformat(),
            "project": f"Store {number}",
            "hours": 7.5,
            "notes": "Counted what was there",
            "status": "pending",
            "created_at": f"{day}T12:00:00Z",
            "version": 1,
        }
        for number, day in enumerate(days)
    ]


def _answer_with(page: "Page", entries: list[dict[str, Any]]) -> None:
    """Respond in place of the API, in pages of one hundred."""

    def answer(route: "Route") -> None:
        found = re.search(r"cursor=(\d+)", route.request.url)
        start = int(found[1]) if found else 0
        headers = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Link"}
        if start + 100 < len(entries):
            headers["Link"] = f'<approvals?limit=100&cursor={start + 100}>; rel="next"'
        route.fulfill(json=entries[start : start + 100], headers=headers)

    page.route(re.compile(r"/approvals\?"), answer)
    page.route("**/approvals/weeks/*", lambda route: route.fulfill(json=[], headers=CORS))
