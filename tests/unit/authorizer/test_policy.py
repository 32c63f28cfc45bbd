"""The policy lists the methods that a token's scopes permit, and no others."""

import fnmatch
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from timesheets.routes import ROUTES, Route
from tokens import policy
from tokens.claims import MAX_CLIENT_ID, MAX_EMAIL, MAX_NAME, MAX_SUBJECT, MAX_TIME
from tokens.policy import MAX_SCOPE, policy_for

STAGE = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1"
LIST = f"{STAGE}/GET/timesheets"
CREATE = f"{STAGE}/POST/timesheets"
UPLOAD = f"{STAGE}/POST/timesheets/upload"
READS = [
    LIST,
    f"{LIST}/",
    f"{STAGE}/GET/timesheets/*",
    f"{STAGE}/GET/timesheets/*/history",
    f"{STAGE}/GET/timesheets/*/history/",
    f"{STAGE}/GET/timesheets/weeks/*",
]


def identity(scope: str) -> dict[str, str]:
    return {"sub": "auth0|ana", "scope": scope, "exp": "1795292712", "client_id": "timesheets-mobile"}


def statement(answer: dict[str, Any]) -> dict[str, Any]:
    (only,) = answer["policyDocument"]["Statement"]
    assert only["Action"] == "execute-api:Invoke"
    return dict(only)


@pytest.mark.parametrize(
    ("scope", "effect", "resources"),
    [
        ("read:timesheets", "Allow", READS),
        (
            "create:timesheets",
            "Allow",
            [
                CREATE,
                f"{CREATE}/",
                f"{STAGE}/PATCH/timesheets/*",
                f"{STAGE}/PUT/timesheets/weeks/*/submission",
                f"{STAGE}/PUT/timesheets/weeks/*/submission/",
                f"{STAGE}/DELETE/timesheets/weeks/*/submission",
                f"{STAGE}/DELETE/timesheets/weeks/*/submission/",
            ],
        ),
        ("delete:timesheets", "Allow", [f"{STAGE}/DELETE/timesheets/*"]),
        ("batch:upload", "Allow", [UPLOAD, f"{UPLOAD}/"]),
        (
            "export:timesheets",
            "Allow",
            [
                f"{STAGE}/GET/changes",
                f"{STAGE}/GET/changes/",
                f"{STAGE}/GET/exports/weeks/*",
                f"{STAGE}/GET/exports/months/*",
            ],
        ),
        (
            "approve:timesheets openid",
            "Allow",
            [
                f"{STAGE}/GET/approvals",
                f"{STAGE}/GET/approvals/",
                f"{STAGE}/POST/approvals",
                f"{STAGE}/POST/approvals/",
                f"{STAGE}/GET/approvals/*",
                f"{STAGE}/GET/approvals/*/history",
                f"{STAGE}/GET/approvals/*/history/",
                f"{STAGE}/PUT/approvals/*",
                f"{STAGE}/DELETE/approvals/*",
                f"{STAGE}/GET/approvals/weeks/*",
            ],
        ),
        ("openid delete:timesheets read:timesheets", "Allow", [*READS, f"{STAGE}/DELETE/timesheets/*"]),
        ("", "Deny", [f"{STAGE}/*"]),
        ("READ:TIMESHEETS", "Deny", [f"{STAGE}/*"]),
        ("read:timesheetsx xread:timesheets read: *", "Deny", [f"{STAGE}/*"]),
    ],
)
def test_every_route_that_the_scopes_permit_is_listed(scope: str, effect: str, resources: list[str]) -> None:
    answer = policy_for(identity(scope), CREATE)
    granted = statement(answer)
    assert granted == {"Effect": effect, "Action": "execute-api:Invoke", "Resource": granted["Resource"]}
    assert sorted(granted["Resource"]) == sorted(resources)
    assert answer["principalId"] == "auth0|ana"


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
@pytest.mark.parametrize("requested", ["GET/timesheets", "DELETE/timesheets/a:b~c/d", "GET/", "OPTIONS/*"])
def test_resources_stay_in_the_requested_api_and_stage(partition: str, requested: str) -> None:
    stage = f"arn:{partition}:execute-api:cn-north-1:1:api/stage"
    assert statement(policy_for(identity("batch:upload"), f"{stage}/{requested}"))["Resource"] == [
        f"{stage}/POST/timesheets/upload",
        f"{stage}/POST/timesheets/upload/",
    ]


@pytest.mark.parametrize("path", ["x" * 5000, "${aws:username}", "*", "?", "a:b~c"])
def test_a_deny_omits_the_requested_path(path: str) -> None:
    requested = f"{STAGE}/GET/timesheets/{path}"
    (resource,) = statement(policy_for(identity(""), requested))["Resource"]
    assert resource == f"{STAGE}/*"
    assert fnmatch.fnmatchcase(requested, resource)


def test_a_path_parameter_becomes_a_wildcard(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = (Route("GET", "/timesheets/{id}", "own"), Route("PUT", "/a/{b}/c/{d}", "other"))
    monkeypatch.setattr(policy, "ROUTES", routes)
    assert statement(policy_for(identity("own other"), LIST))["Resource"] == [
        f"{STAGE}/GET/timesheets/*",
        f"{STAGE}/PUT/a/*/c/*",
    ]


@given(st.lists(st.sampled_from([*(route.scope for route in ROUTES), "a", "x" * 200, "*", "read:*"])))
def test_any_scopes_permit_exactly_their_routes(scopes: list[str]) -> None:
    answer = policy_for(identity(" ".join(scopes)), LIST)
    granted = statement(answer)
    permitted = {
        f"{STAGE}/{route.method}{re.sub('{.+?}', '*', route.path)}{slash}"
        for route in ROUTES
        if route.scope in scopes
        for slash in (("",) if route.path.endswith("}") else ("", "/"))
    }
    assert set(granted["Resource"]) == (permitted or {f"{STAGE}/*"})
    assert granted["Effect"] == ("Allow" if permitted else "Deny")
    assert {route.scope for route in ROUTES} & set(scopes) <= set(answer["context"]["scope"].split(" "))


def test_a_very_long_scope_is_reduced_to_the_apis_own() -> None:
    scope = " ".join(["create:timesheets", *(f"scope-{n}" for n in range(500)), "read:timesheets"])
    assert policy_for(identity(scope), LIST)["context"]["scope"] == "create:timesheets read:timesheets"


def test_answers_share_no_mutable_state() -> None:
    first = policy_for(identity("read:timesheets"), LIST)
    statement(first)["Resource"].append("*")
    assert statement(policy_for(identity("read:timesheets"), LIST))["Resource"] == READS


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_trailing_slash_does_not_change_the_decision(route: Route) -> None:
    requested = f"{STAGE}/{route.method}{route.path}/"
    granted = statement(policy_for(identity(route.scope), requested))
    assert any(fnmatch.fnmatchcase(requested, resource) for resource in granted["Resource"])


def test_the_largest_answer_is_within_api_gateways_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """All scopes, ten routes more than today, and every claim as long as it may be."""
    longest = max((route.path for route in ROUTES), key=len)
    scopes = [route.scope for route in ROUTES]
    more = [Route("DELETE", longest, scopes[0])] * 10
    monkeypatch.setattr(policy, "ROUTES", (*ROUTES, *more))
    stage = "arn:aws-us-gov:execute-api:ap-southeast-1:123456789012:a1b2c3d4e5/v1"
    caller = {
        "sub": "é" * (MAX_SUBJECT // 2),
        "scope": " ".join(scopes).ljust(MAX_SCOPE, "x"),
        "exp": str(MAX_TIME),
        "client_id": "é" * (MAX_CLIENT_ID // 2),
        "email": "é" * (MAX_EMAIL // 2),
        "name": "é" * (MAX_NAME // 2),
    }
    answer = policy_for(caller, f"{stage}/GET/timesheets")
    assert len(json.dumps(answer, ensure_ascii=False).encode()) < 8192
