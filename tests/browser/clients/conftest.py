"""Packages of OAuth clients from npm, and pages that use two of them in Chromium."""

import hashlib
import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.browser.support import ClientPage, serving, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from tests.local.support import Stack

HERE = Path(__file__).parent
LIBRARIES = {
    "auth0_spa_js": "@auth0/auth0-spa-js/dist/auth0-spa-js.production.js",
    "oidc_client_ts": "oidc-client-ts/dist/browser/oidc-client-ts.min.js",
}
"""The bundles for browsers, by the name of the page script that uses each."""


@pytest.fixture(scope="session")
def packages(node: str) -> Path:
    """Install package-lock.json and return node_modules."""
    assert node
    modules = HERE / "node_modules"
    digest = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    stamp = modules / ".installed"
    if not stamp.exists() or stamp.read_text() != digest:
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        result = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        assert result.returncode == 0, result.stdout + result.stderr
        stamp.write_text(digest)
    return modules


@pytest.fixture
def context(browser: "Browser") -> Iterator["BrowserContext"]:
    """Return a browser context in which no one is signed in."""
    with watched(browser.new_context()) as context:
        yield context


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def app(
    library: str, packages: Path, stack: "Stack", context: "BrowserContext"
) -> Iterator[Callable[..., ClientPage]]:
    """Return a function that serves the page of a library at an origin of its own and opens it."""
    with ExitStack() as servers:

        def start(*, refresh_tokens: bool = False) -> ClientPage:
            settings = {
                "issuer": stack.settings.issuer,
                "api": stack.settings.api_url,
                "audience": stack.settings.audience,
                "clientId": "timesheets-mobile",
                "scope": "profile email read:timesheets create:timesheets",
                "refreshTokens": refresh_tokens,
            }
            page = (HERE / "pages/index.html").read_bytes()
            files = {
                "/": page,
                "/callback": page,
                "/library.js": (packages / LIBRARIES[library]).read_bytes(),
                "/settings.js": f"const settings = {json.dumps(settings)};".encode(),
                "/client.js": (HERE / f"pages/{library}.js").read_bytes(),
                "/page.js": (HERE / "pages/page.js").read_bytes(),
            }
            app = ClientPage(library, servers.enter_context(serving(files)), context.new_page())
            app.page.goto(app.url)
            return app

        yield start
