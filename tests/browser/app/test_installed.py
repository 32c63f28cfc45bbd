"""The app on a home screen: a browser that keeps its profile, as an installed app's does."""

import io
import os
import shutil
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.app.conftest import PHONE, on_phone

if TYPE_CHECKING:
    import httpx2 as httpx
    from playwright.sync_api import Playwright

    from local.settings import Settings


def test_the_manifest_has_what_a_phone_wants_for_installing(files: "httpx.Client") -> None:
    manifest = files.get("/manifest.webmanifest").json()
    assert manifest["name"]
    assert manifest["short_name"]
    assert manifest["start_url"] == "/"
    assert manifest["display"] == "standalone"
    sizes = {icon["sizes"]: icon["src"] for icon in manifest["icons"] if icon["type"] == "image/png"}
    for side in (192, 512):
        picture = io.BytesIO(files.get(sizes[f"{side}x{side}"]).content)
        picture.seek(16)  # where a PNG says its width and height
        assert struct.unpack(">II", picture.read(8)) == (side, side)


def test_a_browser_installs_it_and_opens_it_again_without_a_network(
    playwright: "Playwright", settings: "Settings", tmp_path: Path
) -> None:
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))))
    device = {
        name: value for name, value in playwright.devices[PHONE].items() if name != "default_browser_type"
    }
    options = {
        **device,
        "executable_path": chromium,
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
