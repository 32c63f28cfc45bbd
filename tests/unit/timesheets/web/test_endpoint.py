"""Behaviour that all handlers share: bodies, headers, CORS, problems, logs."""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from types import ModuleType
from typing import Any

import pytest

from handlers import create_timesheet, get_week, list_timesheets
from timesheets.settings import settings

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
    assert (entry["user_email"], entry["user_name"]) == ("ana@exampleco.com", "Ana")
    assert (entry["date"], entry["project"], entry["hours"]) == ("2017-05-10", "StoreZero", 5)
    assert (entry["status"], entry["approved"], entry["version"]) == ("pending", False, 1)

    listed = listing(event("list_timesheets"))
    assert listed["statusCode"] == 200
    assert json.loads(listed["body"]) == [entry]
    assert json.loads(listing(event("list_timesheets", sub="auth0|carl"))["body"]) == []


@pytest.mark.parametrize("claim", ["email", "name"])
def test_an_entry_has_no_email_or_name_that_the_token_lacks(claim: str, event: Event, create: Call) -> None:
    sent = event("create_timesheet")
    del sent["requestContext"]["authorizer"][claim]
    entry = json.loads(create(sent)["body"])
    assert {"user_email", "user_name"} - entry.keys() == {f"user_{claim}"}


def test_the_body_cannot_override_the_caller(event: Event, create: Call) -> None:
    answer = create(event("create_timesheet", body=GOOD | {"user_id": "someone-else", "approved": True}))
    entry = json.loads(answer["body"], parse_float=Decimal)
    assert answer["statusCode"] == 201
    assert (entry["user_id"], entry["approved"], entry["hours"]) == ("auth0|ana", False, Decimal("7.25"))


def test_a_list_can_be_filtered(event: Event, create: Call, listing: Call) -> None:
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
def test_a_bad_body_is_refused(body: str, code: str, event: Event, create: Call, listing: Call) -> None:
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
        ('application/json; charset="UTF-8"', 201),
        ("application/json;charset=utf8", 201),
        ("application/json; charset=iso-8859-1", 400),
        ("application/json; charset=utf-16", 400),
        ("application/json; charset=us-ascii", 400),
        ("application/json; charset=", 400),
        ("text/plain", 400),
        ("application/x-www-form-urlencoded", 400),
        ("", 400),
    ],
)
def test_a_body_must_be_json_in_utf_8(content_type: str, status: int, event: Event, create: Call) -> None:
    answer = create(event("create_timesheet", body=GOOD, headers={"Content-Type": content_type}))
    assert answer["statusCode"] == status


def test_a_body_that_was_not_utf_8_is_refused(event: Event, create: Call) -> None:
    sent = event("create_timesheet")
    # API Gateway and MiniStack decode bodies this way, however the client encoded them.
    latin_1 = '{"date": "2026-11-20", "project": "Müller", "hours": 1}'.encode("latin-1")
    sent["body"] = latin_1.decode("utf-8", errors="replace")
    refused = problem(create(sent))
    assert refused["code"] == "malformed_request"
    assert "not UTF-8" in refused["detail"]


def test_an_escaped_replacement_character_is_meant(event: Event, create: Call) -> None:
    answer = create(event("create_timesheet", body=GOOD | {"notes": "fixed the \ufffd in names"}))
    assert json.loads(answer["body"])["notes"] == "fixed the \ufffd in names"


def test_every_invalid_field_is_reported(event: Event, create: Call) -> None:
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
def test_a_handler_checks_expiry_and_scope_again(
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
def test_only_a_configured_origin_is_allowed(
    allowed: str,
    origin: str | None,
    named: str | None,
    event: Event,
    listing: Call,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "allowed_origins", frozenset(allowed.split(",")))
    headers = listing(event("list_timesheets", headers={"origin": origin} if origin else {}))["headers"]
    assert headers.get("Access-Control-Allow-Origin") == named
    assert "ETag" in headers["Access-Control-Expose-Headers"]
    assert ("Origin" in headers["Vary"]) == (allowed != "*")
    assert "Accept" in headers["Vary"]


@pytest.mark.parametrize(
    ("variable", "value", "detail", "has_cors"),
    [
        ("ALLOWED_ORIGINS", "", "ALLOWED_ORIGINS is not set", False),
        ("CURSOR_SECRET", "", "CURSOR_SECRET is not set", True),
        ("TABLE_NAME", "", "TABLE_NAME is not set", True),
        ("TOKEN_LEEWAY", "2.5", "TOKEN_LEEWAY must be a whole number of seconds from 0 to 60", True),
    ],
)
def test_a_setting_that_is_not_valid_is_a_problem_and_one_error_in_the_log(
    variable: str,
    value: str,
    detail: str,
    has_cors: bool,  # noqa: FBT001
    event: Event,
    listing: Call,
    monkeypatch: pytest.MonkeyPatch,
    written: Written,
) -> None:
    monkeypatch.setenv(variable, value)
    for name in ("allowed_origins", "cursor_secret", "table_name", "token_leeway"):
        monkeypatch.delitem(vars(settings), name, raising=False)
    answer = listing(event("list_timesheets"))
    assert (answer["statusCode"], problem(answer)["code"]) == (500, "internal_error")
    assert ("Access-Control-Allow-Origin" in answer["headers"]) == has_cors
    errors = [record for record in map(json.loads, written().splitlines()) if record.get("level") == "ERROR"]
    assert [record["message"] for record in errors] == ["setting not valid"]
    assert errors[0]["detail"].startswith(detail)


def test_an_event_without_a_request_is_a_problem(listing: Call) -> None:
    answer = listing({})
    assert (answer["statusCode"], problem(answer)["code"]) == (500, "internal_error")


def test_path_parameters_are_percent_decoded(event: Event) -> None:
    answer = get_week.lambda_handler(event("get_week", path={"week": "2026%2DW47"}), None)
    assert (answer["statusCode"], json.loads(answer["body"])["week"]) == (200, "2026-W47")


def test_an_unexpected_error_reveals_no_details(
    event: Event, listing: Call, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    monkeypatch.setattr(settings, "table_name", "another-table")
    answer = listing(event("list_timesheets"))
    assert answer["statusCode"] == 500
    assert problem(answer)["code"] == "internal_error"
    assert "another-table" not in answer["body"]
    assert "ResourceNotFound" in written()


def test_logs_and_metrics_contain_no_token_and_no_field(event: Event, create: Call, written: Written) -> None:
    create(event("create_timesheet", headers={"Authorization": "Bearer s3cret.s3cret.s3cret"}))
    output = written()
    records = [json.loads(line) for line in output.splitlines()]
    assert {"entry created", "served"} <= {record.get("message") for record in records}
    assert any(record.get("EntriesCreated") == [1.0] for record in records)
    assert "s3cret" not in output
    assert "StoreZero" not in output
