"""The board of approvers over HTTP."""

import csv
import time
from typing import Any
from urllib.parse import urljoin

import pytest

from tests.local.callers import MANAGER, Caller, Newcomers
from tests.local.feed import WITHIN

BEFORE, WEEK = "2014-W11", "2014-W12"
FRIDAY, MONDAY = "2014-03-14", "2014-03-17"
"""Days of the two weeks, in which no other test logs hours."""


def board(manager: Caller, **query: str) -> dict[str, dict[str, Any]]:
    """Return the rows of all pages by user."""
    listed = manager.every(f"/approvals/weeks/{WEEK}", {"limit": "100"} | query)
    rows = {row["user_id"]: row for row in listed}
    assert len(rows) == len(listed)
    return rows


def board_with(manager: Caller, people: list[Caller]) -> dict[str, dict[str, Any]]:
    """Return the rows once the directory has these people, a moment after their first entries."""
    deadline = time.monotonic() + WITHIN
    while not {person.sub for person in people} <= (rows := board(manager)).keys():
        assert time.monotonic() < deadline, "the directory lacks people"
        time.sleep(0.2)
    return rows


def sign(person: Caller) -> None:
    path = f"/timesheets/weeks/{WEEK}"
    state = person("GET", path).headers["ETag"]
    assert person("PUT", f"{path}/submission", headers={"If-Match": state}).status_code == 200


def test_an_approver_sees_everyone_elses_week(newcomers: Newcomers) -> None:
    signer, absent, worker = (newcomers.person(name) for name in ("ana", "carl", "=zoe"))
    mia, other = newcomers.person("mia", MANAGER), newcomers.person("max", MANAGER)
    for person in (absent, signer, mia):
        person.entry(date=FRIDAY)
    approved = signer.entry(date=MONDAY, hours=7.25)
    waiting = signer.entry(date="2014-03-23", hours=0.25)
    assert mia("PUT", f"/approvals/{approved['id']}").status_code == 200
    sign(signer)
    worker.entry(date=MONDAY, hours=4)
    rows = board_with(mia, [signer, absent, worker])
    assert rows[signer.sub].pop("submitted") | {"at": ""} == {
        "at": "",
        "total_hours": 7.5,
        "current": True,
        "versions": {approved["id"]: 2, waiting["id"]: 1},
    }
    assert rows[signer.sub] == {
        "user_id": signer.sub,
        "user_email": signer.email,
        "user_name": signer.name,
        "week": WEEK,
        "total_hours": 7.5,
        "by_day": {MONDAY: 7.25, "2014-03-23": 0.25},
        "by_status": {"approved": 7.25, "pending": 0.25},
        "missing": False,
    }
    assert (rows[absent.sub]["total_hours"], rows[absent.sub]["missing"]) == (0, True)
    assert mia.sub not in rows
    assert board_with(other, [mia])[mia.sub]["missing"]

    ours = {signer.sub, absent.sub, worker.sub}
    for only, expected in (
        ("missing", {absent.sub}),
        ("unsigned", {absent.sub, worker.sub}),
        ("pending", {signer.sub, worker.sub}),
    ):
        assert board(mia, only=only, limit="20").keys() & ours == expected

    # What the row shows is approved at exactly the versions that are listed.
    query = {"user_id": signer.sub, "from": MONDAY, "to": "2014-03-23"}
    (entry,) = mia("GET", "/approvals", params=query).json()
    decision = {"id": entry["id"], "version": entry["version"], "approved": True}
    assert mia("POST", "/approvals", json=[decision]).json()["results"][0]["status"] == "decided"
    row = board(mia)[signer.sub]
    assert (row["by_status"], row["submitted"]["current"]) == ({"approved": 7.5}, True)
    signer.entry(date=MONDAY, hours=1)
    assert not board(mia)[signer.sub]["submitted"]["current"]


def test_the_board_is_csv_where_accept_prefers_it(newcomers: Newcomers) -> None:
    ana, mia = newcomers.person("=ana"), newcomers.person("mia", MANAGER)
    ana.entry(date=MONDAY, hours=7.25)
    board_with(mia, [ana])
    text, link = "", True
    answer = mia("GET", f"/approvals/weeks/{WEEK}?limit=100", headers={"Accept": "text/csv"})
    while link:
        assert answer.headers["Content-Type"].startswith("text/csv")
        text += answer.text.partition("\r\n")[2] if text else answer.text
        link = "next" in answer.links
        if link:
            url = urljoin(f"/approvals/weeks/{WEEK}", answer.links["next"]["url"])
            answer = mia("GET", url, headers={"Accept": "text/csv"})
    (row,) = (row for row in csv.DictReader(text.splitlines()) if row["user_id"] == ana.sub)
    assert row["user_email"] == f"'{ana.email}"
    assert (row["mon"], row["sun"], row["pending"], row["missing"]) == ("7.25", "0", "7.25", "false")


def test_a_cursor_of_a_board_is_its_callers_weeks_and_filters(newcomers: Newcomers) -> None:
    ana, mia, other = (
        newcomers.person("ana"),
        newcomers.person("mia", MANAGER),
        newcomers.person("max", MANAGER),
    )
    ana.entry(date=MONDAY)
    other.entry(date=MONDAY)
    board_with(mia, [ana, other])
    answer = mia("GET", f"/approvals/weeks/{WEEK}?limit=1")
    following = answer.links["next"]["url"]
    assert mia("GET", f"/approvals/weeks/{WEEK}{following}").status_code == 200
    for caller, path in (
        (other, f"/approvals/weeks/{WEEK}{following}"),
        (mia, f"/approvals/weeks/{BEFORE}{following}"),
        (mia, f"/approvals/weeks/{WEEK}{following}&only=missing"),
        (mia, f"/approvals{following}"),
    ):
        refusal = caller("GET", path)
        assert (refusal.status_code, refusal.json()["code"]) == (400, "malformed_request")


@pytest.mark.parametrize("path", [f"{WEEK}?only=own", f"{WEEK}?user_id=x", "2014-W53", f"{WEEK}?limit=101"])
def test_a_bad_request_is_refused(path: str, newcomers: Newcomers) -> None:
    answer = newcomers.person("mia", MANAGER)("GET", f"/approvals/weeks/{path}")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
