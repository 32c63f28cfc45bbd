"""The sign-in page on phones and by keyboard."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from tests.browser.support import serving, watched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from tests.local.support import Stack

BUTTONS = ["Allow as Ana", "Allow as Carl", "Allow as Mia", "Refuse"]
PHONE = {
    "viewport": {"width": 412, "height": 839},
    "device_scale_factor": 2.625,
    "is_mobile": True,
    "has_touch": True,
}
SMALL = PHONE | {"viewport": {"width": 320, "height": 568}}


@pytest.fixture(params=[PHONE, SMALL], ids=["Pixel 7", "320 wide"])
def page(request: pytest.FixtureRequest, browser: "Browser", stack: "Stack") -> "Iterator[Page]":
    """Return the sign-in page on a phone, for an app with a working callback."""
    with (
        serving({"/callback": b"<!doctype html><title>Back</title><link rel=icon href=data:,>"}) as app,
        watched(browser.new_context(**request.param)) as context,
    ):
        query = {
            "response_type": "code",
            "client_id": "timesheets-mobile",
            "redirect_uri": f"{app}/callback",
            "audience": stack.settings.audience,
            "scope": "openid profile email offline_access read:timesheets create:timesheets",
            "state": "s",
            "code_challenge": "c" * 43,
            "code_challenge_method": "S256",
        }
        page = context.new_page()
        page.goto(f"{stack.settings.issuer}authorize?{urlencode(query)}")
        yield page


def test_the_page_fits_the_screen_and_its_buttons_are_large(page: "Page") -> None:
    scrolls = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
    assert not page.evaluate(scrolls)
    width = page.evaluate("document.documentElement.clientWidth")
    for name in BUTTONS:
        box = page.get_by_role("button", name=name).bounding_box()
        assert box
        assert box["height"] >= 44, name
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_a_tap_signs_in(page: "Page") -> None:
    page.get_by_role("button", name="Allow as Mia").tap()
    page.wait_for_url("**/callback?**")
    answer = parse_qs(urlsplit(page.url).query)
    assert answer["state"] == ["s"]
    assert answer["code"]


def test_the_keyboard_reaches_every_button(page: "Page") -> None:
    reached = []
    for _ in range(10):
        page.keyboard.press("Tab")
        name: str = page.evaluate("document.activeElement.textContent.trim().replace(/\\s+/g, ' ')")
        if page.evaluate("document.activeElement.tagName") == "BUTTON":
            reached.append(name)
            shown = "getComputedStyle(document.activeElement).outlineStyle"
            assert page.evaluate(shown) != "none", f"no visible focus on {name}"
        if len(reached) == len(BUTTONS):
            break
    assert [next(button for button in BUTTONS if name.startswith(button)) for name in reached] == BUTTONS
    page.get_by_role("button", name="Allow as Carl").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/callback?code=**")


def test_the_page_names_the_client_and_its_language(page: "Page") -> None:
    assert page.title()
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Timesheets Mobile" in page.get_by_role("main").inner_text()
