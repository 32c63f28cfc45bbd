"""The template, translated as CloudFormation's SAM transform does, against the code and the documents."""

import copy
import json
import re
from typing import Any

import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from local.issuer.seed import Seed
from tests.support import PROJECT
from timesheets.model.errors import Problem, insufficient_scope, invalid_token
from timesheets.routes import ROUTES, Route
from timesheets.web.problems import HEADERS, STATUSES, problem_json
from timesheets.web.response import EXPOSED_HEADERS


@pytest.fixture(scope="module")
def translated(template: dict[str, Any]) -> dict[str, Any]:
    local = copy.deepcopy(template)
    for resource in local["Resources"].values():  # SAM wants code to be uploaded already
        properties = resource.get("Properties", {})
        properties |= {name: "s3://bucket/key" for name in ("CodeUri", "ContentUri") if name in properties}
    result: dict[str, Any] = Translator(None, Parser()).translate(local, {}, get_managed_policy_map=dict)
    return result


@pytest.fixture(scope="module")
def api(translated: dict[str, Any]) -> dict[str, Any]:
    body: dict[str, Any] = translated["Resources"]["Api"]["Properties"]["Body"]
    return body


@pytest.fixture(scope="module")
def functions(template: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        name: resource["Properties"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function"
    }


def methods(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "options"
    }


def test_the_gateway_serves_exactly_the_routes_of_the_table(api: dict[str, Any]) -> None:
    assert set(methods(api)) == {(route.method, route.path) for route in ROUTES}


def test_the_document_describes_exactly_the_routes_of_the_table(openapi: dict[str, Any]) -> None:
    assert set(methods(openapi)) == {(route.method, route.path) for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_the_document_asks_for_the_scope_of_the_table(route: Route, openapi: dict[str, Any]) -> None:
    assert methods(openapi)[route.method, route.path]["security"] == [{"oauth2": [route.scope]}]


def test_people_sign_in_for_the_roles_scopes_and_batch_jobs_for_their_own(openapi: dict[str, Any]) -> None:
    flows = openapi["components"]["securitySchemes"]["oauth2"]["flows"]
    directory = Seed().directory
    api, *_ = directory.apis
    of_people = {scope for user in directory.users for scope in directory.permissions(user, api)}
    of_jobs = {scope for client in directory.clients for scope in client.granted.get(api.audience, ())}
    assert set(flows["authorizationCode"]["scopes"]) == of_people
    assert set(flows["clientCredentials"]["scopes"]) == of_jobs
    assert of_people | of_jobs == api.permissions.keys() == {route.scope for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_route_needs_a_token_and_runs_its_own_handler(
    route: Route, api: dict[str, Any], openapi: dict[str, Any], functions: dict[str, dict[str, Any]]
) -> None:
    method = methods(api)[route.method, route.path]
    assert method["security"] == [{"TokenAuthorizer": []}]
    called = re.findall(r"\$\{(\w+)Aliaslive\}", json.dumps(method["x-amazon-apigateway-integration"]))
    name = methods(openapi)[route.method, route.path]["operationId"]
    assert [functions[function]["Handler"] for function in called] == [f"{name}.lambda_handler"]
    handler = (PROJECT / "handlers" / f"{name}.py").read_text()
    assert f'"""{route.method} {route.path}:' in handler


def test_every_handler_is_deployed(functions: dict[str, dict[str, Any]]) -> None:
    deployed = {f["Handler"].partition(".")[0] for f in functions.values() if f["CodeUri"] == "handlers/"}
    assert deployed == {path.stem for path in (PROJECT / "handlers").glob("*.py")}


def test_preflights_need_no_token_and_allow_every_method(api: dict[str, Any]) -> None:
    for operations in api["paths"].values():
        assert "security" not in operations["options"]
        answer = operations["options"]["x-amazon-apigateway-integration"]["responses"]["default"]
        allowed = answer["responseParameters"]["method.response.header.Access-Control-Allow-Methods"]
        assert {method.upper() for method in operations} <= set(allowed.strip("'").split(","))


@pytest.mark.parametrize(
    ("header", "passes"),
    [
        ("Bearer abc.def.ghi", True),
        ("bearer a-b.c_d.e", True),
        ("BEARER  abc.def.ghi", True),
        ("", False),
        ("Bearer", False),
        ("Bearer ", False),
        ("abc.def.ghi", False),
        ("Bearer abc.def", False),
        ("Bearer abc.def.", False),
        ("Bearer abc.def.ghi.jkl", False),
        ("Bearer abc.def.g^i", False),
        ("Bearer abc.def.[hi]", False),
        ("Bearer abc.def.ghi ", False),
        ("Basic abc.def.ghi", False),
        ("Bearer abc.déf.ghi", False),
    ],
)
def test_junk_is_refused_before_a_function_runs(header: str, passes: bool, api: dict[str, Any]) -> None:  # noqa: FBT001
    scheme = api["components"]["securitySchemes"]["TokenAuthorizer"]["x-amazon-apigateway-authorizer"]
    assert bool(re.fullmatch(scheme["identityValidationExpression"], header)) == passes


def answers(api: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api["x-amazon-apigateway-gateway-responses"]
    return found


def test_the_gateways_own_answers_are_the_contracts_problems(api: dict[str, Any]) -> None:
    for kind, answer in answers(api).items():
        body = json.loads(answer["responseTemplates"]["application/json"])
        assert body == problem_json(Problem(body["code"], body["detail"])), kind
        assert int(answer["statusCode"]) == body["status"]
        headers = answer["responseParameters"]
        assert headers["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        assert headers["gatewayresponse.header.Access-Control-Expose-Headers"] == f"'{EXPOSED_HEADERS}'"
        assert "gatewayresponse.header.Access-Control-Allow-Origin" in headers
        retried = body["code"] in ("too_many_requests", "service_unavailable")
        assert ("gatewayresponse.header.Retry-After" in headers) == retried


@pytest.mark.parametrize(
    ("kind", "problem"), [("UNAUTHORIZED", invalid_token()), ("ACCESS_DENIED", insufficient_scope())]
)
def test_gateway_and_handlers_refuse_in_the_same_words(
    kind: str, problem: Problem, api: dict[str, Any]
) -> None:
    answer = answers(api)[kind]
    assert json.loads(answer["responseTemplates"]["application/json"]) == problem_json(problem)
    challenge = answer["responseParameters"]["gatewayresponse.header.WWW-Authenticate"]
    assert challenge == f"'{HEADERS[problem.code]['WWW-Authenticate']}'"


def test_every_status_the_gateway_makes_is_answered(api: dict[str, Any]) -> None:
    statuses = {int(answer["statusCode"]) for answer in answers(api).values()}
    assert statuses == {400, 401, 403, 404, 413, 429, 500, 503}
    assert {"DEFAULT_4XX", "DEFAULT_5XX"} <= set(answers(api))
    assert statuses <= {int(status) for status in STATUSES.values()}


def test_the_authorizer_is_bound_by_its_alias(translated: dict[str, Any], api: dict[str, Any]) -> None:
    scheme = api["components"]["securitySchemes"]["TokenAuthorizer"]["x-amazon-apigateway-authorizer"]
    assert "AuthorizerFunctionAliaslive" in json.dumps(scheme["authorizerUri"])
    alias = translated["Resources"]["AuthorizerFunctionAliaslive"]["Properties"]["Name"]
    assert f":{alias}" in json.dumps(scheme["authorizerUri"])


def test_the_access_log_is_json_of_what_can_hold_no_token(template: dict[str, Any]) -> None:
    line = template["Resources"]["Api"]["Properties"]["AccessLogSetting"]["Format"]
    named = set(re.findall(r"\$context\.([\w.]+)", line))
    assert json.loads(re.sub(r"\$context\.[\w.]+", "0", line)).keys() > {"status", "sub", "refusal"}
    # Who was let in, by whom and from where; what was asked for, by the route's own name; how it went.
    assert {name.partition(".")[0] for name in named} == {
        *("authorizer", "error", "httpMethod", "identity", "integration", "requestId", "requestTime"),
        *("resourcePath", "responseLatency", "responseLength", "status", "xrayTraceId"),
    }
    assert {name for name in named if name.startswith("authorizer.")} == {
        *("authorizer.sub", "authorizer.client_id", "authorizer.latency"),
    }
    assert {name for name in named if name.startswith("identity.")} == {"identity.sourceIp"}


def test_every_alarm_tells_the_topic_and_is_on_the_dashboard(template: dict[str, Any]) -> None:
    resources = template["Resources"]
    alarms = {name for name, one in resources.items() if one["Type"] == "AWS::CloudWatch::Alarm"}
    body = resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    assert set(re.findall(r"\$\{(\w+)\.Arn\}", body)) == alarms
    json.loads(body)
    for name in alarms:
        assert resources[name]["Properties"]["AlarmActions"] == [{"Ref": "AlarmTopic"}]
    rolled_back_by = template["Globals"]["Function"]["DeploymentPreference"]["Alarms"]
    assert {one["Ref"] for one in rolled_back_by} <= alarms


def test_the_metrics_of_alarms_are_those_the_code_counts(template: dict[str, Any]) -> None:
    code = "".join(path.read_text() for path in PROJECT.glob("authorizer/**/*.py"))
    filters = [one for one in template["Resources"].values() if one["Type"] == "AWS::Logs::MetricFilter"]
    made = {t["MetricName"] for one in filters for t in one["Properties"]["MetricTransformations"]}
    own = template["Globals"]["Function"]["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"]
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        if resource["Type"] == "AWS::CloudWatch::Alarm" and properties["Namespace"] == own:
            assert properties["MetricName"] in made or f'"{properties["MetricName"]}"' in code


def test_the_table_is_kept_and_can_be_restored_to_any_minute(template: dict[str, Any]) -> None:
    """MiniStack's CloudFormation does not switch recovery on, so no rehearsal can look at it."""
    table = template["Resources"]["Table"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    recovery = table["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35}


def test_no_partition_is_taken_for_granted() -> None:
    assert "arn:aws" not in (PROJECT / "template.yaml").read_text()


def referenced(node: object) -> set[str]:
    """Return the parameters and resources that a piece of the template refers to."""
    if isinstance(node, dict):
        own = {node["Ref"]} if "Ref" in node else set()
        return own.union(*map(referenced, node.values()))
    if isinstance(node, list):
        return set().union(*map(referenced, node))
    return set(re.findall(r"\$\{(\w+)\}", node)) if isinstance(node, str) else set()


def test_a_change_of_any_setting_publishes_a_version(
    template: dict[str, Any], functions: dict[str, dict[str, Any]]
) -> None:
    """SAM's own rule looks at the template, not at its parameters' values."""
    shared = referenced(template["Globals"]["Function"]["Environment"])
    for name, function in functions.items():
        settings = (referenced(function["Environment"]) | shared) - {"CursorSecret"}  # which never changes
        assert settings <= referenced(function["VersionDescription"]), name
        assert function["AutoPublishAliasAllProperties"] is True
