"""The routes under /approvals."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.unit.support import Answer

type Call = Callable[..., "Answer"]

pytestmark = pytest.mark.usefixtures("table")

REASON: dict[str, dict[str, str]] = {"approved": {}, "rejected": {"reason": "Which customer?"}}


@pytest.fixture
def entry(call: Call) -> dict[str, Any]:
    """Return an entry of ana's."""
    created: dict[str, Any] = call("create_timesheet").json
    return created


@pytest.mark.parametrize("body", ["", " ", "{}", '{"approved": true}'])
def test_a_decision_without_a_body_or_with_an_empty_object_approves(
    body: str, entry: dict[str, Any], call: Call
) -> None:
    answer = call("decide_approval", entry["id"], body=body)
    assert (answer.status, answer.headers["ETag"]) == (200, '"2"')
    assert (answer.json["status"], answer.json["approved"]) == ("approved", True)
    assert (answer.json["reviewed_by"], "reason" in answer.json) == ("auth0|mia", False)
    assert call("get_timesheet", entry["id"]).json == answer.json
    assert call("decide_approval", entry["id"], body=body).json == answer.json


def test_a_rejection_gives_its_reason(entry: dict[str, Any], call: Call) -> None:
    answer = call("decide_approval", entry["id"], body={"approved": False, "reason": "Which customer?"})
    assert (answer.json["status"], answer.json["approved"]) == ("rejected", False)
    assert answer.json["reason"] == "Which customer?"
    other_way = call("decide_approval", entry["id"], body="")
    assert (other_way.status, other_way.problem["code"]) == (409, "conflict")


@pytest.mark.parametrize(
    "body",
    [{"reason": "x"}, {"approved": False}, {"approved": "false"}, {"aproved": False}, [], {"approved": None}],
)
def test_an_invalid_decision_changes_nothing(body: object, entry: dict[str, Any], call: Call) -> None:
    answer = call("decide_approval", entry["id"], body=body)
    assert (answer.status, answer.problem["code"]) == (422, "invalid_entry")
    assert call("get_timesheet", entry["id"]).json == entry


def test_a_decision_can_be_taken_back(entry: dict[str, Any], call: Call) -> None:
    assert call("reopen_approval", entry["id"]).json == entry
    call("decide_approval", entry["id"])
    assert call("reopen_approval", entry["id"], headers={"If-Match": '"1"'}).status == 412
    answer = call("reopen_approval", entry["id"], headers={"If-Match": '"2"'})
    assert (answer.status, answer.headers["ETag"]) == (200, '"3"')
    modified = {"modified_at": answer.json["modified_at"], "modified_by": "auth0|mia"}
    assert answer.json == entry | modified | {"version": 3}
    assert call("list_approvals").json == [answer.json]


@pytest.mark.parametrize("handler", ["decide_approval", "reopen_approval"])
def test_an_own_entry_cannot_be_reviewed(handler: str, entry: dict[str, Any], call: Call) -> None:
    answer = call(handler, entry["id"], sub="auth0|ana")
    assert (answer.status, answer.problem["code"]) == (403, "self_approval")
    assert call(handler, entry["id"], sub="auth0|ana", headers={"If-Match": '"9"'}).status == 403


@pytest.mark.parametrize("handler", ["decide_approval", "reopen_approval"])
@pytest.mark.parametrize("entry_id", ["1", "0" * 48, "../timesheets"])
def test_a_missing_entry_cannot_be_decided(handler: str, entry_id: str, call: Call) -> None:
    assert call(handler, entry_id).status == 404


def test_approvals_list_pending_entries_of_others_oldest_first(call: Call) -> None:
    def log(user: str, day: str) -> dict[str, Any]:
        body = {"date": day, "project": "StoreZero", "hours": 1}
        created: dict[str, Any] = call("create_timesheet", body=body, sub=f"auth0|{user}").json
        return created

    late, early = log("ana", "2026-11-20"), log("carl", "2026-11-18")
    log("mia", "2026-11-19")
    assert call("list_approvals").json == [early, late]
    assert call("list_approvals", query={"order": ["desc"]}).json == [late, early]
    assert call("list_approvals", query={"user_id": ["auth0|carl"]}).json == [early]
    assert call("list_approvals", query={"user_id": ["auth0|mia"]}).json == []
    assert call("list_approvals", query={"from": ["2026-11-19"]}).json == [late]
    assert call("list_approvals", query={"status": ["pending"]}).json == [early, late]
    call("decide_approval", early["id"])
    assert call("list_approvals").json == [late]


def test_decided_entries_are_listed_by_their_owner(call: Call) -> None:
    bodies = [{"date": f"2026-11-{day}", "project": "StoreZero", "hours": 1} for day in (20, 18, 19, 17)]
    late, early, rejected, waiting = (call("create_timesheet", body=body).json for body in bodies)
    early, late = (call("decide_approval", entry["id"], body="").json for entry in (early, late))
    rejected = call("decide_approval", rejected["id"], body={"approved": False, "reason": "Why?"}).json

    def listed(status: str, user: str = "ana", **query: list[str]) -> Any:
        wanted = query | {"status": [status], "user_id": [f"auth0|{user}"]}
        return call("list_approvals", query=wanted).json

    assert listed("approved") == [early, late]
    assert listed("approved", order=["desc"]) == [late, early]
    assert listed("approved", to=["2026-11-19"]) == [early]
    assert listed("approved", project=["StoreOne"]) == listed("approved", "carl") == []
    assert listed("rejected") == [rejected]
    assert listed("pending") == [waiting]


def test_one_persons_week_of_pending_entries_is_one_page(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many entries of others wait for a decision."""
    monkeypatch.setattr("timesheets.web.cursors.MAX_EXAMINED", 10)
    bodies = [{"date": f"2026-11-{day}", "project": "StoreZero", "hours": 1} for day in (15, 16, 22, 23, 17)]
    for body in bodies[1:2] * 11:
        call("create_timesheet", body=body, sub="auth0|carl")
    _, first, last, _, done = (call("create_timesheet", body=body).json for body in bodies)
    call("decide_approval", done["id"])
    answer = call(
        "list_approvals", query={"user_id": ["auth0|ana"], "from": ["2026-11-16"], "to": ["2026-11-22"]}
    )
    assert (answer.json, "Link" in answer.headers) == ([first, last], False)


@pytest.mark.parametrize("status", ["approved", "rejected"])
def test_decided_entries_of_everyone_cannot_be_listed(status: str, call: Call) -> None:
    answer = call("list_approvals", query={"status": [status]})
    assert (answer.status, answer.problem["code"]) == (400, "malformed_request")
    assert "user_id" in answer.problem["detail"]


@pytest.mark.parametrize("status", ["pending", "approved", "rejected"])
def test_own_entries_are_in_no_list_of_approvals(status: str, entry: dict[str, Any], call: Call) -> None:
    if status != "pending":
        call("decide_approval", entry["id"], body={"approved": status == "approved"} | REASON[status])
    query = {"status": [status], "user_id": ["auth0|ana"]}
    assert [one["id"] for one in call("list_approvals", query=query).json] == [entry["id"]]
    answer = call("list_approvals", query=query, sub="auth0|ana")
    assert (answer.json, "Link" in answer.headers) == ([], False)


def test_an_entry_of_another_user_is_read_in_any_state(entry: dict[str, Any], call: Call) -> None:
    assert call("get_approval", entry["id"]).json == entry
    decided = call("decide_approval", entry["id"])
    answer = call("get_approval", entry["id"])
    assert (answer.status, answer.headers["ETag"], answer.json) == (200, '"2"', decided.json)


def test_an_own_or_missing_entry_is_not_found(entry: dict[str, Any], call: Call) -> None:
    for entry_id, sub in ((entry["id"], "auth0|ana"), ("0" * 48, "auth0|mia"), ("1", "auth0|mia")):
        answer = call("get_approval", entry_id, sub=sub)
        assert (answer.status, answer.problem["code"]) == (404, "not_found")
