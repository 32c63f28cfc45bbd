"""The app on a slow phone: first paint, long lists, a tick, and its size (npm, Chromium).

Figures are medians over rounds. Chromium slows down the page's CPU and network (DevTools protocol). The
services are fakes with fixed data, so that the figures are the app's alone.
"""

import gzip
import os
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from playwright.sync_api import sync_playwright
from starlette.middleware.gzip import GZipMiddleware

from bench.measure import table
from bench.services import ENTRIES, PENDING, services, sign_in
from local.mobile_app import APP, mobile_app
from local.ports import free_ports
from local.serving import listen, serve
from local.settings import Settings
from tests.browser.support import PHONE, STORE_SIGN_IN, await_service_worker, find_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Playwright

ROUNDS: Final = 7
SLOWER: Final = 4
"""Times by which the CPU is slowed down."""
NETWORK: Final = {
    "offline": False,
    "latency": 150,  # milliseconds
    "downloadThroughput": 1_600_000 / 8,  # bytes a second
    "uploadThroughput": 750_000 / 8,
}
DESKTOP: Final = {"viewport": {"width": 1280, "height": 800}}

MARKS: Final = """
window.marks = {};
const look = () => {
    for (const [name, selector] of Object.entries(SELECTORS))
        if (!(name in window.marks) && document.querySelector(selector)) {
            window.marks[name] = null;
            requestAnimationFrame(() => setTimeout(() => { window.marks[name] = performance.now(); }));
        }
};
new MutationObserver(look).observe(document, { childList: true, subtree: true });
new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "click") window.marks.click = entry.duration;
}).observe({ type: "event", durationThreshold: 16 });
"""
"""Notes when an element of each selector is painted, and how long after a click the next paint came."""
SELECTORS: Final = """const SELECTORS = {
    welcome: ".welcome .btn.primary",
    row: "a.entry, [role=grid] tbody td",
    sheet: "dialog h1",
};"""
PAINT: Final = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


def main() -> None:
    """Print the tables."""
    api, app = free_ports(2)
    settings = Settings(api_port=api, issuer_port=api, app_port=app)
    site = GZipMiddleware(mobile_app(settings, APP / "dist"))  # as CloudFront does
    with (
        listen(api, "API_PORT") as services_socket,
        serve(services(settings), services_socket),
        listen(app, "APP_PORT") as app_socket,
        serve(site, app_socket),
        sync_playwright() as playwright,
        chromium(playwright) as browser,
    ):
        phone = playwright.devices[PHONE] | {"base_url": settings.app_url, "locale": "en-GB"}
        rows = list(Phones(browser, phone, settings).jobs())
    title = f"The app, {SLOWER} times slower, at 1.6 Mbit/s and {NETWORK['latency']} ms"
    table(title, (f"median of {ROUNDS}", "goal", "measured"), rows)
    files = [*(APP / "dist").rglob("*.js"), *(APP / "dist").rglob("*.css"), APP / "dist/index.html"]
    size = sum(len(gzip.compress(file.read_bytes())) for file in files) / 1000
    table(
        "The app's files, gzipped",
        ("files", "goal, kB", "kB"),
        [("HTML, JavaScript, CSS", 80, f"{size:.1f}")],
    )


class Phones:
    """Times jobs on phones that are new in each round."""

    def __init__(self, browser: "Browser", phone: dict[str, Any], settings: Settings) -> None:
        self.browser, self.phone, self.settings = browser, phone, settings

    def jobs(self) -> Iterator[tuple[str, str, str]]:
        """Yield the rows of the table."""
        cold = [self.cold() for _ in range(ROUNDS)]
        yield "first paint, cold", "1200 ms", median(paint for paint, _ in cold)
        yield "first screen, cold", "", median(screen for _, screen in cold)
        week = [self.week() for _ in range(ROUNDS)]
        yield "first paint from the service worker", "300 ms", median(one["paint"] for one in week)
        yield f"a stored week of {ENTRIES} entries is on the screen", "", median(one["row"] for one in week)
        yield "and one of them is open to edit", "2000 ms", median(one["sheet"] for one in week)
        desktop = [self.week(wide=True) for _ in range(ROUNDS)]
        yield "the same week as a grid is on the screen", "2000 ms", median(one["row"] for one in desktop)
        yield f"a tick in {PENDING} pending entries", "100 ms", median(self.ticks())

    def cold(self) -> tuple[float, float]:
        """Return the times of the first paint and of the first screen, without anything stored."""
        with self.browser.new_context(**self.phone) as context:
            page = observed(context)
            slow_down(page, network=True)
            page.goto("/")
            screen = mark(page, "welcome")
            return page.evaluate(PAINT), screen

    def week(self, *, wide: bool = False) -> dict[str, float]:
        """Return the times of the first paint, of a stored week, and of the sheet of one of its entries."""
        with self.signed_in(**DESKTOP if wide else {}) as context:
            with context.new_page() as first:
                first.goto("/")
                first.locator(".status", has_text="Saved").wait_for()
                await_service_worker(first)
            page = observed(context)
            slow_down(page, network=True)
            page.goto("/", wait_until="commit")
            row = mark(page, "row")
            page.evaluate("document.querySelector('a.entry')?.click()")
            sheet = row if wide else mark(page, "sheet")
            return {"row": row, "sheet": sheet, "paint": page.evaluate(PAINT)}

    def ticks(self) -> Iterator[float]:
        """Yield the time from each tick of a week to the next paint."""
        with self.signed_in() as context:
            page = observed(context)
            page.goto("/approve/pending")
            page.locator(".status", has_text="Updated").wait_for(timeout=120_000)
            slow_down(page, network=False)
            for number in range(ROUNDS):
                page.evaluate("delete window.marks.click")
                page.locator(".board").get_by_role("checkbox").nth(number).check()
                yield mark(page, "click")

    @contextmanager
    def signed_in(self, **viewport: object) -> "Iterator[BrowserContext]":
        """Return the browser of a signed-in approver."""
        with self.browser.new_context(**self.phone | viewport) as context:
            with context.new_page() as page:
                page.goto("/config.json")
                page.evaluate(STORE_SIGN_IN, sign_in(self.settings))
            yield context


def median(figures: Iterator[float]) -> str:
    return f"{statistics.median(figures):.0f} ms"


def observed(context: "BrowserContext") -> "Page":
    """Open a page that notes its marks."""
    page = context.new_page()
    page.add_init_script(SELECTORS + MARKS)
    return page


def slow_down(page: "Page", *, network: bool) -> None:
    """Slow down the page's CPU, and its network if wanted."""
    session: CDPSession = page.context.new_cdp_session(page)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    if network:
        session.send("Network.enable")
        session.send("Network.emulateNetworkConditions", NETWORK)


def mark(page: "Page", name: str) -> float:
    """Wait until a mark has its time (ms since the navigation), and return it."""
    for _ in range(3_000):
        time = page.evaluate(f"window.marks?.{name} ?? null")
        if time is not None:
            return float(time)
        page.wait_for_timeout(20)
    raise SystemExit(f"The app shows no {name}")


@contextmanager
def chromium(playwright: "Playwright") -> "Iterator[Browser]":
    """Start the installed Chromium."""
    found = find_chromium()
    if not found:
        raise SystemExit("bench.app needs Chromium on PATH")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []  # root has no sandbox
    with playwright.chromium.launch(executable_path=found, args=options) as browser:
        yield browser


if __name__ == "__main__":
    main()
