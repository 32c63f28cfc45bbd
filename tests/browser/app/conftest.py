"""The stack of tests/stack, the mobile app beside it as `make app` serves it, and a phone to show it on."""

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest

from local import mobile_app as app
from local.ports import free_ports
from local.settings import Settings
from ops import app_build
from tests.browser.clients.conftest import browser, node, playwright, watched
from tests.local.callers import MANAGER, Caller
from tests.local.conftest import http, newcomers, stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright, Request

    from tests.local.callers import Newcomers
    from tests.local.conftest import Stack

__all__ = ["browser", "http", "newcomers", "node", "playwright", "stack"]

PHONE = "Pixel 7"
REFUSED = "Content Security Policy"
"""What the browser's console says of what the headers forbid."""
JWT = "eyJ"
"""How the base64 of a JSON object begins."""


@pytest.fixture(scope="session")
def built(node: str) -> None:
    """Build the app, if it is not built of these sources: before the stack starts, since it is quicker."""
    assert node
    if not (app_build.MOBILE / "package.json").exists():
        pytest.skip("no app/package.json")
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


@contextmanager
def on_phone(context: "BrowserContext") -> Iterator["BrowserContext"]:
    """Hold that the headers are in nobody's way, and that no token is in an address or on the console."""
    refused: list[str] = []
    told: list[str] = []

    def note(message: "ConsoleMessage") -> None:
        told.append(message.text)
        if REFUSED in message.text:
            refused.append(message.text)

    def asked(request: "Request") -> None:
        told.append(request.url)

    with watched(context):
        context.on("console", note)
        context.on("request", asked)
        yield context
    assert not refused
    assert not [text for text in told if JWT in text]


@pytest.fixture
def phone(playwright: "Playwright", browser: "Browser", settings: Settings) -> Iterator["Page"]:
    """Return the app's start page on a phone that knows nobody yet."""
    with on_phone(browser.new_context(**playwright.devices[PHONE], base_url=settings.app_url)) as context:
        page = context.new_page()
        page.goto("/")
        yield page


@dataclass(frozen=True)
class Phones:
    """Gives people phones on which they are signed in, without a refresh token."""

    playwright: "Playwright"
    browser: "Browser"
    settings: Settings
    open: ExitStack

    def __call__(self, caller: Caller, path: str = "/", *, device: str = PHONE, **options: Any) -> "Page":
        """Return the app on a phone of that person's."""
        page = self.blank(caller, device=device, **options)
        page.goto(path)
        page.get_by_role("navigation").wait_for()
        return page

    def blank(self, caller: Caller, *, device: str = PHONE, **options: Any) -> "Page":
        """Return a page that shows nothing yet."""
        origin = {"origin": self.settings.app_url, "localStorage": [self.kept(caller)]}
        state = {"cookies": [], "origins": [origin]}
        base = {"base_url": self.settings.app_url, "storage_state": state}
        context = self.browser.new_context(**self.playwright.devices[device] | base | options)
        return self.open.enter_context(on_phone(context)).new_page()

    def kept(self, caller: Caller) -> dict[str, str]:
        """Return what stands in the phone's storage for a person who signed in."""
        name = f"oidc.user:{self.settings.issuer}:{self.settings.app_client_id}"
        return {"name": name, "value": json.dumps(signed_in(caller))}


def signed_in(caller: Caller) -> dict[str, Any]:
    """Return what the app's OpenID Connect client keeps of a person."""
    name = caller.sub.removeprefix("auth0|")
    scope = json_of(caller.token)["scope"]
    return {
        "access_token": caller.token,
        "token_type": "Bearer",
        "scope": f"openid profile email {scope}",
        "profile": {"sub": caller.sub, "name": name, "email": caller.email},
        "expires_at": int(time.time()) + 3600,
    }


def json_of(token: str) -> dict[str, Any]:
    """Return a token's claims."""
    payload = token.split(".")[1]
    claims: dict[str, Any] = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


@pytest.fixture
def phones(playwright: "Playwright", browser: "Browser", settings: Settings) -> Iterator[Phones]:
    """Return what gives people phones."""
    with ExitStack() as contexts:
        yield Phones(playwright, browser, settings, contexts)


@pytest.fixture
def employee(newcomers: "Newcomers") -> Caller:
    """Return someone who logs hours."""
    return newcomers.person("eve")


@pytest.fixture
def manager(newcomers: "Newcomers") -> Caller:
    """Return someone who approves, too."""
    return newcomers.person("max", MANAGER)


@pytest.fixture
def sign_in(settings: Settings) -> Callable[["Page", str], None]:
    """Return what signs a seeded user in, as a person does: `sign_in(phone, "ana")`."""

    def go(page: "Page", user: str) -> None:
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name=f"Allow as {user.capitalize()}").click()
        page.wait_for_url(lambda url: url.startswith(settings.app_url) and "/callback" not in url)

    return go
