"""The stack, Node and Chromium, shared by all browser tests."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx2 as httpx
import pytest
from playwright.sync_api import sync_playwright

from tests.browser.support import find_chromium
from tests.local.callers import Newcomers
from tests.local.support import Stack, running_stack

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Playwright


TIMEOUT: Final = 240
"""Seconds for a test: `evaluate` has no limit, and the longest test takes 50 on a busy machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each test of this folder its limit."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(TIMEOUT))


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    with running_stack() as stack:
        yield stack


@pytest.fixture(scope="session")
def http(stack: Stack) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=stack.settings.api_url, timeout=120) as client:
        yield client


@pytest.fixture(scope="session")
def newcomers(stack: Stack, http: httpx.Client) -> Newcomers:
    return Newcomers(stack, http)


@pytest.fixture(scope="session")
def node() -> str:
    found = shutil.which("node")
    if not (found and shutil.which("npm")):
        pytest.skip("no node and npm on PATH")
    return found


@pytest.fixture(scope="session")
def playwright() -> Iterator["Playwright"]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: "Playwright") -> Iterator["Browser"]:
    found = find_chromium()
    if not found:
        pytest.skip("no chromium on PATH")
    options = ["--no-sandbox"] if os.geteuid() == 0 else []  # root has no sandbox
    with playwright.chromium.launch(executable_path=found, args=options) as launched:
        yield launched
