"""POST /approvals: many decisions in one call."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from timesheets.model.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from tests.unit.support import Answer

type Call = Callable[..., "Answer"]
type Decide = Callable[..., list[dict[str, Any]]]

pytestmark = pytest.mark.usefixtures("table")

REJECT = {"approved": False, "reason": "Which customer?"}


@pytest.fixture
def log(call: Call) -> Callable[..., dict[str, Any]]:
    """Return a function that logs an entry of a user."""

    def log_entry(user: str = "ana") -> dict[str, Any]:
        entry: dict[str, Any] = call("create_timesheet", sub=f"auth0|{user}").json
        return entry

    return log_entry


@pytest.fixture
def decide(call: Call) -> Decide:
    """Return a function that sends rows and returns their results."""

    def send(*rows: object, **changes: Any) -> list[dict[str, Any]]:
        answer = call("decide_approvals", body=list(rows), **changes)
        assert answer.status == 207
        results: list[dict[str, Any]] = answer.json["results"]
        assert [result["index"] for result in results] == list(range(len(rows)))
        return results

    return send


def row(entry: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"id": entry["id"], "version": entry["version"], "approved": True} | changes


def outcomes(results: list[dict[str, Any]]) -> list[str]:
    return [result["problem"]["code"] if "problem" in result else result["status"] for result in results]


def test_each_row_is_decided_or_refused_by_itself(
    log: Callable[..., Any], call: Call, decide: Decide
) -> None:
    approved, rejected, stale, own, decided = log(), log("carl"), log(), log("mia"), log()
    call("correct_timesheet", stale["id"], body={"notes": "New"}, sub="auth0|ana")
    decided = call("decide_approval", decided["id"], body="").json
    results = decide(
        row(approved),
        {"id": rejected["id"], "version": 1} | REJECT,
        row(stale),
        row(own),
        row(decided) | REJECT,
        {"id": "0" * 48, "version": 1, "approved": True},
        {"id": "not an id", "version": 1, "approved": True},
        {"id": approved["id"], "approved": True},
        "approve everything",
    )
    assert outcomes(results) == [
        "decided",
        "decided",
        "version_mismatch",
        "self_approval",
        "conflict",
        "not_found",
        "not_found",
        "invalid_entry",
        "invalid_entry",
    ]
    assert [result["status"] for result in results[2:]] == ["refused"] * 7
    assert results[0]["entry"] == call("get_approval", approved["id"]).json
    assert results[1]["entry"] == call("get_approval", rejected["id"]).json
    assert (results[0]["entry"]["status"], results[0]["entry"]["version"]) == ("approved", 2)
    assert (results[1]["entry"]["reason"], results[1]["entry"]["reviewed_by"]) == (
        REJECT["reason"],
        "auth0|mia",
    )
    assert results[7]["problem"]["errors"] == [{"pointer": "/version", "detail": "is required"}]
    assert call("get_approval", stale["id"]).json["status"] == "pending"
    assert call("get_approval", decided["id"]).json == decided


def test_a_repeated_call_changes_nothing(log: Callable[..., Any], decide: Decide) -> None:
    entries = [log() for _ in range(20)]
    rows = [row(entry) | (REJECT if n % 2 else {}) for n, entry in enumerate(entries)]
    first = decide(*rows)
    assert outcomes(first) == ["decided"] * 20
    for reviewer in ("auth0|mia", "auth0|max"):
        again = decide(*rows, sub=reviewer)
        assert outcomes(again) == ["unchanged"] * 20
        assert [result["entry"] for result in again] == [result["entry"] for result in first]


def test_rows_for_the_same_entry_are_applied_in_order(log: Callable[..., Any], decide: Decide) -> None:
    first, second = log(), log()
    results = decide(
        row(first), row(second, **REJECT), row(first), row(first, **REJECT), row(second, version=2, **REJECT),
        row(first, version=2, **REJECT), row(first, version=3)
    )  # fmt: skip
    assert outcomes(results) == [
        "decided", "decided", "unchanged", "version_mismatch", "unchanged", "conflict", "version_mismatch"
    ]  # fmt: skip


def test_a_decided_entry_that_changed_since_is_not_unchanged(
    log: Callable[..., Any], call: Call, decide: Decide
) -> None:
    entry = log()
    decide(row(entry))
    call("reopen_approval", entry["id"])
    assert outcomes(decide(row(entry))) == ["version_mismatch"]
    call("correct_timesheet", entry["id"], body={"hours": 1}, sub="auth0|ana")
    call("decide_approval", entry["id"], body="")
    assert outcomes(decide(row(entry), row(entry, version=4))) == ["version_mismatch", "unchanged"]


def test_decisions_are_counted_by_their_status(
    log: Callable[..., Any], decide: Decide, written: Callable[[], str]
) -> None:
    rows = [row(log()) | (REJECT if n < 4 else {}) for n in range(10)]
    decide(rows[0])
    written()
    assert outcomes(decide(*rows)) == ["unchanged"] + ["decided"] * 9
    metrics = [json.loads(line) for line in written().splitlines() if "EntriesDecided" in line]
    counts = {metric["status"]: metric["EntriesDecided"] for metric in metrics}
    assert counts == {"approved": [6.0], "rejected": [3.0]}


@pytest.mark.parametrize("body", ["[]", "{}", '{"id": "1", "version": 1, "approved": true}', "1", "null"])
def test_anything_but_an_array_is_refused(body: str, call: Call) -> None:
    answer = call("decide_approvals", body=body)
    assert (answer.status, answer.problem["code"]) == (422, "invalid_entry")
    assert answer.problem["errors"] == [{"pointer": "", "detail": "must be an array of 1 to 100 decisions"}]


@pytest.mark.parametrize("body", ["", "[", "[NaN]", '[{"id": 1,}]'])
def test_a_body_that_is_not_json_is_refused(body: str, call: Call) -> None:
    answer = call("decide_approvals", body=body)
    assert (answer.status, answer.problem["code"]) == (400, "malformed_request")


def test_a_duplicate_member_refuses_its_row_only(log: Callable[..., Any], call: Call) -> None:
    good, other = log(), log()
    twice = json.dumps(row(other))[:-1] + ', "approved": true}'
    answer = call("decide_approvals", body=f"[{json.dumps(row(good))}, {twice}]")
    assert outcomes(answer.json["results"]) == ["decided", "malformed_request"]


@pytest.fixture
def lost_race(monkeypatch: pytest.MonkeyPatch, call: Call) -> Callable[..., None]:
    """Return a function that lets a request of another caller come between the read and the write."""
    from timesheets.store.entries import Entries  # noqa: PLC0415 after the environment is set

    replace = Entries.replace

    def prepare(*request: Any, **changes: Any) -> None:
        def late(self: Entries, *arguments: Any) -> None:
            monkeypatch.setattr(Entries, "replace", replace)
            call(*request, **changes)
            replace(self, *arguments)

        monkeypatch.setattr(Entries, "replace", late)

    return prepare


@pytest.mark.parametrize(
    ("request_", "changes", "outcome"),
    [
        ("correct_timesheet", {"body": {"hours": 1}, "sub": "auth0|ana"}, "version_mismatch"),
        ("delete_timesheet", {"sub": "auth0|ana"}, "not_found"),
        ("decide_approval", {"body": "", "sub": "auth0|max"}, "unchanged"),
        ("decide_approval", {"body": REJECT, "sub": "auth0|max"}, "version_mismatch"),
    ],
)
def test_an_entry_that_changes_before_the_write_is_decided_again_at_the_rows_version(
    request_: str,
    changes: dict[str, Any],
    outcome: str,
    lost_race: Callable[..., None],
    log: Callable[..., Any],
    decide: Decide,
) -> None:
    entry, other = log(), log("carl")
    lost_race(request_, entry["id"], **changes)
    first, second = decide(row(entry), row(other))
    assert outcomes([first]) == [outcome]
    assert outcomes([second]) == ["decided"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Unavailable, "service_unavailable"), (Conflict, "conflict"), (KeyError, "internal_error")],
)
def test_a_fault_refuses_its_row_only(
    fault: type[Exception],
    code: str,
    log: Callable[..., Any],
    decide: Decide,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from timesheets.store.entries import Entries  # noqa: PLC0415 after the environment is set

    entries = [log() for _ in range(5)]
    replace = Entries.replace

    def faulty(self: Entries, old: Any, *arguments: Any) -> None:
        if old.id == entries[2]["id"]:
            raise fault
        replace(self, old, *arguments)

    monkeypatch.setattr(Entries, "replace", faulty)
    results = decide(*map(row, entries))
    assert outcomes(results) == ["decided", "decided", code, "decided", "decided"]
    monkeypatch.undo()
    assert outcomes(decide(*map(row, entries)))[2] == "decided"


@pytest.mark.parametrize("method", ["find_many", "replace"])
def test_an_outage_is_answered_for_the_whole_call(
    method: str, log: Callable[..., Any], call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    from timesheets.store.entries import Entries  # noqa: PLC0415 after the environment is set

    def outage(*_: object) -> None:
        raise Unavailable

    rows = [row(log()) for _ in range(3)]
    monkeypatch.setattr(Entries, method, outage)
    answer = call("decide_approvals", body=rows)
    assert (answer.status, answer.problem["code"]) == (503, "service_unavailable")
    assert answer.headers["Retry-After"] == "1"
