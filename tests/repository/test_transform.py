"""Rules for the transformed template, which is what CloudFormation deploys."""

import itertools
import re
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest

from tests.repository.transform import PRODUCTION, of_type, transform, transformed
from timesheets.routes import ROUTES

MAX_DESCRIPTION = 256
"""Characters of a function version's description."""
LONGEST = {
    "TokenLeeway": "60",
    "EarliestDate": "2000-01-01",
    "DaysAhead": "999999",
    "TableSuffix": "1A2B3C4D5E6F7",
    "EventBus": "s" * 128,  # a stack's name
    "Keys": "https://" + "k" * 52,  # JwksUri, or the name of the secret: both 60 at most
}
OTHER_VALUES = {"AllowedOrigins": "https://other.exampleco.com,https://app.exampleco.com"}
"""For each parameter in the API's body, another value than production's."""


def references(node: Any, conditions: Mapping[str, bool]) -> Iterator[str]:
    """Yield the names a part refers to, of Fn::If in both branches unless the condition is given."""
    if isinstance(node, dict):
        if "Fn::If" in node:
            condition, then, otherwise = node["Fn::If"]
            branches = (
                [then if conditions[condition] else otherwise]
                if condition in conditions
                else [then, otherwise]
            )
            yield from references(branches, conditions)
            return
        if "Ref" in node:
            yield node["Ref"]
        if "Fn::GetAtt" in node:
            yield node["Fn::GetAtt"][0]
        depends = node.get("DependsOn", [])
        yield from [depends] if isinstance(depends, str) else depends
        yield from references(list(node.values()), conditions)
    elif isinstance(node, list):
        for item in node:
            yield from references(item, conditions)
    elif isinstance(node, str):
        yield from re.findall(r"\$\{(\w+)[\w.]*\}", node)


def only(template: dict[str, Any], kind: str) -> str:
    (name,) = of_type(template, kind)
    return name


def deployment(**parameters: str) -> str:
    return only(transform(**parameters), "AWS::ApiGateway::Deployment")


@pytest.mark.parametrize("given", [transform, transformed])
def test_nothing_refers_to_a_resource_that_a_condition_leaves_out(
    given: Callable[[], dict[str, Any]],
) -> None:
    """Gradual deployments are off by default, and on in production."""
    template = given()
    conditional = {n: r["Condition"] for n, r in template["Resources"].items() if "Condition" in r}
    names = sorted(set(conditional.values()))
    for values in itertools.product([True, False], repeat=len(names)):
        conditions = dict(zip(names, values, strict=True))
        absent = {name for name, condition in conditional.items() if not conditions[condition]}
        for name, part in (template["Resources"] | template["Outputs"]).items():
            if name not in absent and conditions.get(part.get("Condition"), True):
                assert absent.isdisjoint(references(part, conditions)), (name, conditions)


def test_a_replaced_version_stays_for_a_rollback() -> None:
    for name, resource in transformed()["Resources"].items():
        if resource["Type"] == "AWS::Lambda::Version":
            assert resource["DeletionPolicy"] == "Retain"
            in_a_route = not name.startswith(("NumberChanges", "PublishChanges", "Remind"))
            assert (resource.get("UpdateReplacePolicy") == "Retain") == in_a_route


@pytest.mark.parametrize(
    ("kind", "number"), [("AWS::Lambda::EventSourceMapping", 2), ("AWS::Scheduler::Schedule", 1)]
)
def test_a_replaced_source_of_events_is_deleted(kind: str, number: int) -> None:
    """SAM passes UpdateReplacePolicy on to each resource of a function."""
    names = of_type(transformed(), kind)
    assert len(names) == number
    for name in names:
        assert "UpdateReplacePolicy" not in transformed()["Resources"][name]


def test_the_schedule_is_off_by_default_and_wakes_the_alias_in_the_time_zone() -> None:
    (schedule,) = of_type(transformed(), "AWS::Scheduler::Schedule").values()
    assert schedule["State"] == {"Fn::If": ["HasReminders", "ENABLED", "DISABLED"]}
    assert transformed()["Parameters"]["Reminders"]["Default"] == "false"
    assert schedule["ScheduleExpressionTimezone"] == {"Ref": "TimeZone"}
    assert schedule["ScheduleExpression"].startswith("cron(0 10")
    assert "Name" not in schedule  # it would be the same in each stack of the account
    target = schedule["Target"]
    assert target["Arn"] == {"Ref": "RemindFunctionAliaslive"}
    role = of_type(transformed(), "AWS::IAM::Role")[target["RoleArn"]["Fn::GetAtt"][0]]
    (policy,) = role["Policies"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert (statement["Action"], statement["Resource"]) == ("lambda:InvokeFunction", target["Arn"])


def test_the_same_parameters_give_the_same_template(monkeypatch: pytest.MonkeyPatch) -> None:
    first = transformed()
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert transform.__wrapped__(**PRODUCTION) == first


def test_a_changed_parameter_of_the_apis_body_deploys_the_api() -> None:
    parameters = transformed()["Parameters"].keys()
    body = of_type(transformed(), "AWS::ApiGateway::RestApi")["Api"]["Body"]
    assert set(references(body, {})) & parameters == OTHER_VALUES.keys()
    for name, value in OTHER_VALUES.items():
        assert deployment(**{name: value}) != deployment(), name


def test_a_parameter_that_is_not_in_the_body_does_not_deploy_the_api() -> None:
    assert deployment(TokenLeeway="7") == deployment()


def versions() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield each function's name, its properties and its version's description."""
    functions = of_type(transformed(), "AWS::Lambda::Function")
    for version in of_type(transformed(), "AWS::Lambda::Version").values():
        name = version["FunctionName"]["Ref"]
        yield name, functions[name], version["Description"]


def inputs(part: dict[str, Any]) -> set[str]:
    """Return the names that a part of the template depends on, those of its conditions included."""
    conditions = transformed()["Conditions"]
    used = [conditions[name] for name in re.findall(r"'Fn::If': \['(\w+)'", str(part))]
    return set(references([part, used], {}))


def test_a_changed_parameter_of_a_function_publishes_a_version() -> None:
    """SAM publishes for a changed template only; another description replaces the version as well."""
    fixed = {"CursorSecret", "AuthorizerConcurrency"}  # never changes; is not part of a version
    sources = (transformed()["Parameters"].keys() | {"Table", "EventBus"}) - fixed
    for name, function, description in versions():
        assert inputs(function) & sources <= inputs(description), name


def test_a_description_changes_only_with_its_function() -> None:
    """Lambda publishes no version of a function that has not changed, and the deployment fails."""
    for name, function, description in versions():
        assert inputs(description) - {"Keys", "TableSuffix"} <= inputs(function), name


def test_a_versions_description_fits_whatever_the_parameters_are() -> None:
    parameters = transformed()["Parameters"]
    for name, _, description in versions():
        text = (
            description["Fn::Sub"] if isinstance(description["Fn::Sub"], str) else description["Fn::Sub"][0]
        )
        for variable in re.findall(r"\$\{(\w+)\}", text):
            text = text.replace(f"${{{variable}}}", LONGEST.get(variable) or longest(parameters[variable]))
        assert len(text) <= MAX_DESCRIPTION, (name, len(text))


def longest(parameter: dict[str, Any]) -> str:
    if "AllowedValues" in parameter:
        return max(map(str, parameter["AllowedValues"]), key=len)
    return "x" * int(parameter["MaxLength"])


def test_throttles_name_routes_as_the_stage_does() -> None:
    (stage,) = of_type(transformed(), "AWS::ApiGateway::Stage").values()
    routes = {(f"/{route.path.replace('/', '~1')}", route.method) for route in ROUTES}
    for setting in stage["MethodSettings"]:
        assert (setting["ResourcePath"], setting["HttpMethod"]) in {("/*", "*")} | routes


def test_the_stage_writes_no_detailed_metrics() -> None:
    (stage,) = of_type(transformed(), "AWS::ApiGateway::Stage").values()
    assert not [setting for setting in stage["MethodSettings"] if setting.get("MetricsEnabled")]


def test_the_api_waits_for_the_account_to_have_its_log_role() -> None:
    api = transformed()["Resources"]["Api"]
    assert "ApiGatewayAccount" in set(references(api["Metadata"], {"SetsLogRole": True}))
    assert "DependsOn" not in api


def test_no_function_may_create_a_log_group() -> None:
    """A line that arrives after the stack is deleted would create the group again, without retention."""
    roles = of_type(transformed(), "AWS::IAM::Role")
    denied = {"Effect": "Deny", "Action": "logs:CreateLogGroup", "Resource": "*"}
    for name in of_type(transformed(), "AWS::Lambda::Function"):
        policies = [p["PolicyDocument"] for p in roles[f"{name}Role"]["Policies"] if "PolicyDocument" in p]
        assert denied in [statement for policy in policies for statement in policy["Statement"]], name


def test_a_customers_key_decrypts_the_secret_through_secrets_manager_only() -> None:
    role = of_type(transformed(), "AWS::IAM::Role")["AuthorizerFunctionRole"]
    (policy,) = [p["Fn::If"][1] for p in role["Policies"] if p.get("Fn::If", [""])[0] == "HasSecretKey"]
    (statement,) = policy["PolicyDocument"]["Statement"]
    assert statement == {
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": {"Ref": "TokenSecretKeyArn"},
        "Condition": {
            "StringEquals": {"kms:ViaService": {"Fn::Sub": "secretsmanager.${AWS::Region}.${AWS::URLSuffix}"}}
        },
    }
