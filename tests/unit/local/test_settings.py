"""The settings of the local stack."""

import pytest

from local.mobile_app import configuration
from local.settings import LocalError, Settings


def test_the_defaults_apply_without_overrides() -> None:
    settings = Settings.from_environment({})
    assert settings.api_url == "http://127.0.0.1:3000"
    assert settings.issuer == "http://127.0.0.1:3001/"
    assert settings.aws_url == "http://127.0.0.1:4566"
    assert (settings.app_url, settings.app_client_id) == ("http://127.0.0.1:3002", "timesheets-mobile")


def test_every_setting_can_be_overridden() -> None:
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
def test_an_invalid_port_is_reported(name: str, port: str) -> None:
    with pytest.raises(LocalError, match=name):
        Settings.from_environment({name: port})


def test_an_invalid_issuer_is_reported() -> None:
    with pytest.raises(LocalError, match="TOKEN_ISSUER=foo"):
        Settings.from_environment({"TOKEN_ISSUER": "foo"})


def test_the_developers_aws_settings_do_not_reach_the_stack(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "s3cret")
    environment = Settings().aws_environment
    assert not {"AWS_PROFILE", "AWS_SESSION_TOKEN"} & set(environment)
    assert environment["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
