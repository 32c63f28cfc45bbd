"""The built app, served beside the stack, and phones that open it."""

import fcntl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

from local import mobile_app
from local.ports import free_ports
from local.settings import PROJECT, Settings
from tests.browser.app.support import press
from tests.browser.support import PHONE, Phones, on_phone
from tests.local.callers import MANAGER, Caller

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

    from tests.local.callers import Newcomers
    from tests.local.support import Stack


@pytest.fixture(scope="session")
def settings(node: str, stack: "Stack") -> Iterator[Settings]:
    """Build and serve the app for this worker's stack, and return the addresses."""
    assert node
    with (mobile_app.APP / "package.json").open() as lock:  # of pytest-xdist's workers
        fcntl.flock(lock, fcntl.LOCK_EX)
        subprocess.run(["make", "app-build"], cwd=PROJECT, check=True)
    settings = replace(stack.settings, app_port=free_ports(1)[0])
    with mobile_app.serving(settings):
        yield settings


@pytest.fixture(scope="session")
def files(settings: Settings) -> Iterator[httpx.Client]:
    """Return an HTTP client of the server of the app's files."""
    with httpx.Client(base_url=settings.app_url, timeout=20) as client:
        yield client


@pytest.fixture
def phone(playwright: "Playwright", browser: "Browser", settings: Settings) -> Iterator["Page"]:
    """Return the app's first screen on a phone where no one is signed in."""
    with on_phone(browser.new_context(**playwright.devices[PHONE], base_url=settings.app_url)) as context:
        page = context.new_page()
        page.goto("/")
        page.get_by_role("button", name="Sign in").wait_for()
        yield page


@pytest.fixture
def phones(playwright: "Playwright", browser: "Browser", settings: Settings) -> Iterator[Phones]:
    with ExitStack() as contexts:
        yield Phones(playwright, browser, settings, contexts)


@pytest.fixture
def employee(newcomers: "Newcomers") -> Caller:
    return newcomers.person("eve")


@pytest.fixture
def manager(newcomers: "Newcomers") -> Caller:
    return newcomers.person("max", MANAGER)


@pytest.fixture
def sign_in(settings: Settings) -> Callable[["Page", str], None]:
    """Return a function that signs in a seeded user on the sign-in page: `sign_in(phone, "ana")`."""

    def through_page(page: "Page", user: str) -> None:
        press(page, "Sign in")
        page.get_by_role("button", name=f"Allow as {user.capitalize()}").click()
        page.wait_for_url(lambda url: url.startswith(settings.app_url) and "/callback" not in url)

    return through_page
