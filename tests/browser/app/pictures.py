"""Take the pictures of the README and of docs/app.md.

    uv run --frozen --group browser pytest tests/browser/app/pictures.py

Its name is not that of a test, so it runs only on request.
"""

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from local.settings import PROJECT
from tests.browser.app.screens import visit
from tests.browser.app.support import await_board, sign_week
from tests.browser.support import MONDAY
from tests.local.callers import MANAGER

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page, Route

    from tests.browser.support import Phones
    from tests.local.callers import Caller, Newcomers

IMAGES = PROJECT / "docs/images"
FRIDAY = MONDAY + dt.timedelta(4)
LAST_FRIDAY = FRIDAY - dt.timedelta(7)
LAST_WEEK = f"{LAST_FRIDAY:%G-W%V}"
PHONE = {"viewport": {"width": 390, "height": 920}, "device_scale_factor": 1}
DESKTOP = {"viewport": {"width": 1280, "height": 800}, "device_scale_factor": 1}
PICTURES = {
    *((name, "phone") for name in ("week", "new", "approve", "missing")),
    *((name, "wide") for name in ("week", "approve")),
}
"""The pictures that the documents show."""
MAX_SIZE = 140_000
"""Bytes of a picture."""

ANA = [
    (0, ("Harbour", 8, "Crane survey, berth 4")),
    (1, ("StoreZero", 6, "Till firmware")),
    (1, ("Training", 2, "First aid, half a morning")),
    (2, ("StoreZero", 7.5, "Rollout, shops 11 to 14")),
    (3, ("Harbour", 7.25, "Stocktaking, two of us")),
    (3, ("Warehouse migration, phase 2 (night shifts)", 1.5, "")),
    (4, ("Harbour", 4, "")),
    (4, ("Training", 0.5, "")),
]
"""Entries of this week: the number of the day; the project, the hours and the notes."""
PEOPLE = {
    "Noor Haddaway": (8, 8, 4, 26, 4),
    "Tomasz Zielony": (8, 8, 8, 8, 8, 0, 6),
    "Beatriz Oyelara": (8, 8, 8, 8, 8),
    "Carl Brandtner": (8, 8, 8, 8, 8),
    "Divya Ramanathan": (8, 8, 8.5, 7.5, 8),
    "Emil Sandqvist": (8, 8, 8, 8, 4),
    "Hana Novotna": (8, 8, 7.75, 8, 8),
    "Jun Takamori": (7.5, 7.5, 7.5, 7.5, 7.5),
}
"""Hours of last week by day."""
MISSING = ("Ben Adeyale", "Lior Amsalo")


@pytest.fixture(scope="module")
def ana(newcomers: "Newcomers") -> "Caller":
    """Return a person whose week has entries in each state."""
    ana, mia = newcomers.person("ana", full_name="Ana Sandovar"), newcomers.person("mia", MANAGER)
    logged = [_log(ana, MONDAY + dt.timedelta(day), *fields) for day, fields in ANA]
    for entry in (logged[0], logged[2]):
        mia("PUT", f"/approvals/{entry['id']}")
    reason = {"approved": False, "reason": "Till 3 was closed on Tuesday. Wednesday?"}
    mia("PUT", f"/approvals/{logged[1]['id']}", json=reason)
    return ana


@pytest.fixture(scope="module")
def mia(newcomers: "Newcomers") -> "Caller":
    """Return an approver, after other people have signed last week."""
    monday = LAST_FRIDAY - dt.timedelta(4)
    for name, hours in PEOPLE.items():
        person = newcomers.person(name.split()[0].lower(), full_name=name)
        for day, count in enumerate(hours):
            for part in (24, count - 24) if count > 24 else [count] * bool(count):
                _log(person, monday + dt.timedelta(day), "Harbour", part, "")
        sign_week(person, LAST_WEEK)
        if name.startswith("Divya"):
            _log(person, monday + dt.timedelta(2), "Training", 1.5, "First aid")
    missing = [newcomers.person(name.split()[0].lower(), full_name=name) for name in MISSING]
    for person in missing:
        _log(person, monday - dt.timedelta(7), "Harbour", 8, "")
    mia = newcomers.person("mia", MANAGER, full_name="Mia Larsdotter")
    await_board(mia, LAST_WEEK, *missing)
    return mia


@pytest.mark.parametrize(("size", "options"), [("phone", PHONE), ("wide", DESKTOP)])
def test_take_the_pictures(
    phones: "Phones", ana: "Caller", mia: "Caller", size: str, options: dict[str, Any]
) -> None:
    IMAGES.mkdir(exist_ok=True)
    for caller, pages in ((ana, _own), (mia, _approvals)):
        page = phones.blank(caller, device="Desktop Chrome", locale="en-GB", **options)
        page.route("**/weeks/**", _signed_on_friday)
        page.clock.set_fixed_time(f"{FRIDAY}T16:05:00")
        page.goto("/")
        expect(page.locator(".status")).to_have_text("Saved")
        for name in pages(page):
            if (name, size) in PICTURES:
                _take(page, f"{name}-{size}")
        page.unroute_all(behavior="ignoreErrors")


def _own(page: "Page") -> "Iterator[str]":
    visit(page, f"/week/{FRIDAY:%G-W%V}")
    expect(page.locator(".sign")).to_be_visible()
    if page.locator(".grid").count():
        page.locator(".cell.rejected").focus()
    yield "week"
    visit(page, f"/new?date={FRIDAY}")
    page.get_by_role("radio", name="Harbour").check()
    yield "new"


def _approvals(page: "Page") -> "Iterator[str]":
    visit(page, "/approve/pending")
    expect(page.locator(".bulk")).to_be_visible()
    yield "approve"
    visit(page, "/approve/missing")
    expect(page.get_by_text("Ben Adeyale")).to_be_visible()
    yield "missing"


def _signed_on_friday(route: "Route") -> None:
    """Date the signatures to last Friday: the API has dated them to today."""
    answer = route.fetch()
    route.fulfill(
        response=answer, body=answer.text().replace(f"{dt.datetime.now(dt.UTC):%F}", f"{LAST_FRIDAY}")
    )


def _log(caller: "Caller", date: dt.date, project: str, hours: float, notes: str) -> dict[str, Any]:
    more = {"notes": notes} if notes else {}
    return caller.entry(date=date.isoformat(), project=project, hours=hours, **more)


def _take(page: "Page", name: str) -> None:
    path = IMAGES / f"app-{name}.png"
    page.wait_for_load_state("networkidle")
    page.screenshot(path=path, animations="disabled")
    assert path.stat().st_size < MAX_SIZE, path.stat().st_size
