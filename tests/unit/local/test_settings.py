"""The parts of the local stack that need no stack: settings and the log's lines."""

import json

import pytest

from local.logs import readable
from local.mobile_app import configuration
from local.settings import LocalError, Settings

NOON = 1_795_176_000_000

TRACEBACK = """Traceback (most recent call last):
  File "/var/task/b.py", line 1, in f
    g()
  File "/opt/python/c.py", line 2, in g
    {}[1]
KeyError: 1"""


def test_without_overrides_the_contracts_defaults_hold() -> None:
    settings = Settings.from_environment({})
    assert settings.api_url == "http://127.0.0.1:3000"
    assert settings.issuer == "http://127.0.0.1:3001/"
    assert settings.aws_url == "http://127.0.0.1:4566"
    assert (settings.app_url, settings.app_client_id) == ("http://127.0.0.1:3002", "timesheets-mobile")


def test_every_part_can_be_moved() -> None:
    settings = Settings.from_environment(
        {
            "API_PORT": "4000",
            "ISSUER_PORT": "4001",
            "AWS_PORT": "4002",
            "APP_PORT": "4003",
            "APP_CLIENT_ID": "aBcD",
            "TOKEN_ISSUER": "https://tenant.example/",
            "AUDIENCE": "urn:api",
            "JWKS_URI": "https://tenant.example/keys",
            "AWS_ENDPOINT_URL_DYNAMODB": "http://127.0.0.1:8001",
        }
    )
    assert (settings.api_url, settings.aws_url) == ("http://127.0.0.1:4000", "http://127.0.0.1:4002")
    assert settings.local_issuer == "http://127.0.0.1:4001/"
    assert settings.app_url == "http://127.0.0.1:4003"
    assert configuration(settings) == {
        "issuer": "https://tenant.example/",
        "clientId": "aBcD",
        "audience": "urn:api",
        "api": "http://127.0.0.1:4000",
    }
    assert settings.dynamodb_endpoint == "http://127.0.0.1:8001"
    assert settings.template_parameters == {
        "Architecture": settings.architecture,
        "TokenIssuer": "https://tenant.example/",
        "Audience": "urn:api",
        "JwksUri": "https://tenant.example/keys",
        "ProtectData": "false",
        "SnapStart": "false",
        "RequestRate": "1000",
        "UploadRate": "1000",
    }


@pytest.mark.parametrize("name", ["API_PORT", "APP_PORT"])
@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "３０００"])
def test_a_bad_port_is_one_clear_line(name: str, port: str) -> None:
    with pytest.raises(LocalError, match=name):
        Settings.from_environment({name: port})


def test_an_issuer_that_is_no_address_is_one_clear_line() -> None:
    with pytest.raises(LocalError, match="TOKEN_ISSUER=foo"):
        Settings.from_environment({"TOKEN_ISSUER": "foo"})


def test_no_setting_of_the_developers_own_aws_account_reaches_the_stack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "s3cret")
    environment = Settings().aws_environment
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(environment)
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("START RequestId: 1 Version: 2", ""),
        ("END RequestId: 1", ""),
        ("REPORT RequestId: 1\tDuration: 2 ms", ""),
        ("", ""),
        ("Traceback (most recent call last):", ""),
        ('  File "/var/task/app.py", line 1, in lambda_handler', ""),
        ("Exception: Unauthorized", ""),
        ("refusal.KeysUnavailable: the issuer is down", ""),
        ("KeyError: 'x'", "KeyError: 'x'"),
        ("[1, 2]", "[1, 2]"),
        (
            json.dumps({"level": "INFO", "message": "token refused", "service": "x", "reason": "expired"}),
            "x  INFO  token refused  reason=expired",
        ),
        (
            json.dumps(
                {
                    "level": "ERROR",
                    "message": "failed",
                    "exception": TRACEBACK,
                }
            ),
            "ERROR  failed  KeyError: 1 (c.py:2)",
        ),
        (
            json.dumps(
                {
                    "_aws": {
                        "CloudWatchMetrics": [
                            {"Metrics": [{"Name": "Refused"}], "Dimensions": [["code", "service"]]}
                        ]
                    },
                    "service": "x",
                    "code": "invalid_entry",
                    "Refused": [1.0],
                }
            ),
            "x  metric  Refused=1  code=invalid_entry",
        ),
    ],
)
def test_a_log_event_is_one_readable_line_or_none(message: str, line: str) -> None:
    assert readable(NOON, message)[10:].strip() == line
