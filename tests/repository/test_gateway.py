"""API Gateway's own answers and its access log; the firewall's answers."""

import json
import re
from typing import Any

import pytest

from tests.repository.transform import of_type, transformed
from timesheets.model.errors import Problem, insufficient_scope, invalid_token
from timesheets.web.problems import HEADERS, STATUSES, problem_json
from timesheets.web.response import EXPOSED_HEADERS
from tokens.claims import MAX_CLIENT_ID, MAX_SUBJECT

MAX_LINE = 1024
"""Bytes: API Gateway cuts a longer line of its access log."""
NOT_FOUND = (
    "MISSING_AUTHENTICATION_TOKEN",  # an unknown route
    "RESOURCE_NOT_FOUND",
    "INVALID_SIGNATURE",  # an unknown route with a bearer token, which API Gateway reads as an AWS signature
    "EXPIRED_TOKEN",
    "INVALID_API_KEY",
)


@pytest.fixture(scope="module")
def answers() -> dict[str, Any]:
    body = of_type(transformed(), "AWS::ApiGateway::RestApi")["Api"]["Body"]
    found: dict[str, Any] = body["x-amazon-apigateway-gateway-responses"]
    return found


def problem_of(answer: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(answer["responseTemplates"]["application/json"])
    return body


def test_every_answer_is_a_problem(answers: dict[str, Any]) -> None:
    for kind, answer in answers.items():
        body = problem_of(answer)
        assert body == problem_json(Problem(body["code"], body["detail"])), kind
        assert int(answer["statusCode"]) == body["status"]
        headers = answer["responseParameters"]
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        assert headers["gatewayresponse.header.Access-Control-Expose-Headers"] == f"'{EXPOSED_HEADERS}'"
        assert "gatewayresponse.header.Access-Control-Allow-Origin" in headers
        retryable = body["code"] in ("too_many_requests", "service_unavailable")
        assert ("gatewayresponse.header.Retry-After" in headers) == retryable


@pytest.mark.parametrize(
    ("kind", "problem"), [("UNAUTHORIZED", invalid_token()), ("ACCESS_DENIED", insufficient_scope())]
)
def test_gateway_and_handlers_send_the_same_problems(
    kind: str, problem: Problem, answers: dict[str, Any]
) -> None:
    assert problem_of(answers[kind]) == problem_json(problem)
    challenge = answers[kind]["responseParameters"]["gatewayresponse.header.WWW-Authenticate"]
    assert challenge == f"'{HEADERS[problem.code]['WWW-Authenticate']}'"


@pytest.mark.parametrize("kind", NOT_FOUND)
def test_an_unknown_route_is_not_found(kind: str, answers: dict[str, Any]) -> None:
    assert problem_of(answers[kind])["code"] == "not_found"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("WAF_FILTERED", "request_blocked"),
        ("REQUEST_TOO_LARGE", "payload_too_large"),
        ("THROTTLED", "too_many_requests"),
        ("QUOTA_EXCEEDED", "too_many_requests"),
        ("INTEGRATION_TIMEOUT", "service_unavailable"),
        ("DEFAULT_4XX", "malformed_request"),
        ("DEFAULT_5XX", "internal_error"),
    ],
)
def test_an_answer_keeps_its_own_code(kind: str, code: str, answers: dict[str, Any]) -> None:
    """DEFAULT_4XX and DEFAULT_5XX would change the status of an answer that is not listed."""
    assert problem_of(answers[kind])["code"] == code


def test_every_status_matches_its_code(answers: dict[str, Any]) -> None:
    statuses = {int(answer["statusCode"]) for answer in answers.values()}
    assert statuses <= {int(status) for status in STATUSES.values()}


def test_the_firewalls_rate_rule_answers_with_a_problem() -> None:
    """WAF refuses a Content-Type of our own, so this problem is application/json."""
    (acl,) = of_type(transformed(), "AWS::WAFv2::WebACL").values()
    (rule,) = [rule for rule in acl["Rules"] if "RateBasedStatement" in rule["Statement"]]
    response = rule["Action"]["Block"]["CustomResponse"]
    body = acl["CustomResponseBodies"][response["CustomResponseBodyKey"]]
    problem = json.loads(body["Content"])
    assert problem == problem_json(Problem("too_many_requests", problem["detail"]))
    assert response["ResponseCode"] == problem["status"]
    headers = {header["Name"]: header["Value"] for header in response["ResponseHeaders"]}
    assert headers.keys() == {"Retry-After", "Access-Control-Allow-Origin", "Access-Control-Expose-Headers"}
    assert headers["Access-Control-Expose-Headers"] == EXPOSED_HEADERS


def access_log() -> str:
    (stage,) = of_type(transformed(), "AWS::ApiGateway::Stage").values()
    line: str = stage["AccessLogSetting"]["Format"]
    return line


LONGEST = {
    "requestTime": "28/Nov/2026:15:00:00 +0000",
    "requestId": "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
    "extendedRequestId": "JKJaXmPLvHcESHA=",
    "xrayTraceId": "1-5759e988-bd862e3fe1be46a994272793",
    "httpMethod": "OPTIONS",
    "resourcePath": "/timesheets/weeks/{week}/submission",
    "status": "200",
    "error.responseType": "MISSING_AUTHENTICATION_TOKEN",
    "authorizer.sub": "s" * MAX_SUBJECT,
    "authorizer.client_id": "c" * MAX_CLIENT_ID,
    "identity.sourceIp": "2001:0db8:0000:0000:0000:ff00:0042:8329",
    "responseLatency": "29000",
    "authorizer.latency": "10000",
    "integration.latency": "29000",
    "responseLength": "10485760",
}
"""The longest value of each field. Other fields may hold a quote, a token or a stranger's text."""


def rendered(values: dict[str, str]) -> str:
    return re.sub(r"\$context\.([\w.]+)", lambda match: values[match[1]], access_log())


def test_the_access_log_line_is_json_and_is_not_cut() -> None:
    line = rendered(LONGEST)
    assert len(line.encode()) < MAX_LINE
    assert json.loads(line)["sub"] == LONGEST["authorizer.sub"]


def test_the_access_log_line_is_json_without_an_identity() -> None:
    """API Gateway writes - for an unknown value."""
    line = json.loads(rendered(dict.fromkeys(LONGEST, "-") | {"status": "403"}))
    assert line["status"] == 403
    assert line["extended_request_id"] == "-"
