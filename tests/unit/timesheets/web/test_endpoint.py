"""What every handler does with a request and its answer, from the fixtures in events/, on moto."""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from handlers import create_timesheet, list_timesheets

type Event = Callable[..., dict[str, Any]]
type Written = Callable[[], str]


type Call = Callable[[dict[str, Any]], dict[str, Any]]

pytestmark = pytest.mark.usefixtures("table")


@pytest.fixture
def create() -> Call:
    return lambda event: create_timesheet.lambda_handler(event, None)


@pytest.fixture
def listing() -> Call:
    return lambda event: list_timesheets.lambda_handler(event, None)


GOOD = {"date": "2026-11-20", "project": "Auth0 Dashboard", "hours": "7.25"}


def problem(answer: dict[str, Any]) -> dict[str, Any]:
    """Check an error's form (RFC 9457) and return it."""
    body: dict[str, Any] = json.loads(answer["body"])
    assert answer["headers"]["Content-Type"] == "application/problem+json"
    assert body["status"] == answer["statusCode"]
    assert body["type"] == f"urn:timesheets:{body['code']}"
    assert body["message"] == body["detail"]
    assert body["title"]
    return body


def test_an_entry_is_created_for_the_caller_and_listed_at_once(
    event: Event, create: Call, listing: Call
) -> None:
    created = create(event("create_timesheet"))
    entry = json.loads(created["body"])
    assert created["statusCode"] == 201
    assert created["headers"]["Location"] == f"timesheets/{entry['id']}"
    assert created["headers"]["ETag"] == '"1"'
    assert entry["user_id"] == "auth0|ana"
    assert entry["user_email"] == "ana@exampleco.com"
    assert (entry["date"], entry["project"], entry["hours"]) == ("2017-05-10", "StoreZero", 5)
    assert (entry["status"], entry["approved"], entry["version"]) == ("pending", False, 1)

    listed = listing(event("list_timesheets"))
    assert listed["statusCode"] == 200
    assert json.loads(listed["body"]) == [entry]
    assert json.loads(listing(event("list_timesheets", sub="auth0|carl"))["body"]) == []


def test_the_caller_is_who_the_token_says_whatever_the_body_claims(event: Event, create: Call) -> None:
    answer = create(event("create_timesheet", body=GOOD | {"user_id": "someone-else", "approved": True}))
    entry = json.loads(answer["body"], parse_float=Decimal)
    assert answer["statusCode"] == 201
    assert (entry["user_id"], entry["approved"], entry["hours"]) == ("auth0|ana", False, Decimal("7.25"))


def test_a_list_can_be_narrowed(event: Event, create: Call, listing: Call) -> None:
    for day, project in (("2026-11-18", "A"), ("2026-11-19", "B"), ("2026-11-20", "A")):
        create(event("create_timesheet", body=GOOD | {"date": day, "project": project}))

    def days(**query: str) -> list[str]:
        answer = listing(event("list_timesheets", query={name: [value] for name, value in query.items()}))
        return [entry["date"][-2:] for entry in json.loads(answer["body"])]

    assert days() == ["20", "19", "18"]
    assert days(**{"from": "2026-11-19", "to": "2026-11-20"}) == ["20", "19"]
    assert days(project="A") == ["20", "18"]
    assert days(status="approved") == []
    assert days(order="asc", limit="2") == ["18", "19"]
    assert days(project="A", limit="2") == ["20", "18"]


@pytest.mark.parametrize("query", [{"sort": ["date"]}, {"limit": ["1000"]}, {"limit": ["1", "2"]}])
def test_a_bad_query_is_refused(query: dict[str, list[str]], event: Event, listing: Call) -> None:
    assert problem(listing(event("list_timesheets", query=query)))["code"] == "malformed_request"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "malformed_request"),
        ("  ", "malformed_request"),
        ("{", "malformed_request"),
        ('{"date": }', "malformed_request"),
        ('{"hours": 1, "hours": 2}', "malformed_request"),
        ("[" * 100_000, "malformed_request"),
        ("\ufeff{}", "malformed_request"),
        (" " * 2**20 + "{}", "payload_too_large"),
        ("é" * 2**19 + "x", "payload_too_large"),
        ("[]", "invalid_entry"),
        ("null", "invalid_entry"),
        ('"text"', "invalid_entry"),
        ("{}", "invalid_entry"),
        ('{"date": "2026-11-20", "project": "x", "hours": 1e400}', "invalid_entry"),
        ('{"date": "2026-11-20", "project": "x", "hours": NaN}', "malformed_request"),
        ('{"date": "2026-11-20", "project": "x", "hours": 1, "version": NaN}', "malformed_request"),
        ('{"date": "2026-11-20", "project": "x", "hours": -Infinity}', "malformed_request"),
        ('{"date": "2026-11-20", "project": "x", "hours": 1e99999999999999999999}', "invalid_entry"),
        ('{"date": "2026-11-20", "project": "x", "hours": ' + "9" * 10_000 + "}", "invalid_entry"),
    ],
)
def test_a_bad_body_is_a_clear_refusal(
    body: str, code: str, event: Event, create: Call, listing: Call
) -> None:
    sent = event("create_timesheet")
    sent["body"] = body or None
    assert problem(create(sent))["code"] == code
    assert json.loads(listing(event("list_timesheets"))["body"]) == []


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        ("application/json", 201),
        ("application/json; charset=utf-8", 201),
        ("Application/JSON", 201),
        ("text/plain", 400),
        ("application/x-www-form-urlencoded", 400),
        ("", 400),
    ],
)
def test_a_body_must_be_json(content_type: str, status: int, event: Event, create: Call) -> None:
    answer = create(event("create_timesheet", body=GOOD, headers={"Content-Type": content_type}))
    assert answer["statusCode"] == status


def test_every_fault_of_an_entry_is_named(event: Event, create: Call) -> None:
    answer = create(
        event("create_timesheet", body={"date": "2026-02-30", "project": " ", "hours": 0, "x": 1})
    )
    refused = problem(answer)
    assert refused["status"] == 422
    assert [fault["pointer"] for fault in refused["errors"]] == ["/date", "/project", "/hours", "/x"]


@pytest.mark.parametrize("module", [list_timesheets, create_timesheet], ids=lambda module: module.__name__)
@pytest.mark.parametrize(
    ("claims", "status", "code", "challenge"),
    [
        ({"exp": str(int(time.time()) - 60)}, 401, "invalid_token", 'Bearer error="invalid_token"'),
        ({"scope": ""}, 403, "insufficient_scope", 'Bearer error="insufficient_scope"'),
        ({"scope": "approve:timesheets"}, 403, "insufficient_scope", 'Bearer error="insufficient_scope"'),
    ],
)
def test_a_policy_that_outlived_its_token_opens_nothing(
    module: ModuleType, claims: dict[str, str], status: int, code: str, challenge: str, event: Event
) -> None:
    answer = module.lambda_handler(event(module.__name__.split(".")[-1], **claims), None)
    assert answer["statusCode"] == status
    assert problem(answer)["code"] == code
    assert answer["headers"]["WWW-Authenticate"] == challenge


@pytest.mark.parametrize(
    ("allowed", "origin", "named"),
    [
        ("*", "https://any.example", "*"),
        ("https://a.example,https://b.example", "https://b.example", "https://b.example"),
        ("https://a.example,https://b.example", "https://c.example", None),
        ("https://a.example", None, None),
    ],
)
def test_only_a_configured_origin_is_named(
    allowed: str,
    origin: str | None,
    named: str | None,
    event: Event,
    listing: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ALLOWED_ORIGINS", allowed)
    headers = listing(event("list_timesheets", headers={"origin": origin} if origin else {}))["headers"]
    assert headers.get("Access-Control-Allow-Origin") == named
    assert "ETag" in headers["Access-Control-Expose-Headers"]
    assert ("Origin" in headers["Vary"]) == (allowed != "*")
    assert "Accept" in headers["Vary"]


def test_a_fault_of_ours_shows_nothing_of_the_inside(
    event: Event, listing: Call, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    monkeypatch.setattr(list_timesheets.store, "_table", "another-table")
    answer = listing(event("list_timesheets"))
    assert answer["statusCode"] == 500
    assert problem(answer)["code"] == "internal_error"
    assert "another-table" not in answer["body"]
    assert "ResourceNotFound" in written()


def test_logs_tell_what_happened_and_hold_no_token(event: Event, create: Call, written: Written) -> None:
    create(event("create_timesheet", headers={"Authorization": "Bearer s3cret.s3cret.s3cret"}))
    output = written()
    records = [json.loads(line) for line in output.splitlines()]
    assert {"entry created", "served"} <= {record.get("message") for record in records}
    assert any(record.get("EntriesCreated") == [1.0] for record in records)
    assert "s3cret" not in output
    assert "StoreZero" not in output
