"""The histories of entries and the feed of changes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.unit.aws import CLIENT
from timesheets.model.ids import new_id
from timesheets.store.changes import Changes
from timesheets.store.dynamodb import Table
from timesheets.store.log import log_key
from timesheets.stream.numbering import number_entries

if TYPE_CHECKING:
    from tests.unit.support import Answer

type Call = Callable[..., "Answer"]

pytestmark = pytest.mark.usefixtures("table")

NOT_FOUND = (404, "not_found")
HISTORIES = ("get_history", "get_approval_history")


@pytest.fixture
def entry(call: Call) -> dict[str, Any]:
    """Return an entry of ana's."""
    created: dict[str, Any] = call("create_timesheet").json
    return created


def number(entry_id: str) -> None:
    """Number the changes of an entry, as the table's stream has them numbered."""
    number_entries(Changes(Table(CLIENT)), [entry_id])


def test_a_history_lists_each_change_with_its_author_and_the_entry(entry: dict[str, Any], call: Call) -> None:
    states = [
        entry,
        call("correct_timesheet", entry["id"], body={"hours": 6}).json,
        call("decide_approval", entry["id"], body={"approved": False, "reason": "Why?"}).json,
        call("reopen_approval", entry["id"]).json,
    ]
    call("delete_timesheet", entry["id"])
    kinds = ["created", "corrected", "rejected", "reopened", "deleted"]
    authors = ["auth0|ana", "auth0|ana", "auth0|mia", "auth0|mia", "auth0|ana"]
    answers = [call(handler, entry["id"]) for handler in HISTORIES]
    for answer in answers:
        assert answer.status == 200
        assert [one["change"] for one in answer.json] == kinds
        assert [one["by"] for one in answer.json] == authors
        assert [one["version"] for one in answer.json] == [1, 2, 3, 4, 5]
        assert [one["entry"] for one in answer.json] == [*states, states[-1]]
        assert [one["at"] for one in answer.json[:-1]] == [state["modified_at"] for state in states]


def test_only_approvers_see_the_numbers_in_a_history(entry: dict[str, Any], call: Call) -> None:
    unnumbered = [{"change": "created", "version": 1, "at": entry["created_at"], "by": "auth0|ana"}]
    unnumbered[0]["entry"] = entry
    assert call("get_approval_history", entry["id"]).json == unnumbered
    number(entry["id"])
    assert call("get_approval_history", entry["id"]).json == [unnumbered[0] | {"number": 1}]
    assert call("get_history", entry["id"]).json == unnumbered


@pytest.mark.parametrize("handler", HISTORIES)
def test_a_history_of_the_other_side_or_of_no_entry_is_not_found(
    handler: str, entry: dict[str, Any], call: Call
) -> None:
    wrong_side = "auth0|mia" if handler == "get_history" else "auth0|ana"
    assert call(handler, entry["id"]).status == 200
    attempts = [
        (entry["id"], wrong_side),
        *(
            (entry_id, sub)
            for entry_id in ("1", "0" * 48, entry["id"].upper())
            for sub in ("auth0|ana", "auth0|mia")
        ),
        *((new_id(sub), sub) for sub in ("auth0|ana", "auth0|mia")),
    ]
    for entry_id, sub in attempts:
        answer = call(handler, entry_id, sub=sub)
        assert (answer.status, answer.problem["code"]) == NOT_FOUND


def test_pages_of_the_feed_hold_every_change_once_and_link_to_the_next(
    entry: dict[str, Any], call: Call
) -> None:
    for hours in (1, 2, 3, 4):
        call("correct_timesheet", entry["id"], body={"hours": hours}, headers={"If-Match": "*"})
    number(entry["id"])
    history = call("get_approval_history", entry["id"]).json
    first, second, third = pages(call, {"limit": ["2"]})
    assert [page["next"] for page in (first, second, third)] == [2, 4, 5]
    assert first["changes"] + second["changes"] + third["changes"] == history
    assert {page["log"] for page in (first, second, third)} == {first["log"]}
    whole = call("list_changes")
    assert (whole.status, whole.json["changes"], "Link" in whole.headers) == (200, history, False)
    assert call("list_changes", query={"after": ["4"]}).json == third


def pages(call: Call, query: dict[str, list[str]]) -> list[Any]:
    """Return the pages from a query on, by their links."""
    answer = call("list_changes", query=query)
    found = [answer.json]
    while "Link" in answer.headers:
        reference, relation = answer.headers["Link"].split("; ")
        assert relation == 'rel="next"'
        query = parse_qs(urlsplit(reference.strip("<>")).query)
        assert query == {"after": [str(found[-1]["next"])], "limit": query["limit"]}
        answer = call("list_changes", query=query)
        found.append(answer.json)
    return found


def test_a_feed_without_new_changes_repeats_the_position(entry: dict[str, Any], call: Call) -> None:
    empty = call("list_changes")  # the entry has no number yet
    assert (empty.json["changes"], empty.json["next"], "Link" in empty.headers) == ([], 0, False)
    number(entry["id"])
    end = call("list_changes", query={"after": ["1"]})
    assert (end.json, "Link" in end.headers) == (empty.json | {"next": 1}, False)


def test_a_change_that_the_index_lacks_delays_the_feed_and_keeps_its_link(
    entry: dict[str, Any], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    number(entry["id"])
    monkeypatch.setattr(Changes, "_run", lambda *_: [])
    answer = call("list_changes")
    assert (answer.json["changes"], answer.json["next"]) == ([], 0)
    assert answer.headers["Link"] == '<?after=0&limit=100>; rel="next"'


@pytest.mark.parametrize("after", ["2", "999999999999999"])
def test_a_position_beyond_the_last_number_is_gone(after: str, entry: dict[str, Any], call: Call) -> None:
    number(entry["id"])
    answer = call("list_changes", query={"after": [after]})
    assert (answer.status, answer.problem["code"]) == (410, "log_reset")
    assert "ends at 1; start again at after=0" in answer.problem["detail"]


@pytest.mark.parametrize(
    "query", [{"after": ["-1"]}, {"limit": ["0"]}, {"from": ["2026-11-20"]}, {"after": ["1", "2"]}]
)
def test_a_bad_or_unknown_parameter_is_refused(query: dict[str, list[str]], call: Call) -> None:
    answer = call("list_changes", query=query)
    assert (answer.status, answer.problem["code"]) == (400, "malformed_request")


def test_an_erased_change_holds_only_the_id(entry: dict[str, Any], call: Call) -> None:
    number(entry["id"])
    CLIENT.update_item(
        TableName="timesheets",
        Key=log_key(entry["id"], 1),
        UpdateExpression="SET change = :erased REMOVE entry, #by",
        ExpressionAttributeNames={"#by": "by"},
        ExpressionAttributeValues={":erased": {"S": "erased"}},
    )
    erased = {"change": "erased", "version": 1, "at": entry["created_at"], "entry": {"id": entry["id"]}}
    assert call("list_changes").json["changes"] == [erased | {"number": 1}]
    assert call("get_history", entry["id"]).json == [erased]
