"""A page that is open, or stored, while a deployment changes the build or the addresses of the services."""

import re
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from local.mobile_app import APP, mobile_app
from local.ports import free_ports
from local.serving import listen, serve
from tests.browser.app.support import log, press, row
from tests.browser.support import CORS, HIDDEN, VISIBLE, Phones, await_service_worker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Playwright, Request

    from local.settings import Settings
    from tests.local.callers import Caller


@dataclass
class Deployment:
    """A copy of the built app at an address of its own, which can change while phones have it."""

    settings: "Settings"
    folder: "Path"
    phones: Phones

    @contextmanager
    def serving(self, **changes: object) -> "Iterator[None]":
        """Serve the app with changed settings."""
        settings = replace(self.settings, **changes)  # type: ignore[arg-type]
        with (
            listen(settings.app_port, "APP_PORT") as listening,
            serve(mobile_app(settings, self.folder), listening),
        ):
            yield

    def open(self, caller: "Caller") -> "Page":
        """Return a phone that has stored the app and an entry."""
        page = self.phones(caller)
        await_service_worker(page)
        log(page, "Harbour", "4")
        expect(page.locator(".status")).to_have_text("Saved")
        return page


@pytest.fixture
def deployment(
    settings: "Settings", playwright: "Playwright", browser: "Browser", tmp_path: "Path"
) -> "Iterator[Deployment]":
    folder = tmp_path / "dist"
    shutil.copytree(APP / "dist", folder)
    settings = replace(settings, app_port=free_ports(1)[0])
    with ExitStack() as contexts:
        yield Deployment(settings, folder, Phones(playwright, browser, settings, contexts))


def test_an_open_page_offers_to_load_a_new_build(deployment: Deployment, employee: "Caller") -> None:
    with deployment.serving():
        page = deployment.open(employee)
        index, worker = deployment.folder / "index.html", deployment.folder / "sw.js"
        index.write_text(index.read_text().replace("<body>", "<body class=new-build>"))
        worker.write_text(re.sub(r'BUILD = "\w+"', 'BUILD = "new"', worker.read_text()))
        reload = page.get_by_role("button", name="Reload")
        page.evaluate(HIDDEN)
        expect(reload).to_have_count(0)
        page.evaluate(VISIBLE)
        # Chromium itself looks for a new worker a second after a load. Until that ends, it starts no other,
        # and a deployment in between is noticed when the app is opened again.
        while not reload.count():
            page.wait_for_timeout(500)  # milliseconds
            page.evaluate(HIDDEN)
            page.evaluate(VISIBLE)
        press(page, "Reload")
        expect(page.locator("body.new-build")).to_be_visible()
        expect(row(page, "Harbour")).to_be_visible()
        expect(reload).to_have_count(0)


def test_a_changed_address_of_the_api_takes_effect_at_once(
    deployment: Deployment, employee: "Caller"
) -> None:
    with deployment.serving():
        page = deployment.open(employee)
    (port,) = free_ports(1)
    page.context.route(f"http://127.0.0.1:{port}/**", lambda route: route.fulfill(json=[], headers=CORS))
    with (
        deployment.serving(api_port=port),
        page.expect_response(lambda answer: answer.ok and f":{port}/timesheets" in answer.url),
    ):
        page.reload()


def test_an_open_page_offers_to_load_changed_addresses(deployment: Deployment, employee: "Caller") -> None:
    with deployment.serving():
        page = deployment.open(employee)
    (port,) = free_ports(1)
    page.context.route(f"http://127.0.0.1:{port}/**", lambda route: route.fulfill(json=[], headers=CORS))
    with deployment.serving(api_port=port):
        page.evaluate(HIDDEN)
        page.evaluate(VISIBLE)
        with page.expect_response(lambda answer: answer.ok and f":{port}/timesheets" in answer.url):
            press(page, "Reload")


def test_another_issuer_gets_no_token_of_the_former_one(deployment: Deployment, employee: "Caller") -> None:
    with deployment.serving():
        page = deployment.open(employee)
    (port,) = free_ports(1)
    addresses: list[str] = []

    def note(request: "Request") -> None:
        addresses.append(request.url)

    page.context.on("request", note)
    with deployment.serving(other_issuer=f"http://127.0.0.1:{port}/"):
        page.reload()
        expect(page.get_by_role("main")).to_contain_text("Your sign-in has ended")
        expect(row(page, "Harbour")).to_be_visible()
    assert not [address for address in addresses if f":{port}/" in address]


def test_a_configuration_without_an_answer_delays_no_page(deployment: Deployment, employee: "Caller") -> None:
    with deployment.serving():
        page = deployment.open(employee)
        page.context.route("**/config.json", lambda _: None)
        page.reload()
        expect(row(page, "Harbour")).to_be_visible(timeout=3_000)
