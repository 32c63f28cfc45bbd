"""The files of the built app: headers, types, lifetimes, and that a browser loads them."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest
from playwright.sync_api import expect

from tests.browser.app.support import heading

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from local.settings import Settings
    from tests.browser.support import Phones
    from tests.local.callers import Caller

YEAR = "public, max-age=31536000, immutable"


def assets(files: httpx.Client) -> list[str]:
    """Return the paths under assets/ that the page loads."""
    found = re.findall(r'(?:src|href)="(/assets/[^"]+)"', files.get("/").text)
    assert found
    return found


def policy(answer: httpx.Response) -> dict[str, list[str]]:
    directives = answer.headers["content-security-policy"].split(";")
    return {name: values for name, *values in map(str.split, directives)}


@pytest.mark.parametrize("path", ["/", "/config.json", "/sw.js", "/new", "/assets/missing.js"])
def test_every_response_has_the_security_headers(
    files: httpx.Client, settings: "Settings", path: str
) -> None:
    answer = files.get(path)
    issuer = settings.issuer.rstrip("/")
    assert policy(answer) == {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'"],
        "connect-src": ["'self'", settings.api_url, issuer],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
        "require-trusted-types-for": ["'script'"],
        "trusted-types": ["timesheets"],
    }
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers  # plain http has none


def test_config_json_has_the_addresses_of_the_stack(files: httpx.Client, settings: "Settings") -> None:
    answer = files.get("/config.json")
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.json() == {
        "issuer": settings.issuer,
        "clientId": "timesheets-mobile",
        "audience": settings.audience,
        "api": settings.api_url,
    }


@pytest.mark.parametrize("path", ["/callback?code=x&state=y", "/new", "/deep/er/path", "/week/2026-W47/"])
def test_every_path_without_an_extension_is_the_page(files: httpx.Client, path: str) -> None:
    answer = files.get(path)
    assert (answer.status_code, answer.text) == (200, files.get("/index.html").text)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/sw.js", "text/javascript; charset=utf-8"),
        ("/manifest.webmanifest", "application/manifest+json"),
    ],
)
def test_files_without_a_hash_in_their_name_are_revalidated(
    files: httpx.Client, path: str, kind: str
) -> None:
    answer = files.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (200, kind)
    assert answer.headers["cache-control"] == "no-cache"
    again = files.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.headers["cache-control"]) == (304, "no-cache")


def test_assets_are_cached_for_a_year(files: httpx.Client) -> None:
    for path in assets(files):
        answer = files.get(path)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, YEAR), path
        assert answer.headers["content-type"].partition(";")[0] in {"text/javascript", "text/css"}, path


@pytest.mark.parametrize("path", ["/assets/missing.js", "/missing.png", "/../package.json", "/%2e%2e/a.json"])
def test_a_missing_file_is_not_the_page(files: httpx.Client, path: str) -> None:
    answer = files.get(path)
    assert answer.status_code == 404
    assert "text/html" not in answer.headers["content-type"]
    assert "immutable" not in answer.headers.get("cache-control", "")


def test_the_page_has_no_inline_script_or_style(files: httpx.Client) -> None:
    page = files.get("/").text
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


@pytest.mark.parametrize("path", ["/", "/deep/er/path"])
def test_the_page_works_under_its_headers(phone: "Page", path: str) -> None:
    answer = phone.goto(path)
    assert answer is not None
    assert answer.status == 200
    phone.wait_for_load_state("networkidle")
    assert phone.locator("body").inner_text().strip()


@pytest.mark.parametrize("path", ["/edit/%E0%A4%A", "/week/2026-W60", "/nowhere"])
def test_an_unknown_address_shows_a_page(phones: "Phones", employee: "Caller", path: str) -> None:
    page = phones(employee, path)
    expect(heading(page, "There is no such page")).to_be_visible()


def test_sign_in_returns_to_the_app(
    phone: "Page", sign_in: Callable[["Page", str], None], settings: "Settings"
) -> None:
    sign_in(phone, "ana")
    assert phone.url.startswith(settings.app_url)
