"""The upload route."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

from tests.support import LONG
from tests.unit.importer.support import check
from tests.unit.support import PENDING
from timesheets.model.entry import Entry
from timesheets.model.errors import Unavailable
from timesheets.store.dynamodb import Table
from timesheets.store.entries import Entries
from timesheets.store.imports import Imports

if TYPE_CHECKING:
    from tests.unit.support import Answer

type Call = Callable[..., "Answer"]

pytestmark = pytest.mark.usefixtures("table")


UPLOAD = 100 if LONG else 20
"""Rows of a large upload."""
ROW = {"user_id": "007", "date": "2017-05-10T17:40:20.095Z", "project": "StoreZero", "hours": 5}


def test_a_row_creates_an_entry_for_its_user(call: Call) -> None:
    answer = call("upload_timesheets", body=ROW)
    assert (answer.status, answer.headers["ETag"]) == (201, '"1"')
    entry = answer.json
    assert (entry["user_id"], entry["source"], entry["status"]) == ("007", "timesheets-import", "pending")
    assert "external_id" not in entry
    assert call("list_timesheets", sub="007").json == [entry]
    assert call("list_approvals").json == [entry]


def test_a_repeated_row_returns_the_existing_entry(call: Call) -> None:
    first = call("upload_timesheets", body=ROW | {"external_id": "1"})
    again = call("upload_timesheets", body=ROW | {"external_id": "1"})
    changed = call("upload_timesheets", body=ROW | {"external_id": "1", "hours": 6})
    assert (first.status, again.status, changed.status) == (201, 200, 200)
    assert again.json == first.json
    assert changed.json == first.json | {
        "hours": 6,
        "version": 2,
        "modified_at": changed.json["modified_at"],
    }


def test_a_row_that_equals_the_corrected_entry_is_no_change(call: Call) -> None:
    row = ROW | {"external_id": "1"}
    entry_id = call("upload_timesheets", body=row).json["id"]
    owner = {"sub": "007", "headers": {"If-Match": "*"}}
    corrected = call("correct_timesheet", entry_id, body={"hours": 6}, **owner).json
    for _ in range(2):
        again = call("upload_timesheets", body=row | {"hours": 6})
        assert (again.status, again.json["version"], again.json["hours"]) == (200, 2, 6)
    assert call("get_timesheet", entry_id, sub="007").json == corrected
    assert len(call("get_history", entry_id, sub="007").json) == 2
    assert call("upload_timesheets", body=row).json["version"] == 3


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({}, ["/user_id", "/date", "/project", "/hours"]),
        (ROW | {"user_id": 7}, ["/user_id"]),
        (ROW | {"user_id": " "}, ["/user_id"]),
        (ROW | {"user_id": "a\nb"}, ["/user_id"]),
        (ROW | {"user_id": "x" * 256}, ["/user_id"]),
        (ROW | {"external_id": ""}, ["/external_id"]),
        (ROW | {"external_id": "x" * 201}, ["/external_id"]),
        (ROW | {"externalid": "1"}, ["/externalid"]),
        ("text", [""]),
        ([], [""]),
        ([ROW] * 101, [""]),
    ],
)
def test_a_bad_upload_is_refused_with_every_error(body: object, pointers: list[str], call: Call) -> None:
    answer = call("upload_timesheets", body='"text"' if body == "text" else body)
    assert (answer.status, answer.problem["code"]) == (422, "invalid_entry")
    assert [fault["pointer"] for fault in answer.json["errors"]] == pointers
    assert call("list_approvals").json == []


def test_a_bad_row_does_not_stop_other_rows(call: Call) -> None:
    rows = [
        ROW | {"external_id": "1"},
        ROW | {"external_id": "2", "hours": 99},
        "text",
        ROW | {"external_id": None, "id": "mine", "status": "approved"},
    ]
    answer = call("upload_timesheets", body=rows)
    assert answer.status == 207
    results = answer.json["results"]
    assert [result["index"] for result in results] == [0, 1, 2, 3]
    assert [result["status"] for result in results] == ["created", "rejected", "rejected", "created"]
    assert [result.get("problem", {}).get("code") for result in results] == [
        None,
        "invalid_entry",
        "invalid_entry",
        None,
    ]
    assert results[1]["problem"]["errors"][0]["pointer"] == "/hours"
    kept = {entry["id"]: entry for entry in call("list_timesheets", sub="007").json}
    assert set(kept) == {results[0]["id"], results[3]["id"]}
    assert kept[results[3]["id"]]["status"] == "pending"


def test_a_changed_row_replaces_every_field(call: Call) -> None:
    first = call("upload_timesheets", body=ROW | {"external_id": "1", "notes": "Release"}).json
    changed = call("upload_timesheets", body=ROW | {"external_id": "1"}).json
    assert (first["notes"], "notes" in changed, changed["version"]) == ("Release", False, 2)
    moved = call("upload_timesheets", body=ROW | {"external_id": "1", "user_id": "008"}).json
    assert (moved["user_id"], moved["version"], moved["id"] != first["id"]) == ("008", 3, True)
    assert call("list_timesheets", sub="007").json == []


def test_rows_with_the_same_external_id_are_imported_in_order(call: Call) -> None:
    def statuses(*hours: int) -> list[str]:
        rows = [ROW | {"external_id": "1", "hours": one} for one in hours]
        results = call("upload_timesheets", body=rows).json["results"]
        assert len({result["id"] for result in results}) == 1
        return [result["status"] for result in results]

    assert statuses(5, 5, 6, 6) == ["created", "unchanged", "updated", "unchanged"]
    assert statuses(6, 7, 6) == ["unchanged", "updated", "updated"]
    (entry,) = call("list_timesheets", sub="007").json
    assert (entry["hours"], entry["version"]) == (6, 4)


def test_with_an_idempotency_key_rows_without_external_id_are_imported_once(call: Call) -> None:
    body, headers = [ROW, ROW | {"hours": 6}, ROW], {"Idempotency-Key": "k"}
    first = call("upload_timesheets", body=body, headers=headers).json["results"]
    again = call("upload_timesheets", body=body, headers=headers).json["results"]
    assert [result["status"] for result in first] == ["created"] * 3
    assert again == [result | {"status": "unchanged"} for result in first]
    other = call("upload_timesheets", body=[ROW | {"hours": 7}], headers=headers).json["results"]
    assert other[0]["problem"]["code"] == "idempotency_key_reused"
    assert len(call("list_approvals").json) == 3


def test_with_an_idempotency_key_a_deleted_row_gets_the_first_response(call: Call) -> None:
    headers = {"Idempotency-Key": "k"}
    first = call("upload_timesheets", body=ROW, headers=headers)
    call("delete_timesheet", first.json["id"], sub="007")
    again = call("upload_timesheets", body=ROW, headers=headers)
    assert (again.status, again.json) == (200, first.json)
    assert call("list_timesheets", sub="007").json == []


def test_a_duplicate_member_rejects_only_its_row(call: Call) -> None:
    twice = '{"user_id": "007", "date": "2026-11-20", "project": "X", "hours": 1, "hours": 2}'
    results = call("upload_timesheets", body=f"[{json.dumps(ROW)}, {twice}]").json["results"]
    assert [result["status"] for result in results] == ["created", "rejected"]
    assert results[1]["problem"]["code"] == "malformed_request"
    answer = call("upload_timesheets", body=twice)
    assert (answer.status, answer.problem["code"]) == (400, "malformed_request")


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb"])
@pytest.mark.parametrize("handler", ["create_timesheet", "upload_timesheets"])
def test_an_invalid_idempotency_key_is_refused(handler: str, key: str, call: Call) -> None:
    answer = call(handler, headers={"idempotency-KEY": key})
    assert (answer.status, answer.problem["code"]) == (400, "malformed_request")


def test_a_changed_row_of_an_approved_entry_is_refused(call: Call) -> None:
    entry = call("upload_timesheets", body=ROW | {"external_id": "1"}).json
    approved = call("decide_approval", entry["id"], body="").json
    one = call("upload_timesheets", body=ROW | {"external_id": "1", "hours": 6})
    many = call("upload_timesheets", body=[ROW | {"external_id": "1", "hours": 6}])
    assert (one.status, one.problem["code"]) == (409, "entry_locked")
    assert many.json["results"][0]["problem"]["code"] == "entry_locked"
    assert call("upload_timesheets", body=ROW | {"external_id": "1"}).json == approved


@pytest.mark.parametrize(
    ("fault", "code"), [(Unavailable(), "service_unavailable"), (KeyError("inside"), "internal_error")]
)
def test_a_fault_in_one_row_does_not_stop_other_rows(
    fault: Exception, code: str, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = Imports.add

    def add_all_but_one(imports: Imports, entry: Entry, digest: str) -> None:
        if entry.external_id == "0":
            raise fault
        add(imports, entry, digest)

    monkeypatch.setattr(Imports, "add", add_all_but_one)
    rows = [ROW | {"external_id": str(n)} for n in range(UPLOAD)]
    results = call("upload_timesheets", body=rows).json["results"]
    assert [result["status"] for result in results] == ["rejected"] + ["created"] * (UPLOAD - 1)
    assert results[0]["problem"]["code"] == code
    assert "inside" not in results[0]["problem"]["detail"]
    assert len(call("list_timesheets", sub="007", query={"limit": ["100"]}).json) == UPLOAD - 1


def test_an_upload_without_a_reachable_table_is_503(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(*_: object) -> None:
        raise Unavailable

    monkeypatch.setattr(Imports, "add", down)
    rows = [ROW | {"external_id": str(n)} for n in range(20)]
    answer = call("upload_timesheets", body=rows)
    assert (answer.status, answer.problem["code"]) == (503, "service_unavailable")
    assert answer.headers["Retry-After"] == "1"
    answer = call("upload_timesheets", body=[ROW, *rows])
    codes = [result.get("problem", {}).get("code") for result in answer.json["results"]]
    assert codes == [None] + ["service_unavailable"] * 20


def exported(call: Call, entry: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Upload the row that an entry was exported as, changed, and return its result."""
    (result,) = call("upload_timesheets", body=[entry | changes]).json["results"]
    return result  # type: ignore[no-any-return]


@pytest.fixture
def entry(call: Call) -> dict[str, Any]:
    """Create an entry of one's own, and return it as its owner's list has it."""
    call("create_timesheet", body={"date": "2026-11-20", "project": "StoreZero", "hours": 5, "notes": "-7"})
    (entry,) = call("list_timesheets").json
    return entry  # type: ignore[no-any-return]


def test_exported_row_is_recognized_by_id_and_version(call: Call, entry: dict[str, Any]) -> None:
    unchanged = {"index": 0, "status": "unchanged", "id": entry["id"]}
    assert exported(call, entry) == unchanged
    assert exported(call, entry, version=str(entry["version"])) == unchanged
    assert exported(call, entry, version=7) == unchanged
    rows = [entry, {**ROW, "external_id": "1"}, ROW, entry]
    statuses = [result["status"] for result in call("upload_timesheets", body=rows).json["results"]]
    assert statuses == ["unchanged", "created", "created", "unchanged"]
    assert call("list_timesheets").json == [entry]


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({"hours": 6, "date": "2026-11-21"}, "(date, hours)"),
        ({"notes": None}, "(notes)"),
        ({"user_id": "auth0|other"}, "(user_id)"),
        ({"external_id": "1"}, "(external_id)"),
    ],
)
def test_changed_exported_row_is_rejected_with_the_remedy(
    changes: dict[str, Any], names: str, call: Call, entry: dict[str, Any]
) -> None:
    result = exported(call, entry, **changes)
    (error,) = result["problem"]["errors"]
    assert (result["problem"]["code"], error["pointer"]) == ("invalid_entry", "/id")
    assert names in error["detail"]
    assert "remove the id to import the row as new" in error["detail"]
    assert call("list_timesheets").json == [entry]


def test_exported_row_of_a_deleted_entry_is_rejected(call: Call, entry: dict[str, Any]) -> None:
    call("delete_timesheet", entry["id"])
    assert "names no entry any more" in exported(call, entry)["problem"]["errors"][0]["detail"]
    assert call("list_timesheets").json == []


def test_exported_row_of_an_import_updates_its_entry(call: Call) -> None:
    row = {**ROW, "external_id": "1"}
    entry = call("upload_timesheets", body=row).json
    assert exported(call, entry)["status"] == "unchanged"
    assert exported(call, entry, hours=6)["status"] == "updated"
    assert exported(call, entry, hours=7)["problem"]["code"] == "version_mismatch"
    (current,) = call("list_timesheets", sub="007").json
    assert (current["hours"], current["version"]) == (6, 2)


def test_exported_row_undoes_a_correction_of_its_owner(call: Call) -> None:
    row = {**ROW, "external_id": "1"}
    entry = call("upload_timesheets", body=row).json
    corrected = call("correct_timesheet", entry["id"], body={"hours": 8}, sub="007").json
    assert call("upload_timesheets", body=row).json == corrected
    assert exported(call, corrected, hours=5)["status"] == "updated"
    (current,) = call("list_timesheets", sub="007").json
    assert (current["hours"], current["version"]) == (5, 3)


def test_only_the_first_of_two_exported_rows_of_one_version_changes_the_entry(call: Call) -> None:
    entry = call("upload_timesheets", body={**ROW, "external_id": "1"}).json
    rows = [entry | {"hours": 6}, entry | {"hours": 7}, entry, entry | {"hours": 6}]
    results = call("upload_timesheets", body=rows).json["results"]
    assert [result["status"] for result in results] == ["updated", "rejected", "rejected", "unchanged"]
    assert {results[n]["problem"]["code"] for n in (1, 2)} == {"version_mismatch"}
    (current,) = call("list_timesheets", sub="007").json
    assert (current["hours"], current["version"]) == (6, 2)


@pytest.mark.parametrize(
    ("change", "code", "left"),
    [("correct_timesheet", "version_mismatch", [8]), ("delete_timesheet", "invalid_entry", [])],
)
def test_exported_row_that_loses_a_race_changes_nothing(
    change: str, code: str, left: list[int], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = call("upload_timesheets", body={**ROW, "external_id": "1"}).json
    replace = Imports.replace

    def replace_after_a_change(*arguments: Any) -> None:
        monkeypatch.setattr(Imports, "replace", replace)
        call(change, entry["id"], body={"hours": 8}, sub="007")
        replace(*arguments)

    monkeypatch.setattr(Imports, "replace", replace_after_a_change)
    assert exported(call, entry, hours=6)["problem"]["code"] == code
    assert [one["hours"] for one in call("list_timesheets", sub="007").json] == left


def test_exported_row_of_an_entry_in_an_older_spelling_is_unchanged(call: Call) -> None:
    decomposed = replace(PENDING, project="Cafe\u0301 ", notes="a\u200bb")
    Entries(Table.connect()).add(decomposed)
    assert exported(call, decomposed.to_json())["status"] == "unchanged"
    assert exported(call, decomposed.to_json(), id=f" {decomposed.id}\t")["status"] == "unchanged"


@pytest.mark.parametrize("fields", [{"id": "mine", "version": 1}, {"version": 1}, {"id": "0" * 48}])
def test_other_ids_and_versions_are_ignored(fields: dict[str, Any], call: Call) -> None:
    assert exported(call, {**ROW, **fields})["status"] == "created"


@pytest.mark.parametrize("sub", ["auth0|ana", "+49170"])
def test_export_and_import_change_nothing(sub: str, call: Call) -> None:
    for notes in ("-7", "'-7", "=1+1", "a;=1+1\n'@b", "'s-Hertogenbosch", "'0234", '="0234"', " A "):
        fields = {"date": "2026-11-20", "project": notes.partition("\n")[0], "hours": "7.25", "notes": notes}
        call("create_timesheet", body=fields, sub=sub)
        row = fields | {"user_id": sub, "external_id": fields["project"]}
        assert call("upload_timesheets", body=row).status == 201
    before = call("list_timesheets", headers={"Accept": "text/csv"}, sub=sub).text or ""
    rows = [row.to_json() for row in check(before)]
    results = call("upload_timesheets", body=rows).json["results"]
    assert [result["status"] for result in results] == ["unchanged"] * 16
    assert call("list_timesheets", headers={"Accept": "text/csv"}, sub=sub).text == before


@pytest.mark.parametrize("handler", ["list_timesheets", "list_approvals"])
@pytest.mark.parametrize("limit", ["5", "100"])
def test_rows_of_one_upload_keep_their_order_within_a_day(handler: str, limit: str, call: Call) -> None:
    rows = [ROW | {"project": f"{n}", "external_id": f"{n}"} for n in range(1, 13)]
    call("upload_timesheets", body=rows)
    for order, expected in (("asc", range(1, 13)), ("desc", range(12, 0, -1))):
        query: dict[str, list[str]] | None = {"order": [order], "limit": [limit]}
        projects: list[str] = []
        while query:
            answer = call(handler, sub="007" if handler == "list_timesheets" else "auth0|mia", query=query)
            projects += [entry["project"] for entry in answer.json]
            link = answer.headers.get("Link", "").partition(">")[0].partition("?")[2]
            query = parse_qs(link)
        assert projects == [f"{n}" for n in expected]


def test_an_unchanged_upload_is_one_read(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [ROW | {"external_id": f"{n}"} for n in range(UPLOAD)]
    call("upload_timesheets", body=rows)
    reads = Counter[str]()
    request = Table._call

    def counted(table: Table, operation: str, **parameters: Any) -> Any:
        reads[operation] += 1
        return request(table, operation, **parameters)

    monkeypatch.setattr(Table, "_call", counted)
    results = call("upload_timesheets", body=rows).json["results"]
    assert {result["status"] for result in results} == {"unchanged"}
    assert reads == {"batch_get_item": 1}
    changed = [row | {"hours": 6} for row in rows]
    results = call("upload_timesheets", body=changed).json["results"]
    assert {result["status"] for result in results} == {"updated"}
    assert reads == {"batch_get_item": 3, "transact_write_items": UPLOAD}


def test_a_row_that_loses_a_race_is_decided_again_at_a_later_time(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = call("upload_timesheets", body=ROW | {"external_id": "1"}).json
    replace = Imports.replace
    correction: dict[str, Any] = {}

    def replace_after_a_correction(*arguments: Any) -> None:
        monkeypatch.setattr(Imports, "replace", replace)
        body = {"notes": "Release"}
        answer = call("correct_timesheet", entry["id"], body=body, sub="007", headers={"If-Match": "*"})
        correction.update(answer.json)
        replace(*arguments)

    monkeypatch.setattr(Imports, "replace", replace_after_a_correction)
    answer = call("upload_timesheets", body=ROW | {"external_id": "1", "hours": 6})
    assert (answer.status, answer.json["hours"], "notes" in answer.json) == (200, 6, False)
    assert answer.json["version"] == correction["version"] + 1 == 3
    assert answer.json["modified_at"] >= correction["modified_at"] >= entry["modified_at"]
