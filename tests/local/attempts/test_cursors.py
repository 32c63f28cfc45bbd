"""No cursor gives access to another list, or to another caller's."""

import string
from dataclasses import dataclass
from typing import Any

import httpx2 as httpx
import pytest

from tests.local.attempts.world import MALFORMED
from tests.local.callers import MANAGER, Caller, Newcomers


@dataclass(frozen=True)
class Cursors:
    """Two callers, with a cursor of ana's own list and one of mia's approvals."""

    ana: Caller
    mia: Caller
    of_ana: str
    of_mia: str


def cursor_of(answer: httpx.Response) -> str:
    return httpx.URL(answer.links["next"]["url"]).params["cursor"]


@pytest.fixture(scope="module")
def cursors(newcomers: Newcomers) -> Cursors:
    ana, mia = newcomers.person("ana"), newcomers.person("mia", MANAGER)
    for day in range(1, 4):
        ana.entry(date=f"2026-11-0{day}")
        mia.entry(date=f"2026-11-0{day}")
    own = ana("GET", "/timesheets?limit=1")
    waiting = mia("GET", "/approvals", params={"user_id": ana.sub, "limit": 1})
    return Cursors(ana, mia, cursor_of(own), cursor_of(waiting))


def test_a_cursor_is_valid_for_its_own_list_only(cursors: Cursors, newcomers: Newcomers) -> None:
    ana, mia, of_ana, of_mia = cursors.ana, cursors.mia, cursors.of_ana, cursors.of_mia
    carl, max_ = newcomers.person("carl"), newcomers.person("max", MANAGER)
    assert ana("GET", "/timesheets", params={"limit": 1, "cursor": of_ana}).status_code == 200
    assert mia("GET", "/approvals", params={"user_id": ana.sub, "cursor": of_mia}).status_code == 200
    attempts: list[tuple[Caller, str, dict[str, Any]]] = [
        (carl, "/timesheets", {"limit": 1, "cursor": of_ana}),
        (carl, "/timesheets", {"limit": 1, "cursor": of_mia}),
        (mia, "/timesheets", {"limit": 1, "cursor": of_ana}),
        (mia, "/timesheets", {"cursor": of_mia}),
        (mia, "/approvals", {"cursor": of_ana}),
        (mia, "/approvals", {"user_id": ana.sub, "cursor": of_ana}),
        (mia, "/approvals", {"cursor": of_mia}),
        (mia, "/approvals", {"user_id": carl.sub, "cursor": of_mia}),
        (mia, "/approvals", {"user_id": ana.sub, "order": "desc", "cursor": of_mia}),
        (max_, "/approvals", {"user_id": ana.sub, "cursor": of_mia}),
        (ana, "/timesheets", {"cursor": of_mia}),
        *(
            (ana, "/timesheets", {"limit": 1, "cursor": of_ana} | other)
            for other in (
                {"from": "2026-11-01"},
                {"to": "2026-11-30"},
                {"project": "StoreZero"},
                {"status": "pending"},
                {"order": "asc"},
            )
        ),
    ]
    answers = [(caller("GET", path, params=query), query) for caller, path, query in attempts]
    assert [(a.status_code, a.json()["code"], q) for a, q in answers] == [(*MALFORMED, q) for _, q in answers]


def test_a_cursor_with_a_changed_character_is_refused(cursors: Cursors) -> None:
    cursor = cursors.of_ana
    alphabet = f"{string.ascii_uppercase}{string.ascii_lowercase}{string.digits}-_"  # RFC 4648, section 5

    def others(place: int) -> list[str]:
        # Up to four bits of the last character may be padding, so all its variants are tried.
        bits = range(1, 16) if place == len(cursor) - 1 else [1]
        return [alphabet[alphabet.index(cursor[place]) ^ each] for each in bits]

    changed = [
        cursor[:place] + other + cursor[place + 1 :]
        for place in range(len(cursor))
        for other in others(place)
    ]
    changed += [cursor[:-1], cursor[1:], f"{cursor}A", f"A{cursor}", cursor * 2, cursor.swapcase()]
    changed += [f"{cursor}{more}" for more in ("=", "==", "%3D", " ", "\n", "\0", ".", "é")]
    changed += [cursor.replace("-", "+").replace("_", "/") + "/", "A" * 5000, "é", "0", "{}"]
    taken = [
        (each, answer.status_code)
        for each in changed
        if (answer := cursors.ana("GET", "/timesheets", params={"limit": 1, "cursor": each})).status_code
        != 400
        or answer.json()["code"] != "malformed_request"
    ]
    assert taken == []
