"""Weeks and their signatures: reading, signing and withdrawing."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from handlers import submit_week, withdraw_week

if TYPE_CHECKING:
    from tests.unit.support import Answer

type Call = Callable[..., "Answer"]
type Sign = Callable[[str], "Answer"]

pytestmark = pytest.mark.usefixtures("table")

BODY = {"date": "2026-11-20", "project": "StoreZero", "hours": 7.5}
MISMATCH = (412, "version_mismatch")


@pytest.fixture
def entry(call: Call) -> dict[str, Any]:
    """Return an entry of ana's in the week of the events."""
    created: dict[str, Any] = call("create_timesheet", body=BODY).json
    return created


@pytest.fixture
def sign(call: Call) -> Sign:
    """Return a function that signs ana's week with an `If-Match` header."""
    return lambda tags: call("submit_week", headers={"If-Match": tags})


def etag(call: Call) -> str:
    return call("get_week").headers["ETag"]


def submitted(call: Call) -> dict[str, Any]:
    found: dict[str, Any] = call("get_week").json["submitted"]
    return found


def correct(call: Call, entry: dict[str, Any], **fields: Any) -> None:
    answer = call("correct_timesheet", entry["id"], body=fields, headers={"If-Match": "*"})
    assert answer.status == 200


def test_a_signature_shows_what_was_signed(entry: dict[str, Any], call: Call, sign: Sign) -> None:
    before = call("get_week")
    answer = sign(before.headers["ETag"])
    assert (answer.status, answer.text) == (200, call("get_week").text)
    assert answer.headers["ETag"] == etag(call) != before.headers["ETag"]
    expected = {"total_hours": 7.5, "current": True, "versions": {entry["id"]: 1}}
    assert answer.json == before.json | {"submitted": expected | {"at": answer.json["submitted"]["at"]}}
    assert "submitted" not in call("get_week", sub="auth0|carl").json


def test_an_empty_week_can_be_signed(call: Call) -> None:
    """The event in events/ names the state of an empty week."""
    answer = call("submit_week")
    signature = answer.json["submitted"]
    assert (answer.status, signature["total_hours"], signature["versions"]) == (200, 0, {})
    call("create_timesheet", body=BODY)
    assert submitted(call) == signature | {"current": False}


@pytest.mark.parametrize("tags", [None, "*", " * "])
def test_a_signature_without_a_state_is_refused(
    tags: str | None, entry: dict[str, Any], event: Callable[..., dict[str, Any]], call: Call
) -> None:
    sent = event("submit_week")
    del sent["multiValueHeaders"]["If-Match"]
    if tags is not None:
        sent["multiValueHeaders"]["if-match"] = [tags]
    answer = submit_week.lambda_handler(sent, None)
    assert (answer["statusCode"], '"code":"precondition_required"' in answer["body"]) == (428, True)
    assert call("get_week").json["by_project"] == {entry["project"]: 7.5}
    assert "submitted" not in call("get_week").json


@pytest.mark.parametrize("handler", ["submit_week", "withdraw_week"])
def test_a_header_that_does_not_name_the_state_changes_nothing(
    handler: str, entry: dict[str, Any], call: Call, sign: Sign
) -> None:
    before = etag(call)
    sign(before)
    correct(call, entry, hours=6)
    week = call("get_week")
    tag = week.headers["ETag"]
    other = call("get_week", path={"week": "2026-W48"}).headers["ETag"]
    for header in (tag.strip('"'), "", f"*, {tag}"):
        answer = call(handler, headers={"If-Match": header})
        assert (answer.status, answer.problem["code"]) == (400, "malformed_request"), header
    for header in (f"W/{tag}", f'{tag[:-1]}x"', '"1"', '""', other, before):
        answer = call(handler, headers={"If-Match": header})
        assert (answer.status, answer.problem["code"]) == MISMATCH, header
        assert answer.problem["detail"] == "The week has changed since you read it; read it again"
    assert call("get_week").text == week.text


def test_signing_again_keeps_the_signature(entry: dict[str, Any], call: Call, sign: Sign) -> None:
    before = etag(call)
    first = sign(before)
    for tags in (before, first.headers["ETag"], f'"old", {before}'):
        again = sign(tags)
        assert (again.status, again.text, again.headers) == (200, first.text, first.headers)
    call("decide_approval", entry["id"], body="")
    approved = etag(call)
    assert sign(first.headers["ETag"]).problem["code"] == "version_mismatch"
    for tags in (before, approved):
        again = sign(tags)
        assert again.json["submitted"] == first.json["submitted"]
        assert again.headers["ETag"] == approved != first.headers["ETag"]


def test_a_change_makes_the_signature_stale_and_undoing_it_makes_it_current(
    entry: dict[str, Any], call: Call, sign: Sign
) -> None:
    sign(etag(call))
    for changed in ({"hours": 6}, {"notes": "Release"}, {"project": "Other"}, {"date": "2026-11-27"}):
        correct(call, entry, **changed)
        assert (submitted(call)["current"], submitted(call)["versions"]) == (False, {entry["id"]: 1})
        correct(call, entry, **{"notes": None} | BODY)
        assert submitted(call)["current"]
    other = call("create_timesheet", body=BODY | {"hours": 1}).json
    assert not submitted(call)["current"]
    assert call("delete_timesheet", other["id"]).status == 204
    assert submitted(call)["current"]
    assert call("delete_timesheet", entry["id"]).status == 204
    assert not submitted(call)["current"]


def test_a_changed_week_is_signed_anew(entry: dict[str, Any], call: Call, sign: Sign) -> None:
    first = etag(call)
    sign(first)
    correct(call, entry, hours=6)
    assert sign(first).problem["code"] == "version_mismatch"
    answer = sign(etag(call))
    assert answer.json["submitted"]["versions"] == {entry["id"]: 2}
    assert (answer.json["submitted"]["total_hours"], answer.json["submitted"]["current"]) == (6, True)
    correct(call, entry, hours=7.5)
    assert not submitted(call)["current"]


def test_a_withdrawn_week_is_as_before_the_signature(entry: dict[str, Any], call: Call, sign: Sign) -> None:
    before = call("get_week")
    for form in (None, "*", "{}"):
        signed = sign(before.headers["ETag"]).headers["ETag"]
        for _ in range(2):  # the second time, there is no signature
            headers = {"If-Match": form.format(signed)} if form else {}
            answer = call("withdraw_week", headers=headers)
            assert (answer.status, answer.text) == (204, None)
        after = call("get_week")
        assert (after.text, after.headers["ETag"]) == (before.text, before.headers["ETag"])
    assert call("get_timesheet", entry["id"]).json == entry


@pytest.mark.parametrize("scope", ["delete:timesheets", "read:timesheets delete:timesheets", "batch:upload"])
def test_the_handlers_themselves_require_the_scope(
    scope: str, entry: dict[str, Any], call: Call, sign: Sign
) -> None:
    """The policy of `delete:timesheets` permits DELETE /timesheets/*, which a signature's path matches."""
    signed = sign(etag(call))
    for handler in ("submit_week", "withdraw_week"):
        answer = call(handler, scope=scope, headers={"If-Match": signed.headers["ETag"]})
        assert (answer.status, answer.problem["code"]) == (403, "insufficient_scope")
    assert submitted(call)["versions"] == {entry["id"]: 1}
    assert call("withdraw_week", scope="create:timesheets").status == 204


@pytest.mark.parametrize("handler", ["get_week", "submit_week", "withdraw_week"])
def test_a_week_that_does_not_exist_is_refused(handler: str, call: Call) -> None:
    answer = call(handler, path={"week": "2026-W54"}, headers={"If-Match": '"1"'})
    assert (answer.status, answer.problem["code"]) == (400, "malformed_request")


def test_a_signature_is_in_no_list(entry: dict[str, Any], call: Call, sign: Sign) -> None:
    sign(etag(call))
    assert call("list_timesheets").json == [entry]
    assert call("list_approvals", sub="auth0|mia").json == [entry]
    assert call("get_timesheet", "SIGN#2026-W47").status == 404


def interfere(module: Any, interference: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> None:
    """Call `interference` once, between a handler's read of the week and its write."""
    read = module.weeks.find

    def read_and_lose(*arguments: Any) -> Any:
        found = read(*arguments)
        monkeypatch.undo()
        time.sleep(0.002)  # a signature's time has milliseconds
        interference()
        return found

    monkeypatch.setattr(module.weeks, "find", read_and_lose)


def test_two_requests_that_sign_the_same_state_get_the_same_signature(
    entry: dict[str, Any], call: Call, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, others = etag(call), []
    interfere(submit_week, lambda: others.append(sign(state)), monkeypatch)
    answer = sign(state)
    assert (answer.status, answer.text, answer.headers) == (200, others[0].text, others[0].headers)
    assert answer.json["submitted"]["versions"] == {entry["id"]: 1}


def test_a_signature_covers_the_named_state_although_the_content_changes_meanwhile(
    entry: dict[str, Any], call: Call, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    interfere(submit_week, lambda: correct(call, entry, hours=6), monkeypatch)
    assert sign(etag(call)).json["submitted"]["total_hours"] == 7.5
    assert (submitted(call)["current"], submitted(call)["versions"]) == (False, {entry["id"]: 1})


def test_a_signature_does_not_replace_another_states(
    entry: dict[str, Any], call: Call, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sign_other_content() -> None:
        correct(call, entry, hours=6)
        assert sign(etag(call)).status == 200

    interfere(submit_week, sign_other_content, monkeypatch)
    assert (answer := sign(etag(call))).status == 412
    assert "week" in answer.problem["detail"]
    assert submitted(call)["total_hours"] == 6


@pytest.mark.parametrize(("names_state", "refusal"), [(True, MISMATCH), (False, (409, "conflict"))])
def test_a_new_signature_is_not_withdrawn_by_a_request_that_read_the_old_one(
    names_state: bool,  # noqa: FBT001
    refusal: tuple[int, str],
    entry: dict[str, Any],
    call: Call,
    sign: Sign,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    state = etag(call)
    signed = sign(state).headers["ETag"]

    def sign_again() -> None:
        assert call("withdraw_week").status == 204
        assert sign(state).status == 200

    interfere(withdraw_week, sign_again, monkeypatch)
    answer = call("withdraw_week", headers={"If-Match": signed} if names_state else {})
    assert (answer.status, answer.problem["code"], "week" in answer.problem["detail"]) == (*refusal, True)
    assert submitted(call)["versions"] == {entry["id"]: 1}


def test_a_signature_that_is_gone_counts_as_withdrawn(
    entry: dict[str, Any], call: Call, sign: Sign, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed = sign(etag(call)).headers["ETag"]
    interfere(withdraw_week, lambda: call("withdraw_week"), monkeypatch)
    assert call("withdraw_week", headers={"If-Match": signed}).status == 204
    assert call("get_week").json["total_hours"] == entry["hours"]
