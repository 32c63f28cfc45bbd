"""An entry is created, read, corrected and deleted; nothing is left behind."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin

import httpx2 as httpx
import pytest

from tests.live.support import describe, expect, expect_header, expect_problem, fail

PROJECT, HOURS = "Smoke test", 0.25

pytestmark = pytest.mark.scopes("create:timesheets", "delete:timesheets")
reads = pytest.mark.scopes("read:timesheets")


@pytest.fixture
def created(caller: httpx.Client) -> Iterator[httpx.Response]:
    """Return the answer that created an entry of today; delete the entry after the test."""
    today = datetime.now(UTC).date().isoformat()
    body = {"date": today, "project": PROJECT, "hours": HOURS, "notes": "Made by the live tests"}
    headers = {"Idempotency-Key": secrets.token_hex(16)}
    try:
        answer = caller.post("/timesheets", json=body, headers=headers)
        expect(answer, 201)
        yield answer
    finally:
        # The same key names the same entry, so an entry whose first answer was lost is deleted too.
        again = caller.post("/timesheets", json=body, headers=headers)
        if not again.is_success:
            fail(f"{describe(again)}.", f"Look for an entry of {today}, project {PROJECT}, and delete it.")
        deleted = caller.delete(f"/timesheets/{again.json()['id']}")
        if deleted.status_code not in {204, 404}:
            fail(f"{describe(deleted)}.", f"Delete the entry: DELETE {deleted.url}")


@pytest.fixture
def entry(created: httpx.Response) -> dict[str, Any]:
    return dict(created.json())


def path(entry: dict[str, Any]) -> str:
    return f"/timesheets/{entry['id']}"


def listed(caller: httpx.Client, entry: dict[str, Any]) -> list[str]:
    """Return the ids in the caller's list for the entry's day and project, page by page."""
    query = {"from": entry["date"], "to": entry["date"], "project": PROJECT}
    answer = caller.get("/timesheets", params=query)
    ids = [found["id"] for found in expect(answer, 200)]
    while "next" in answer.links:
        answer = caller.get(urljoin(str(answer.url), answer.links["next"]["url"]))
        ids += [found["id"] for found in expect(answer, 200)]
    return ids


def test_create_answers_the_entry_and_its_location(created: httpx.Response, entry: dict[str, Any]) -> None:
    assert (entry["project"], entry["hours"], entry["version"]) == (PROJECT, HOURS, 1)
    expect_header(created, "ETag", '"1"')
    assert urljoin(str(created.url), created.headers["location"]) == f"{created.url}/{entry['id']}"


def test_the_same_idempotency_key_creates_nothing(caller: httpx.Client, created: httpx.Response) -> None:
    assert expect(caller.send(created.request), 201)["id"] == created.json()["id"]


@reads
def test_the_entry_is_read_alone_and_in_the_list(caller: httpx.Client, entry: dict[str, Any]) -> None:
    assert expect(caller.get(path(entry)), 200) == entry
    assert listed(caller, entry).count(entry["id"]) == 1


@reads
def test_the_week_counts_the_entry(caller: httpx.Client, entry: dict[str, Any]) -> None:
    week = f"{datetime.fromisoformat(entry['date']):%G-W%V}"
    found = expect(caller.get(f"/timesheets/weeks/{week}"), 200)
    assert found["total_hours"] >= found["by_project"][PROJECT] >= HOURS


def test_a_correction_needs_the_current_version(caller: httpx.Client, entry: dict[str, Any]) -> None:
    change, first = {"notes": "Corrected by the live tests"}, {"If-Match": '"1"'}
    corrected = caller.patch(path(entry), json=change, headers=first)
    assert expect(corrected, 200)["notes"] == change["notes"]
    expect_header(corrected, "ETag", '"2"')
    expect_problem(caller.patch(path(entry), json=change, headers=first), 412, "version_mismatch")


@reads
def test_a_deleted_entry_is_gone(caller: httpx.Client, entry: dict[str, Any]) -> None:
    expect(caller.delete(path(entry)), 204)
    expect_problem(caller.get(path(entry)), 404, "not_found")
    assert entry["id"] not in listed(caller, entry)
