"""axe on every screen and state: phone in German, desktop in English, both light and dark."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.app.screens import screens, violations
from tests.browser.app.states import states
from tests.browser.support import on_phone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from playwright.sync_api import Browser, Page

    from local.settings import Settings
    from tests.browser.support import Phones
    from tests.local.callers import Caller, Newcomers

SETTINGS = [("Pixel 7", "de-DE"), ("Desktop Chrome", "en-GB")]  # German is longer, a phone narrower
BACKGROUNDS = {"light": "rgb(244, 245, 248)", "dark": "rgb(14, 16, 20)"}


@pytest.mark.parametrize(("device", "locale"), SETTINGS)
def test_axe_finds_no_violation_on_any_screen(
    phones: "Phones", newcomers: "Newcomers", device: str, locale: str
) -> None:
    check(screens(phones, newcomers, device=device, locale=locale, reduced_motion="reduce"))


def check(shown: "Iterable[tuple[str, Page]]") -> None:
    """Check each page in both schemes."""
    found: dict[str, Any] = {}
    for name, page in shown:
        for scheme, background in BACKGROUNDS.items():
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == background
            found[f"{name}, {scheme}"] = violations(page)
    assert not {name: places for name, places in found.items() if places}


@pytest.mark.parametrize(("device", "locale"), SETTINGS)
def test_axe_finds_no_violation_in_any_state(
    phones: "Phones", employee: "Caller", device: str, locale: str
) -> None:
    check(states(phones, employee, device=device, locale=locale, reduced_motion="reduce"))


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_axe_finds_no_violation_when_signed_out(
    browser: "Browser", settings: "Settings", locale: str
) -> None:
    with on_phone(
        browser.new_context(base_url=settings.app_url, locale=locale, reduced_motion="reduce")
    ) as context:
        page = context.new_page()
        check(_signed_out(page))


def _signed_out(page: "Page") -> "Iterator[tuple[str, Page]]":
    page.goto("/")
    page.locator("h1").wait_for()
    yield "signed out", page
    page.goto("/callback?error=access_denied&state=x")
    page.locator("[role='alert'], .fault").first.wait_for()
    yield "sign-in that failed", page
