"""The installed app, in a browser with a persistent profile."""

import io
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.support import PHONE, find_chromium, on_phone

if TYPE_CHECKING:
    import httpx2 as httpx
    from playwright.sync_api import Playwright

    from local.settings import Settings


def test_the_manifest_allows_installation(files: "httpx.Client") -> None:
    manifest = files.get("/manifest.webmanifest").json()
    assert manifest["name"]
    assert manifest["short_name"]
    assert manifest["start_url"] == "/"
    assert manifest["display"] == "standalone"
    sizes = {icon["sizes"]: icon["src"] for icon in manifest["icons"] if icon["type"] == "image/png"}
    for side in (192, 512):
        picture = io.BytesIO(files.get(sizes[f"{side}x{side}"]).content)
        picture.seek(16)  # the width and height of a PNG
        assert struct.unpack(">II", picture.read(8)) == (side, side)


def test_the_app_can_be_installed_and_opens_offline(
    playwright: "Playwright", settings: "Settings", tmp_path: Path
) -> None:
    device = {
        name: value for name, value in playwright.devices[PHONE].items() if name != "default_browser_type"
    }
    options = {
        **device,
        "executable_path": find_chromium(),
        "args": ["--no-sandbox"] if os.geteuid() == 0 else [],
        "base_url": settings.app_url,
    }
    with on_phone(playwright.chromium.launch_persistent_context(tmp_path, **options)) as context:
        page = context.new_page()
        page.goto("/")
        assert page.evaluate("navigator.serviceWorker.ready.then((it) => it.active.scriptURL)") == (
            f"{settings.app_url}/sw.js"
        )
        session = context.new_cdp_session(page)
        assert session.send("Page.getAppManifest")["errors"] == []
        assert session.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    with on_phone(playwright.chromium.launch_persistent_context(tmp_path, **options)) as context:
        context.set_offline(True)
        page = context.new_page()
        page.goto("/")
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
