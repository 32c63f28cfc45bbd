"""The app's screens by roles and accessible names, and other devices over HTTP."""

import datetime as dt
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.support import containing
from tests.local.callers import Caller

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page, Response


AWAIT_DRAFTS = """async () => {
    const { name } = (await indexedDB.databases()).find((one) => one.name.startsWith("timesheets "));
    await new Promise((read, failed) => {
        const opening = indexedDB.open(name);
        opening.onerror = failed;
        opening.onsuccess = () => {
            const transaction = opening.result.transaction("drafts"); // begins after earlier ones that write
            transaction.oncomplete = () => { opening.result.close(); read(); };
            transaction.objectStore("drafts").count();
        };
    });
}"""


def await_drafts(page: "Page") -> None:
    """Wait until the browser has stored the drafts of forms."""
    page.evaluate(AWAIT_DRAFTS)


def tab(page: "Page", name: str) -> None:
    """Go to a screen by the navigation, out of a sheet if one is open."""
    if page.get_by_role("dialog").get_by_role("button", name="Close").is_visible():
        press(page.get_by_role("dialog"), "Close")
    page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()
    screen = page.get_by_role("main") if name != "New" else page.get_by_role("dialog")
    screen.get_by_role("heading", level=1).wait_for()


def fill(page: "Page", **fields: str) -> None:
    """Fill the form's fields, each by its name in lower case."""
    for name, text in fields.items():
        page.get_by_label(name.capitalize(), exact=True).fill(text)


def log(page: "Page", project: str, hours: str = "7.5", **more: str) -> None:
    """Log an entry with the form."""
    tab(page, "New")
    fill(page, project=project, hours=hours, **more)
    save(page)
    row(page, project).wait_for()


def save(page: "Page") -> None:
    """Save the form, and wait until its sheet is closed: the row can be seen below it before."""
    press(page, "Save")
    expect(page.get_by_role("dialog")).to_have_count(0)


def row(page: "Page", text: str) -> "Locator":
    """Return the list item of an entry."""
    return page.locator("li:has(> .entry)").filter(has_text=text)


def edit(page: "Page", text: str) -> None:
    """Open the sheet of an entry."""
    row(page, text).get_by_role("link").click()
    page.get_by_role("dialog").get_by_role("heading", level=1).wait_for()


def press(place: "Page | Locator", name: str) -> None:
    """Press the button with this exact name."""
    place.get_by_role("button", name=name, exact=True).click()


def refresh(page: "Page") -> None:
    """Load the screen's list again, by the menu of the status."""
    page.locator(".status").click()
    menu = page.get_by_role("dialog")
    press(menu, "Refresh")
    expect(menu.get_by_role("button", name="Refresh")).to_be_enabled()
    page.keyboard.press("Escape")


def approvals(page: "Page") -> None:
    """Go to the approvals; show this week, too, and rows that appear on scrolling; tick none."""
    with page.expect_response(re.compile(r"/approvals\?")):
        tab(page, "Approve")
    # The boards, which come last, can tick weeks.
    page.locator(".status[aria-busy=false]", has_text="Updated").wait_for()
    for name in ("Untick all", "Show"):
        button = page.get_by_role("button", name=name, exact=True)
        if button.is_visible():
            button.click()
    while page.locator(".more").count():
        page.locator(".more").first.scroll_into_view_if_needed()
        page.wait_for_timeout(50)  # milliseconds; for the next rows


def await_board(approver: Caller, week: str, *people: Caller) -> None:
    """Wait until people are on the board of a week: a new person appears a moment after their first entry."""
    for _ in range(100):
        listed = {row["user_id"] for row in approver.every(f"/approvals/weeks/{week}")}
        if listed.issuperset(person.sub for person in people):
            return
        time.sleep(0.2)
    pytest.fail(f"not on the board of {week}")


def group(page: "Page", person: Caller) -> "Locator":
    """Return the weeks of a person in the approvals. People can have the same name."""
    name = re.sub(r"[^\w-]", "_", f"name-{person.sub}")
    return page.locator(f".board > li:has([id^='{name}'])")


def decided(answer: "Response") -> bool:
    """Return whether a response is that to decisions."""
    return bool(answer.request.method == "POST" and urlsplit(answer.url).path.endswith("/approvals"))


def heading(page: "Page", name: str) -> "Locator":
    """Return the heading of a screen."""
    return page.get_by_role("main").get_by_role("heading", level=1, name=name)


def week_path(monday: dt.date) -> str:
    """Return the address of the week that begins on this day."""
    return f"/week/{monday:%G-W%V}"


def week_name(monday: dt.date) -> str:
    """Return the week's number as the heading has it."""
    return f"Week {monday.isocalendar().week}"


@dataclass
class Taps:
    """Counts taps on a phone and clicks on a desktop."""

    page: "Page"
    count: int = 0

    def on(self, target: "Locator") -> None:
        """Tap or click an element."""
        if self.page.evaluate("navigator.maxTouchPoints"):
            target.tap()
        else:
            target.click()
        self.count += 1


def swipe(element: "Locator") -> None:
    """Swipe an element to the left."""
    element.evaluate(
        """(element) => {
            const at = (x) => new Touch({ identifier: 1, target: element, clientX: x, clientY: 100 });
            element.dispatchEvent(new TouchEvent("touchstart", { touches: [at(250)], bubbles: true }));
            element.dispatchEvent(new TouchEvent("touchend", { changedTouches: [at(60)], bubbles: true }));
        }"""
    )


def change(caller: Caller, entry: dict[str, Any], **changes: Any) -> None:
    """Correct an entry over HTTP, as on another device."""
    headers = {"Content-Type": "application/merge-patch+json"}
    answer = caller("PATCH", f"/timesheets/{entry['id']}", json=changes, headers=headers)
    assert answer.status_code == 200, answer.text


def sign_week(caller: Caller, week: str) -> None:
    """Sign a person's ISO week, such as `2026-W47`, over HTTP."""
    tag = caller("GET", f"/timesheets/weeks/{week}").headers["ETag"]
    answer = caller("PUT", f"/timesheets/weeks/{week}/submission", headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text


def toast(page: "Page") -> "Locator":
    """Return the short message at the bottom of the screen."""
    return page.locator(".toast")


def expect_error(page: "Page", name: str, text: str) -> None:
    """Check that a field is marked as invalid and described by an error."""
    field = page.get_by_label(name, exact=True)
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(containing(text))
