"""The routes of one's own entries and weeks."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.support import Answer

type Call = Callable[..., "Answer"]

pytestmark = pytest.mark.usefixtures("table")

NO_MATCH: dict[str, Any] = {"headers": {"If-Match": "*"}}


@pytest.fixture
def entry(call: Call) -> dict[str, Any]:
    """Return an entry of ana's."""
    created: dict[str, Any] = call("create_timesheet").json
    return created


def test_a_repeated_request_with_a_key_gets_the_first_response(call: Call) -> None:
    headers = {"Idempotency-Key": "5e0fe2b4"}
    first = call("create_timesheet", headers=headers)
    again = call("create_timesheet", headers=headers)
    assert (again.status, again.json, again.headers) == (201, first.json, first.headers)
    others: list[dict[str, Any]] = [
        {},
        {"headers": {"idempotency-key": "another"}},
        {"headers": headers, "sub": "auth0|carl"},
    ]
    for changes in others:
        other = call("create_timesheet", **changes)
        assert (other.status, other.json["id"] != first.json["id"]) == (201, True)
    body = {"date": "2017-05-10", "project": "StoreZero", "hours": 6}
    answer = call("create_timesheet", body=body, headers=headers)
    assert (answer.status, answer.problem["code"]) == (422, "idempotency_key_reused")
    assert len(call("list_timesheets").json) == 3


def test_the_etag_of_an_entry_is_its_version(entry: dict[str, Any], call: Call) -> None:
    answer = call("get_timesheet", entry["id"])
    assert (answer.status, answer.json) == (200, entry)
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("handler", ["get_timesheet", "correct_timesheet", "delete_timesheet"])
@pytest.mark.parametrize("claims", [{"sub": "auth0|carl"}, {"sub": "auth0|mia"}])
def test_an_entry_of_another_user_is_not_found(
    handler: str, claims: dict[str, str], entry: dict[str, Any], call: Call
) -> None:
    answer = call(handler, entry["id"], **claims)
    assert (answer.status, answer.problem["code"]) == (404, "not_found")
    assert call("get_timesheet", entry["id"]).json == entry


@pytest.mark.parametrize("media_type", ["application/merge-patch+json", "application/json; charset=utf-8"])
def test_a_correction_changes_the_given_fields(media_type: str, entry: dict[str, Any], call: Call) -> None:
    body = {"hours": "7.25", "date": "2026-11-19", "status": "approved", "notes": "Release"}
    answer = call("correct_timesheet", entry["id"], body=body, headers={"Content-Type": media_type})
    assert answer.status == 200
    assert answer.headers["ETag"] == '"2"'
    changed = entry | {"hours": 7.25, "date": "2026-11-19", "notes": "Release", "version": 2}
    assert answer.json == changed | {"modified_at": answer.json["modified_at"]}
    assert call("list_timesheets").json == [answer.json]
    cleared = call("correct_timesheet", entry["id"], body={"notes": None}, headers={"If-Match": '"2"'})
    assert "notes" not in cleared.json


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        ({"hours": 25}, {}, 422, "invalid_entry"),
        ({"hours": None}, {}, 422, "invalid_entry"),
        ({"user_id": "x", "owner": "x"}, {}, 422, "invalid_entry"),
        ([], {}, 422, "invalid_entry"),
        ("{", {}, 400, "malformed_request"),
        ({}, {"Content-Type": "application/json-patch+json"}, 400, "malformed_request"),
        ({}, {"If-Match": '"2"'}, 412, "version_mismatch"),
        ({}, {"If-Match": 'W/"1"'}, 412, "version_mismatch"),
        ({}, {"If-Match": '"2", "3"'}, 412, "version_mismatch"),
        ({}, {"If-Match": "1"}, 400, "malformed_request"),
        ({}, {"If-Match": ""}, 400, "malformed_request"),
    ],
)
def test_a_bad_correction_changes_nothing(
    body: object, headers: dict[str, str], status: int, code: str, entry: dict[str, Any], call: Call
) -> None:
    answer = call("correct_timesheet", entry["id"], body=body, headers=headers)
    assert (answer.status, answer.problem["code"]) == (status, code)
    assert call("get_timesheet", entry["id"]).json == entry


@pytest.mark.parametrize("tag", ['"1"', "*", ' "1" ', '"2", "1"', '"2" ,W/"9","1"'])
def test_if_match_accepts_the_current_version(tag: str, entry: dict[str, Any], call: Call) -> None:
    assert call("correct_timesheet", entry["id"], headers={"If-Match": tag}).status == 200


def test_a_header_can_have_several_lines(entry: dict[str, Any], event: Any) -> None:
    sent = event("correct_timesheet", path={"id": entry["id"]}, headers={"If-Match": '"1"'})
    sent["multiValueHeaders"]["If-Match"] = ['"1"', '"2"']
    from handlers import correct_timesheet  # noqa: PLC0415 after the environment is set

    assert correct_timesheet.lambda_handler(sent, None)["statusCode"] == 200


def test_a_correction_without_changes_keeps_the_version(entry: dict[str, Any], call: Call) -> None:
    assert call("correct_timesheet", entry["id"], body={}).json == entry


def test_a_corrected_rejection_is_pending_and_an_approved_entry_is_locked(
    entry: dict[str, Any], call: Call
) -> None:
    call("decide_approval", entry["id"])
    answer = call("correct_timesheet", entry["id"], body={"notes": "For ACME"}, headers={"If-Match": '"2"'})
    assert (answer.json["status"], answer.json["version"], "reason" in answer.json) == ("pending", 3, False)
    approved = call("decide_approval", entry["id"], body="").json
    for refused in (
        call("correct_timesheet", entry["id"], **NO_MATCH),
        call("delete_timesheet", entry["id"]),
    ):
        assert (refused.status, refused.problem["code"]) == (409, "entry_locked")
    assert call("get_timesheet", entry["id"]).json == approved


def test_a_deleted_entry_is_not_found(entry: dict[str, Any], call: Call) -> None:
    assert call("delete_timesheet", entry["id"], headers={"If-Match": '"2"'}).status == 412
    answer = call("delete_timesheet", entry["id"], headers={"If-Match": '"1"'})
    assert (answer.status, answer.text) == (204, None)
    assert "Content-Type" not in answer.headers
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert call("delete_timesheet", entry["id"]).status == 404
    assert call("list_timesheets").json == []


@pytest.mark.parametrize("race", ["with the version named", "without"])
def test_a_lost_race_is_reported(
    race: str, entry: dict[str, Any], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another request changes the entry between this handler's read and its write."""
    from handlers import decide_approval  # noqa: PLC0415 after the environment is set

    read = decide_approval.entries.find

    def read_and_lose(entry_id: str) -> Any:
        found = read(entry_id)
        monkeypatch.undo()
        assert call("correct_timesheet", entry_id, **NO_MATCH).status == 200
        return found

    monkeypatch.setattr(decide_approval.entries, "find", read_and_lose)
    headers = {"If-Match": '"1"'} if "named" in race else {}
    answer = call("decide_approval", entry["id"], headers=headers)
    expected = (412, "version_mismatch") if headers else (409, "conflict")
    assert (answer.status, answer.problem["code"]) == expected
    assert call("get_timesheet", entry["id"]).json["hours"] == 7.25


def test_a_week_sums_the_callers_hours(call: Call) -> None:
    for user, day, hours in (
        ("ana", "2026-11-16", 7.5),
        ("ana", "2026-11-22", 2),
        ("ana", "2026-11-23", 9),
        ("carl", "2026-11-17", 3),
    ):
        body = {"date": day, "project": "StoreZero", "hours": hours}
        call("create_timesheet", body=body, sub=f"auth0|{user}")
    answer = call("get_week")
    assert answer.status == 200
    assert answer.json == {
        "week": "2026-W47",
        "from": "2026-11-16",
        "to": "2026-11-22",
        "total_hours": 9.5,
        "by_day": {"2026-11-16": 7.5, "2026-11-22": 2},
        "by_project": {"StoreZero": 9.5},
        "by_status": {"pending": 9.5},
    }
    assert call("get_week", path={"week": "2026-W54"}).problem["code"] == "malformed_request"
