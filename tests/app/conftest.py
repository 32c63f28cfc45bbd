"""The stack of tests/stack, the mobile app beside it as `make app` serves it, and a phone to show it on."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

from local import app
from local.ports import free_ports
from local.settings import Settings
from ops import app_build
from tests.node.conftest import browser, node, playwright, watched
from tests.stack.conftest import stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

    from tests.stack.conftest import Stack

__all__ = ["browser", "node", "playwright", "stack"]

PHONE = "Pixel 7"
REFUSED = "Content Security Policy"
"""What the browser's console says of what the headers forbid."""


@pytest.fixture(scope="session")
def built(node: str) -> None:
    """Build the app, if it is not built of these sources: before the stack starts, since it is quicker."""
    assert node
    if not (app_build.MOBILE / "package.json").exists():
        pytest.skip("no mobile/package.json")
    app_build.build()


@pytest.fixture(scope="session")
def settings(built: None, stack: "Stack") -> Iterator[Settings]:
    """Serve the app for this stack, and return where."""
    assert built is None
    settings = replace(stack.settings, app_port=free_ports(1)[0])
    with app.serving(settings):
        yield settings


@pytest.fixture(scope="session")
def files(settings: Settings) -> Iterator[httpx.Client]:
    """Return a client that gets files as they are served."""
    with httpx.Client(base_url=settings.app_url, timeout=20) as client:
        yield client


@pytest.fixture
def phone(playwright: "Playwright", browser: "Browser", settings: Settings) -> Iterator["Page"]:
    """Return the app's start page on a phone that knows nobody yet; the headers must not be in its way."""
    refused: list[str] = []

    def note(message: "ConsoleMessage") -> None:
        if REFUSED in message.text:
            refused.append(message.text)

    context = browser.new_context(**playwright.devices[PHONE], base_url=settings.app_url)
    with watched(context):
        context.on("console", note)
        page = context.new_page()
        page.goto("/")
        yield page
    assert not refused


@pytest.fixture
def sign_in(settings: Settings) -> Callable[["Page", str], None]:
    """Return what signs a seeded user in, as a person does: `sign_in(phone, "ana")`."""

    def go(page: "Page", user: str) -> None:
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name=f"Allow as {user.capitalize()}").click()
        page.wait_for_url(lambda url: url.startswith(settings.app_url) and "/callback" not in url)

    return go
