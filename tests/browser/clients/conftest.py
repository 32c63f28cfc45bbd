"""The stack of tests/stack, Node with the packages of package-lock.json, and Chromium with pages to show."""

import hashlib
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, override
from urllib.parse import urlsplit

import pytest

from tests.local.conftest import stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Playwright

    from tests.local.conftest import Stack

__all__ = ["stack"]

HERE = Path(__file__).parent
LIBRARIES = {
    "auth0_spa_js": "@auth0/auth0-spa-js/dist/auth0-spa-js.production.js",
    "oidc_client_ts": "oidc-client-ts/dist/browser/oidc-client-ts.min.js",
}
"""The bundles that they publish for browsers, by the page script that uses each."""


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    if not (found and shutil.which("npm")):
        pytest.skip("no node and npm on PATH")
    return found


@pytest.fixture(scope="session")
def packages(node: str) -> Path:
    """Return node_modules, as package-lock.json says."""
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


@pytest.fixture(scope="session")
def playwright() -> Iterator["Playwright"]:
    module = pytest.importorskip("playwright.sync_api", reason="no playwright: run `make test-node`")
    with module.sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: "Playwright") -> Iterator["Browser"]:
    """Return this machine's Chromium: Playwright's own would be a download."""
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if not found:
        pytest.skip("no chromium on PATH")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []  # it has none for root
    with playwright.chromium.launch(executable_path=found, args=options) as launched:
        yield launched


@pytest.fixture
def context(browser: "Browser") -> Iterator["BrowserContext"]:
    """Return a browser that knows nobody yet; it may go to this machine only."""
    with watched(browser.new_context()) as context:
        yield context


@contextmanager
def watched(context: "BrowserContext") -> Iterator["BrowserContext"]:
    """Hold that no page asked another machine for anything, nor failed where nobody looked."""
    asked: set[str | None] = set()
    failures: list[str] = []
    context.on("request", lambda request: asked.add(urlsplit(request.url).hostname))
    context.on("weberror", lambda error: failures.append(str(error.error)))
    context.set_default_timeout(20_000)  # milliseconds: the first call of a function starts it
    with context:
        yield context
    assert asked <= {"127.0.0.1", None}  # none in blob: and data:
    assert not failures


@dataclass(frozen=True)
class App:
    """A single-page app in a browser: one library, at an origin of its own."""

    library: str
    url: str
    page: "Page"


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def app(
    library: str, packages: Path, stack: "Stack", context: "BrowserContext"
) -> Iterator[Callable[..., App]]:
    """Return what serves a library's page and opens it."""
    with ExitStack() as servers:

        def start(*, refresh_tokens: bool = False) -> App:
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
            app = App(library, servers.enter_context(serving(files)), context.new_page())
            app.page.goto(app.url)
            return app

        yield start


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[str]:
    """Serve files at a port of their own and give their address."""

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
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
