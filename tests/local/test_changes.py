"""Histories of entries and the feed of changes, over HTTP."""

from decimal import Decimal
from typing import Any

import httpx2 as httpx
import pytest

from tests.local.callers import MANAGER, Caller, Newcomers
from tests.local.feed import Reader

LARGEST = 999_999_999_999_999


@pytest.fixture(scope="module")
def payroll(http: httpx.Client, payroll_token: str) -> Caller:
    """Return the payroll application, signed in by client credentials."""
    client = "timesheets-payroll"
    return Caller(http, f"{client}@clients", client, None, None, payroll_token)


@pytest.fixture(scope="module")
def reader(payroll: Caller) -> Reader:
    return Reader(payroll)


def history(caller: Caller, path: str) -> list[dict[str, Any]]:
    answer = caller("GET", f"{path}/history")
    assert answer.status_code == 200, answer.text
    changes: list[dict[str, Any]] = answer.json(parse_float=Decimal)
    return changes


def test_each_change_is_in_the_history_at_once_and_in_the_feed_soon(
    newcomers: Newcomers, reader: Reader
) -> None:
    ana, mia = newcomers.person("ana"), newcomers.person("mia", MANAGER)
    entry_id = ana.entry()["id"]
    own, others = f"/timesheets/{entry_id}", f"/approvals/{entry_id}"
    steps: list[tuple[str, Caller, tuple[Any, ...]]] = [
        ("created", ana, ("GET", own)),
        ("corrected", ana, ("PATCH", own, {"hours": 6.25})),
        ("approved", mia, ("PUT", others)),
        ("reopened", mia, ("DELETE", others)),
        ("rejected", mia, ("PUT", others, {"approved": False, "reason": "Which site?"})),
        ("corrected", ana, ("PATCH", own, {"notes": "Main"})),
        ("deleted", ana, ("DELETE", own)),
    ]
    expected: list[dict[str, Any]] = []
    for version, (kind, caller, (method, path, *body)) in enumerate(steps, 1):
        answer = caller(method, path, json=body[0]) if body else caller(method, path)
        assert answer.status_code in {200, 204}, answer.text
        entry = answer.json(parse_float=Decimal) if answer.content else expected[-1]["entry"]
        expected.append({"change": kind, "version": version, "by": caller.sub, "entry": entry})
        latest = history(ana, own)
        assert [{name: change[name] for name in expected[0]} for change in latest] == expected
        assert all(set(change) == {*expected[0], "at"} for change in latest), "an owner sees a number"
        assert [unnumbered(change) for change in history(mia, others)] == latest
    assert [change["at"] for change in latest] == sorted(change["at"] for change in latest)
    reader.until(lambda: len(reader.changes.get(entry_id, [])) == len(steps))
    assert history(mia, others) == reader.changes[entry_id]
    assert [unnumbered(change) for change in reader.changes[entry_id]] == latest
    assert history(ana, own) == latest


def unnumbered(change: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in change.items() if name != "number"}


def test_a_moved_import_is_a_deletion_and_a_creation(newcomers: Newcomers, reader: Reader) -> None:
    ana, carl, program = newcomers.person("ana"), newcomers.person("carl"), newcomers.program()
    row = {"date": "2026-11-20", "project": "StoreZero", "hours": 7.5, "external_id": "x"}
    ids = [
        program("POST", "/timesheets/upload", json=row | {"user_id": person.sub}).json()["id"]
        for person in (ana, carl)
    ]
    by = program.client_id
    moved, created = history(ana, f"/timesheets/{ids[0]}"), history(carl, f"/timesheets/{ids[1]}")
    assert [(change["change"], change["by"]) for change in moved] == [("created", by), ("deleted", by)]
    assert [(change["change"], change["by"]) for change in created] == [("created", by)]
    reader.until(lambda: len(reader.changes.get(ids[0], [])) == 2 and ids[1] in reader.changes)
    assert reader.copy(ana.sub) == {}
    assert reader.copy(carl.sub) == {ids[1]: created[0]["entry"]}


def test_pages_have_at_most_the_limit_and_link_to_the_rest(
    payroll: Caller, newcomers: Newcomers, reader: Reader
) -> None:
    entries = [newcomers.person("ana").entry()["id"] for _ in range(3)]
    reader.until(lambda: all(entry in reader.changes for entry in entries))
    first = reader.changes[entries[0]][0]["number"]
    answer = payroll("GET", "/changes", params={"after": first - 1, "limit": 1})
    assert [change["number"] for change in answer.json()["changes"]] == [first]
    assert answer.json()["next"] == first
    assert answer.links["next"]["url"] == f"?after={first}&limit=1"
    following = payroll("GET", str(answer.url.join(answer.links["next"]["url"])))
    assert [change["number"] for change in following.json()["changes"]] == [first + 1]


def test_a_position_beyond_the_end_tells_how_to_start_over(payroll: Caller, reader: Reader) -> None:
    reader.catch_up()
    answer = payroll("GET", "/changes", params={"after": LARGEST})
    assert (answer.status_code, answer.json()["code"]) == (410, "log_reset")
    assert "start again at after=0" in answer.json()["detail"]
    end = payroll("GET", "/changes", params={"after": reader.next})
    assert end.status_code == 200
    assert end.json()["log"] == reader.log


@pytest.mark.parametrize(
    "query", ["after=-1", f"after={LARGEST + 1}", "after=1&after=2", "limit=101", "since=1", "after="]
)
def test_a_bad_parameter_of_the_feed_is_400(query: str, payroll: Caller) -> None:
    answer = payroll("GET", f"/changes?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


def test_the_path_of_a_week_is_not_that_of_a_history(newcomers: Newcomers) -> None:
    answer = newcomers.person("ana")("GET", "/timesheets/weeks/history")
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")
