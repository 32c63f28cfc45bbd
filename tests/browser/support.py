"""Helpers of the browser tests: browsers, the phones of signed-in people, and servers of files."""

import datetime as dt
import json
import re
import shutil
import threading
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, override
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from local.settings import Settings
from tests.local.callers import Caller

if TYPE_CHECKING:
    from playwright.sync_api import (
        Browser,
        BrowserContext,
        ConsoleMessage,
        Page,
        Playwright,
        Request,
    )

PHONE = "Pixel 7"
TIMEOUT = 20_000
"""Milliseconds: the first call of a function starts it."""
UNDO_WINDOW = 10_000
"""Milliseconds for which a deletion or a decision can be undone."""
TODAY = dt.datetime.now().astimezone().date()
MONDAY = TODAY - dt.timedelta(TODAY.weekday())
THIS_WEEK = f"Week {MONDAY.isocalendar().week}"
CORS = {"Access-Control-Allow-Origin": "*"}
PROBLEM = "application/problem+json"
CSP_VIOLATION = "Content Security Policy"
"""Part of the console message for everything that the headers forbid."""
JWT = "eyJ"
"""The start of every JWT: a base64url-encoded JSON object."""
HIDDEN = """() => {
    Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
VISIBLE = """() => {
    delete document.visibilityState;
    document.dispatchEvent(new Event("visibilitychange"));
}"""
STORE_SIGN_IN = """(signIn) => new Promise((stored) => {
    const request = indexedDB.open("timesheets", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("sign-in");
    request.onsuccess = () => {
        const transaction = request.result.transaction("sign-in", "readwrite");
        transaction.objectStore("sign-in").put(signIn, 0);
        transaction.oncomplete = () => {
            request.result.close();
            stored();
        };
    };
})"""

expect.set_options(timeout=TIMEOUT)


def find_chromium() -> str | None:
    """Return the path of this machine's Chromium; Playwright's own would be a download.

    The headless shell is Chromium without windows. The tests take a third less CPU time with it.
    """
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@contextmanager
def watched(context: "BrowserContext") -> Iterator["BrowserContext"]:
    """Check at the end that no page sent a request to another machine or had an uncaught error."""
    hosts: set[str | None] = set()
    errors: list[str] = []
    context.on("request", lambda request: hosts.add(urlsplit(request.url).hostname))
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.set_default_timeout(TIMEOUT)
    with context:
        yield context
    assert hosts <= {"127.0.0.1", None}  # blob: and data: have no host
    assert not errors, errors


@contextmanager
def on_phone(context: "BrowserContext") -> Iterator["BrowserContext"]:
    """Check at the end that the headers forbade nothing, and that no address or console line has a token."""
    violations: list[str] = []
    texts: list[str] = []

    def note_message(message: "ConsoleMessage") -> None:
        texts.append(message.text)
        if CSP_VIOLATION in message.text:
            violations.append(message.text)

    def note_request(request: "Request") -> None:
        texts.append(request.url)

    with watched(context):
        context.on("console", note_message)
        context.on("request", note_request)
        yield context
    assert not violations
    assert not [text for text in texts if JWT in text]


@dataclass(frozen=True)
class Phones:
    """Opens the app on the phone of a signed-in person, whose renewals are answered by the test."""

    playwright: "Playwright"
    browser: "Browser"
    settings: Settings
    contexts: ExitStack

    def __call__(self, caller: Caller, path: str = "/", *, device: str = PHONE, **options: Any) -> "Page":
        """Return a page of the app on a phone of this person."""
        page = self.blank(caller, device=device, **options)
        page.goto(path)
        page.get_by_role("navigation").wait_for()
        return page

    def blank(self, caller: Caller, *, device: str = PHONE, **options: Any) -> "Page":
        """Return a page that has not loaded the app yet."""
        base = {"base_url": self.settings.app_url}
        context = self.contexts.enter_context(
            on_phone(self.browser.new_context(**self.playwright.devices[device] | base | options))
        )
        tokens = {"access_token": caller.token, "token_type": "Bearer", "expires_in": 3600}
        context.route("**/oauth/token", lambda route: route.fulfill(json=tokens, headers=CORS))
        with context.new_page() as page:
            page.goto("/config.json")  # of the app's origin, but not the app
            page.evaluate(STORE_SIGN_IN, sign_in_of(caller))
        return context.new_page()


def sign_in_of(caller: Caller) -> dict[str, Any]:
    """Return a person's sign-in as the app stores it."""
    payload = caller.token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    profile = {"sub": caller.sub, "name": caller.sub.removeprefix("auth0|"), "email": caller.email}
    scope = f"openid profile email {claims['scope']}"
    token = {"refreshToken": "refresh-token", "version": caller.sub}
    return {"issuer": claims["iss"], "claims": profile, "scope": scope, **token}


@dataclass(frozen=True)
class ClientPage:
    """A page that signs in with an OAuth library, at an origin of its own."""

    library: str
    url: str
    page: "Page"


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[str]:
    """Serve files on a free port and return the address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            self.send_response(HTTPStatus.OK if path in files else HTTPStatus.NOT_FOUND)
            kind = "text/javascript" if path.endswith(".js") else "text/html"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(files.get(path, b""))

        @override
        def log_message(self, *args: object) -> None:
            """Write no log."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def await_service_worker(page: "Page") -> None:
    """Wait until the service worker serves the page."""
    for _ in range(400):
        if page.evaluate("navigator.serviceWorker.controller !== null"):
            return
        page.wait_for_timeout(50)  # milliseconds; wait_for_function would need eval, which the page forbids
    pytest.fail("no service worker serves the page")


def containing(text: str) -> "re.Pattern[str]":
    """Return a pattern of texts that contain this one."""
    return re.compile(re.escape(text))
