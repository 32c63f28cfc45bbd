"""The template's routes, authorizer and table, against the code and openapi.yaml."""

import json
import re
from typing import Any

import pytest

from local.issuer.seed import Seed
from tests.repository.transform import of_type, transformed
from tests.support import PROJECT
from timesheets.routes import ROUTES, Route


@pytest.fixture(scope="module")
def api() -> dict[str, Any]:
    body: dict[str, Any] = of_type(transformed(), "AWS::ApiGateway::RestApi")["Api"]["Body"]
    return body


@pytest.fixture(scope="module")
def functions() -> dict[str, dict[str, Any]]:
    return of_type(transformed(), "AWS::Lambda::Function")


def methods(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        if method != "options"
    }


def test_the_gateway_serves_the_routes_of_the_table(api: dict[str, Any]) -> None:
    assert set(methods(api)) == {(route.method, route.path) for route in ROUTES}


def test_openapi_describes_the_routes_of_the_table(openapi: dict[str, Any]) -> None:
    assert set(methods(openapi)) == {(route.method, route.path) for route in ROUTES}


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_openapi_requires_the_scope_of_the_table(route: Route, openapi: dict[str, Any]) -> None:
    assert methods(openapi)[route.method, route.path]["security"] == [{"oauth2": [route.scope]}]


def test_openapi_lists_the_scopes_that_people_and_clients_can_get(openapi: dict[str, Any]) -> None:
    flows = openapi["components"]["securitySchemes"]["oauth2"]["flows"]
    directory = Seed().directory
    api, *_ = directory.apis
    people = {scope for user in directory.users for scope in directory.permissions(user, api)}
    jobs = {scope for client in directory.clients for scope in client.granted.get(api.audience, ())}
    assert set(flows["authorizationCode"]["scopes"]) == people
    assert set(flows["clientCredentials"]["scopes"]) == jobs
    assert people | jobs == api.permissions.keys() == {route.scope for route in ROUTES}


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
    deployed = {function["Handler"].partition(".")[0] for function in functions.values()}
    assert deployed == {path.stem for path in (PROJECT / "handlers").glob("*.py")} | {"app"}


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
def test_a_malformed_token_is_refused_before_a_function_runs(
    header: str, api: dict[str, Any], *, passes: bool
) -> None:
    scheme = api["components"]["securitySchemes"]["TokenAuthorizer"]["x-amazon-apigateway-authorizer"]
    assert bool(re.fullmatch(scheme["identityValidationExpression"], header)) == passes


def test_the_authorizer_is_called_by_its_alias(api: dict[str, Any]) -> None:
    scheme = api["components"]["securitySchemes"]["TokenAuthorizer"]["x-amazon-apigateway-authorizer"]
    assert "AuthorizerFunctionAliaslive" in json.dumps(scheme["authorizerUri"])
    alias = of_type(transformed(), "AWS::Lambda::Alias")["AuthorizerFunctionAliaslive"]["Name"]
    assert f":{alias}" in json.dumps(scheme["authorizerUri"])


def test_the_table_is_kept_and_can_be_restored_to_any_minute(template: dict[str, Any]) -> None:
    """MiniStack's CloudFormation does not turn recovery on, so no rehearsal can check it."""
    table = template["Resources"]["Table"]
    assert table["DeletionPolicy"] == table["UpdateReplacePolicy"] == "Retain"
    recovery = table["Properties"]["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35}


def test_the_template_names_no_partition() -> None:
    assert "arn:aws" not in (PROJECT / "template.yaml").read_text()
