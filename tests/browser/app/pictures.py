"""Take the pictures of docs/app.md.

    uv run --frozen --group browser pytest tests/browser/app/pictures.py

Its name is not that of a test, so it runs only on request.
"""

from typing import TYPE_CHECKING

import httpx2 as httpx
from playwright.sync_api import expect

from local.settings import PROJECT
from local.sign_in import access_token
from tests.browser.support import on_phone, press, tab

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, Page

    from local.settings import Settings

IMAGES = PROJECT / "docs/images"
FRIDAY = "2026-11-20T16:00:00"
MAX_SIZE = 60_000
"""Bytes of a picture."""

WEEKS: dict[str, list[tuple[str, str, float, str]]] = {
    "ana": [
        ("2026-11-16", "StoreZero", 7.5, ""),
        ("2026-11-17", "StoreZero", 6, "Till firmware"),
        ("2026-11-17", "Training", 1.5, ""),
        ("2026-11-18", "StoreZero", 8, ""),
        ("2026-11-19", "Harbour", 7.25, "Stocktaking, two of us"),
        ("2026-11-20", "Harbour", 4, ""),
    ],
    "carl": [
        *((f"2026-11-{day:02}", "Harbour", 8, "") for day in (9, 10, 11, 12, 13)),
        *((f"2026-11-{day:02}", "Harbour", hours, "") for day, hours in ((2, 8), (3, 8), (5, 16), (6, 4))),
        ("2026-11-05", "Training", 10, ""),
    ],
}


def test_take_the_pictures(
    browser: "Browser", settings: "Settings", sign_in: "Callable[[Page, str], None]"
) -> None:
    _log(settings)
    IMAGES.mkdir(exist_ok=True)
    phone = {"viewport": {"width": 360, "height": 740}, "is_mobile": True}
    desktop = {"viewport": {"width": 1120, "height": 600}}
    for user, name, options in (
        ("ana", "app-week", phone),
        ("ana", "app-grid", desktop),
        ("mia", "app-approve", phone),
    ):
        context = browser.new_context(
            base_url=settings.app_url, locale="en-GB", has_touch=options is phone, **options
        )
        with on_phone(context):
            page = context.new_page()
            page.clock.set_fixed_time(FRIDAY)
            page.goto("/")
            sign_in(page, user)
            expect(page.locator(".status")).to_have_text("Saved")
            if user == "mia":
                tab(page, "Approve")
                expect(page.locator(".status")).to_contain_text("Updated")
                press(page, "Tick all")
            _take(page, name)
            if name == "app-week":
                tab(page, "New")
                page.get_by_role("radio", name="Harbour").check()
                _take(page, "app-new")


def _log(settings: "Settings") -> None:
    """Log entries, approve one and reject one."""
    with httpx.Client(base_url=settings.api_url, timeout=60) as api:

        def headers(user: str) -> dict[str, str]:
            token = access_token(settings.issuer, user, audience=settings.audience)
            return {"Authorization": f"Bearer {token}"}

        logged = []
        for user, entries in WEEKS.items():
            for date, project, hours, notes in entries:
                body = {"date": date, "project": project, "hours": hours} | (
                    {"notes": notes} if notes else {}
                )
                logged.append(
                    api.post("/timesheets", json=body, headers=headers(user)).raise_for_status().json()
                )
        mia = headers("mia")
        reason = {"approved": False, "reason": "Which training was it?"}
        api.put(f"/approvals/{logged[2]['id']}", json=reason, headers=mia).raise_for_status()
        api.put(f"/approvals/{logged[0]['id']}", headers=mia).raise_for_status()


def _take(page: "Page", name: str) -> None:
    path = IMAGES / f"{name}.png"
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, animations="disabled")
    assert path.stat().st_size < MAX_SIZE, path.stat().st_size
