"""axe on every screen and state: phone and desktop, English and German, light and dark."""

from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.app.screens import screens, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.support import Phones
    from tests.local.callers import Newcomers

BACKGROUNDS = {"light": "rgb(244, 245, 248)", "dark": "rgb(14, 16, 20)"}


@pytest.mark.parametrize("device", ["Pixel 7", "Desktop Chrome"])
@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
def test_axe_finds_no_violation_on_any_screen(
    phones: "Phones", newcomers: "Newcomers", device: str, locale: str
) -> None:
    found: dict[str, Any] = {}
    for name, page in screens(phones, newcomers, device=device, locale=locale, reduced_motion="reduce"):
        for scheme, background in BACKGROUNDS.items():
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == background
            found[f"{name}, {scheme}"] = violations(page)
    assert not {name: places for name, places in found.items() if places}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_violation_when_signed_out(phone: "Page", scheme: str) -> None:
    phone.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert violations(phone) == []
