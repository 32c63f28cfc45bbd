"""The template's parameters: CloudFormation refuses values that the stack or its functions cannot use."""

import itertools
import re
import tomllib
from datetime import date
from typing import Any

import pytest

from tests.repository.transform import transformed
from tests.support import PROJECT
from timesheets.settings import Settings as HandlerSettings
from timesheets.settings import clock_leeway
from tokens.settings import Settings

SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:timesheets/signing-AbC123"
KEY = "arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"

ACCEPTED = {
    "TokenIssuer": [
        "https://tenant.eu.auth0.com/",
        "https://login.microsoftonline.com/1234abcd-12ab-34cd-56ef-1234567890ab/v2.0",
        "http://127.0.0.1:3001/",
        "http://localhost:3001/",
    ],
    "Audience": [
        "https://api.exampleco.com/timesheets",
        "api://1234abcd-12ab-34cd-56ef-1234567890ab",
        "urn:x",
    ],
    "TokenAlgorithm": ["RS256", "HS256"],
    "TokenSecretArn": ["", SECRET, SECRET.replace("arn:aws:", "arn:aws-cn:")],
    "TokenSecretKeyArn": ["", KEY, KEY.replace("key/", "key/mrk-")],
    "TokenLeeway": ["0", "5", "9", "10", "59", "60"],
    "EarliestDate": ["2000-01-01", "1999-12-31", "2000-02-28"],
    "DaysAhead": ["0", "366", "999999"],
    "JwksUri": ["", "https://dev-12345678.okta.com/oauth2/default/v1/keys", "http://127.0.0.1:3001/jwks"],
    "ClaimsNamespace": ["", "https://api.exampleco.com", "https://api.exampleco.com/"],
    "AllowedOrigins": [
        "*",
        "https://app.exampleco.com",
        "http://localhost:5173,https://app.exampleco.com:8443",
    ],
    "AlarmEmail": ["", "team@exampleco.com", "Team+alarms@exampleco.co.uk"],
    "Reminders": ["true", "false"],
    "TimeZone": [
        "UTC",
        "Europe/Berlin",
        "America/Argentina/ComodRivadavia",
        "America/Port-au-Prince",
        "Etc/GMT+5",
    ],
    "GradualDeployment": ["true", "false"],
    "SnapStart": ["true", "false"],
    "ProtectData": ["true", "false"],
    "TableKeyArn": ["", KEY],
    "LogRetention": ["1", "90", "3653"],
    "RequestRate": ["1", "50", "99999"],
    "UploadRate": ["1", "10"],
    "AuthorizerConcurrency": ["0", "1", "100"],
    "ApiGatewayLogRole": ["create", "present"],
    "DomainName": ["", "api.exampleco.com", "xn--bcher-kva.example"],
    "CertificateArn": ["", CERTIFICATE],
    "Waf": ["true", "false"],
    "Architecture": ["arm64", "x86_64"],
}
REFUSED = {
    "TokenIssuer": [
        "",
        "tenant.eu.auth0.com",
        "https://TENANT.eu.auth0.com/",
        "https://tenant.eu.auth0.com/?a=b",
        "https://user@tenant.eu.auth0.com/",
        "https://tenant.eu.auth0.com/ x",
        "http://tenant.eu.auth0.com/",
        "http://localhost.example.com/",
        f"https://tenant.eu.auth0.com/{'a' * 52}/",
    ],
    "Audience": ["", "urn:x y z", 'urn:"x"', "urn:\\x", "urn:ü", "a" * 58],
    "TokenAlgorithm": ["", "none", "rs256", "ES256"],
    "TokenSecretArn": [
        "my-secret",
        SECRET.removesuffix("-AbC123"),
        SECRET + "x",
        SECRET.replace("signing", "s" * 60),
        SECRET.replace(":secretsmanager:", ":ssm:"),
    ],
    "TokenSecretKeyArn": ["my-key", KEY.replace("key/", "alias/"), "1234abcd-12ab-34cd-56ef-1234567890ab"],
    "TokenLeeway": ["", "2.5", "5.0", "1e1", "+5", "-1", "05", "61", "100", "5 ", "٥"],
    "EarliestDate": ["", "2000-1-1", "2000-13-01", "2000-02-30", "2000-04-31", "0000-01-01", "yesterday"],
    "DaysAhead": ["", "1.5", "1e3", "+1", "-1", "007", "1000000"],
    "JwksUri": [
        "jwks.json",
        "http://tenant.eu.auth0.com/jwks",
        "https://user:pass@tenant.eu.auth0.com/jwks",
        "https://tenant.eu.auth0.com/jwks#x",
        "https://tenant.eu.auth0.com",
        f"https://tenant.eu.auth0.com/{'a' * 40}",
    ],
    "ClaimsNamespace": ["https://a b", 'https://"', "a" * 41],
    "AllowedOrigins": [
        "",
        "app.exampleco.com",
        "https://app.exampleco.com/",
        "https://app.exampleco.com/app",
        "https://App.exampleco.com",
        "https://*.exampleco.com",
        "*,https://app.exampleco.com",
        "https://a.example, https://b.example",
        "https://a.example,",
        "null",
        "https://a'b.example",
        ",".join(["https://app.exampleco.com"] * 8),
    ],
    "AlarmEmail": ["team", "a@b,c@d", "Team <team@exampleco.com>"],
    "Reminders": ["", "yes", "True"],
    "TimeZone": ["", "Europe/", "/Berlin", "Europe/Berlin ", "../etc/passwd", "+01:00", "A" * 51],
    "GradualDeployment": ["", "yes", "True"],
    "SnapStart": ["", "yes", "True"],
    "ProtectData": ["", "yes", "True"],
    "TableKeyArn": ["alias/timesheets", KEY.replace("key/", "alias/")],
    "LogRetention": ["", "0", "2", "7.0", "1e1"],
    "RequestRate": ["", "0", "2.5", "1e1", "+5", "-1", "00", "050", "100000"],
    "UploadRate": ["", "0", "1.5", "1e1", "+5"],
    "AuthorizerConcurrency": ["", "0.5", "00", "01", "-1", "1e1"],
    "ApiGatewayLogRole": ["", "absent"],
    "DomainName": ["https://api.exampleco.com", "api", "API.exampleco.com", "api.exampleco.com/", "*"],
    "CertificateArn": ["certificate", KEY, CERTIFICATE + "/"],
    "Waf": ["", "yes"],
    "Architecture": ["", "arm", "x86"],
}

type Parameters = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def parameters() -> Parameters:
    declared: Parameters = transformed()["Parameters"]
    return declared


def is_accepted(parameter: dict[str, Any], value: str) -> bool:
    """Return whether CloudFormation accepts a value: the pattern must match all of it."""
    if "AllowedValues" in parameter:
        return value in parameter["AllowedValues"]
    return re.fullmatch(parameter["AllowedPattern"], value, re.ASCII) is not None and len(
        value
    ) <= parameter.get("MaxLength", 4096)


def cases(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in table.items() for value in values]


def test_every_parameter_is_in_the_tables(parameters: Parameters) -> None:
    assert parameters.keys() == ACCEPTED.keys() == REFUSED.keys()


def test_every_parameter_is_constrained(parameters: Parameters) -> None:
    """A Number would accept 2.5, 1e1 and +5, so every parameter is a String."""
    for name, parameter in parameters.items():
        assert parameter["Type"] == "String"
        assert ("AllowedValues" in parameter) != ("AllowedPattern" in parameter), name
        if "AllowedPattern" in parameter:
            assert parameter["ConstraintDescription"].startswith(f"{name} must be "), name


@pytest.mark.parametrize(("name", "value"), cases(ACCEPTED))
def test_a_valid_value_is_accepted(name: str, value: str, parameters: Parameters) -> None:
    assert is_accepted(parameters[name], value)


@pytest.mark.parametrize(("name", "value"), cases(REFUSED))
def test_an_invalid_value_is_refused(name: str, value: str, parameters: Parameters) -> None:
    assert not is_accepted(parameters[name], value)


def test_every_default_is_accepted(parameters: Parameters) -> None:
    defaults = {
        name: parameter["Default"] for name, parameter in parameters.items() if "Default" in parameter
    }
    assert parameters.keys() - defaults.keys() == {"TokenIssuer"}
    assert [name for name, value in defaults.items() if not is_accepted(parameters[name], value)] == []


def test_the_environments_need_an_issuer_only(parameters: Parameters) -> None:
    """samconfig.toml has a placeholder in capitals for it, which the template refuses."""
    environments = tomllib.loads((PROJECT / "samconfig.toml").read_text())
    for environment in ("dev", "staging", "prod"):
        overrides = environments[environment]["deploy"]["parameters"]["parameter_overrides"]
        given = dict(override.split("=", 1) for override in overrides)
        refused = {name for name, value in given.items() if not is_accepted(parameters[name], value)}
        assert refused == {"TokenIssuer"}, environment


@pytest.mark.parametrize("issuer", ACCEPTED["TokenIssuer"])
def test_the_authorizer_takes_an_accepted_issuer(issuer: str) -> None:
    environ = {
        "TOKEN_ISSUER": issuer,
        "AUDIENCE": "x",
        "JWKS_URI": "" if issuer.endswith("/") else "https://x/jwks",
    }
    assert Settings(environ).issuer == issuer


@pytest.mark.parametrize("uri", ACCEPTED["JwksUri"])
def test_the_authorizer_takes_an_accepted_jwks_uri(uri: str) -> None:
    issuer = "http://127.0.0.1:3001/" if uri.startswith("http:") else "https://tenant.eu.auth0.com/"
    assert Settings({"TOKEN_ISSUER": issuer, "AUDIENCE": "x", "JWKS_URI": uri}).jwks_uri


@pytest.mark.parametrize("leeway", ACCEPTED["TokenLeeway"])
def test_the_functions_take_an_accepted_leeway(leeway: str) -> None:
    assert clock_leeway({"TOKEN_LEEWAY": leeway}) == int(leeway)


def test_the_handlers_take_accepted_dates() -> None:
    for earliest, ahead in itertools.product(ACCEPTED["EarliestDate"], ACCEPTED["DaysAhead"]):
        settings = HandlerSettings({"EARLIEST_DATE": earliest, "DAYS_AHEAD": ahead})
        assert settings.entry_dates(date(2026, 11, 28)).first == date.fromisoformat(earliest)


@pytest.mark.parametrize(
    ("values", "assertion"),
    [
        ({}, ""),
        ({"DomainName": "api.exampleco.com"}, "DomainName needs CertificateArn."),
        ({"CertificateArn": CERTIFICATE}, "CertificateArn needs DomainName."),
        ({"DomainName": "api.exampleco.com", "CertificateArn": CERTIFICATE}, ""),
        ({"TokenAlgorithm": "HS256"}, "TokenAlgorithm=HS256 needs TokenSecretArn."),
        ({"TokenAlgorithm": "HS256", "TokenSecretArn": SECRET}, ""),
        ({"TokenSecretKeyArn": KEY}, "TokenSecretKeyArn is for TokenAlgorithm=HS256 only."),
        ({"TokenAlgorithm": "HS256", "TokenSecretArn": SECRET, "TokenSecretKeyArn": KEY}, ""),
    ],
)
def test_parameters_that_need_each_other(
    values: dict[str, str], assertion: str, parameters: Parameters
) -> None:
    given = {name: parameter.get("Default", "") for name, parameter in parameters.items()} | values

    def holds(node: dict[str, Any]) -> bool:
        if "Fn::Not" in node:
            return not holds(node["Fn::Not"][0])
        left, right = node["Fn::Equals"]
        return bool(given[left["Ref"]] == right)

    failed = [
        check["AssertDescription"]
        for rule in transformed()["Rules"].values()
        if holds(rule["RuleCondition"])
        for check in rule["Assertions"]
        if not holds(check["Assert"])
    ]
    assert failed == ([assertion] if assertion else [])
