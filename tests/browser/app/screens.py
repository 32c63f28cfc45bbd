"""What tests do with the app as a person does: by names and roles, as a screen reader has them."""

import datetime as dt
import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

TODAY = dt.datetime.now().astimezone().date()

expect.set_options(timeout=20_000)  # milliseconds, as of all else: the first call of a function starts it


def tab(page: "Page", name: str) -> None:
    """Go to a screen by the navigation."""
    page.get_by_role("navigation").get_by_role("link", name=name).click()
    page.get_by_role("heading", level=1).wait_for()


def fill(page: "Page", **fields: str) -> None:
    """Type into the form's fields, each by its name in lower case."""
    for name, text in fields.items():
        page.get_by_label(name.capitalize(), exact=True).fill(text)


def log(page: "Page", project: str, hours: str = "7.5", **more: str) -> None:
    """Log an entry by the form."""
    tab(page, "New")
    fill(page, project=project, hours=hours, **more)
    page.get_by_role("button", name="Save").click()
    row(page, project).wait_for()


def row(page: "Page", text: str) -> "Locator":
    """Return an entry's place in a list."""
    return page.get_by_role("listitem").filter(has_text=text)


def press(place: "Page | Locator", name: str) -> None:
    """Press a button by the whole of its name."""
    place.get_by_role("button", name=name, exact=True).click()


def group(page: "Page", person: str | None) -> "Locator":
    """Return one person's part of the approvals."""
    return page.locator("section").filter(
        has=page.get_by_role("heading", name=re.compile(re.escape(person or "")))
    )


def message(page: "Page") -> "Locator":
    """Return what is told for a few seconds."""
    return page.locator(".toast")
