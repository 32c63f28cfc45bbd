"""The authorizer's environment, and what happens when it is wrong."""

import importlib
import json
from collections.abc import Callable
from typing import Any

import pytest

import app
from tokens import jwks as keys
from tokens import report
from tokens.errors import ConfigurationError, KeysUnavailable
from tokens.settings import Settings

type Written = Callable[[], str]
type Authorize = Callable[..., dict[str, Any]]

GOOD = {"TOKEN_ISSUER": "https://exampleco.example/", "AUDIENCE": "https://api.exampleco.com/timesheets"}


def test_auth0s_addresses_are_the_default() -> None:
    settings = Settings(GOOD)
    assert settings.jwks_uri == "https://exampleco.example/.well-known/jwks.json"
    assert (settings.algorithm, settings.leeway) == ("RS256", 5)


@pytest.mark.parametrize(
    "changes",
    [
        {"TOKEN_ISSUER": ""},
        {"AUDIENCE": ""},
        {"TOKEN_ALGORITHM": "none"},
        {"TOKEN_ALGORITHM": "RS512"},
        {"TOKEN_ALGORITHM": "HS256"},
        {"JWKS_URI": "http://exampleco.example/keys"},
        {"JWKS_URI": "file:///etc/passwd"},
        {"JWKS_URI": "https:///keys"},
        {"TOKEN_LEEWAY": "61"},
        {"TOKEN_LEEWAY": "-1"},
        {"TOKEN_LEEWAY": "1" * 5000},
        {"TOKEN_ISSUER": "https://exampleco.example"},
        {"TOKEN_ISSUER": "https://[bad/"},
        {"JWKS_URI": "https://exampleco.example:port/"},
        {"JWKS_URI": "https://user:secret@exampleco.example/"},
        {"JWKS_URI": "https://exampleco.example/#keys"},
        {"KEYS_MAX_AGE": "9" * 5000},
        {"KEYS_MAX_AGE": "604801"},
        {"KEYS_MAX_AGE": "soon"},
        {"KEYS_MAX_STALE": "1.5"},
        {"KEYS_COOLDOWN": "-1"},
    ],
    ids=str,
)
def test_what_does_not_fit_is_said_by_name(changes: dict[str, str]) -> None:
    (name,) = changes
    with pytest.raises(ConfigurationError, match="TOKEN_SECRET_ARN" if changes[name] == "HS256" else name):
        Settings(GOOD | changes)


def test_hs256_needs_no_key_address() -> None:
    hs256 = {
        "TOKEN_ALGORITHM": "HS256",
        "TOKEN_SECRET_ARN": "arn",
        "TOKEN_ISSUER": "https://exampleco.example",
    }
    assert Settings(GOOD | hs256).jwks_uri == ""


@pytest.mark.parametrize("uri", ["http://127.0.0.1:3001/keys", "https://elsewhere.example/keys"])
def test_plain_http_is_for_an_issuer_that_is_plain_http(uri: str) -> None:
    environment = GOOD | {"TOKEN_ISSUER": "http://127.0.0.1:3001/", "JWKS_URI": uri}
    assert Settings(environment).jwks_uri == uri


def test_a_missing_setting_is_500_with_one_clear_line(
    authorize: Authorize, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    monkeypatch.delenv("TOKEN_ISSUER")
    with pytest.raises(ConfigurationError, match="TOKEN_ISSUER is not set"):
        authorize("Bearer a.b.c")
    log, metric = map(json.loads, written().splitlines())
    assert (log["level"], log["reason"]) == ("ERROR", "ConfigurationError")
    assert log["detail"] == "TOKEN_ISSUER is not set"
    assert metric["AuthorizerFailed"] == [1.0]


def test_an_issuer_out_of_reach_is_500_with_one_clear_line_and_then_over(
    issuer: Any, authorize: Authorize, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    def refuse(_: str) -> bytes:
        raise ConnectionRefusedError("Connection refused")

    monkeypatch.setenv("KEYS_COOLDOWN", "0")
    with monkeypatch.context() as outage:
        outage.setattr(keys, "_fetch", refuse)
        with pytest.raises(KeysUnavailable):
            authorize(f"Bearer {issuer.token()}")
    log, metric = map(json.loads, written().splitlines())
    assert (log["level"], log["reason"]) == ("ERROR", "KeysUnavailable")
    assert "Connection refused" in log["detail"]
    assert metric["AuthorizerFailed"] == [1.0]
    assert authorize(f"Bearer {issuer.token()}")["principalId"] == "auth0|ana"


def test_keys_that_outlive_a_failed_refresh_are_a_warning(
    issuer: Any, authorize: Authorize, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    monkeypatch.setenv("KEYS_MAX_AGE", "0")
    monkeypatch.setenv("KEYS_COOLDOWN", "0")
    authorize(f"Bearer {issuer.token()}")
    monkeypatch.setattr(keys, "_fetch", lambda _: b"{}")
    authorize(f"Bearer {issuer.token()}")
    log, metric = map(json.loads, written().splitlines())
    assert log["level"] == "WARNING"
    assert metric["KeysNotRefreshed"] == [1.0]


@pytest.mark.usefixtures("authorize")
def test_keys_are_there_before_the_first_request(issuer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    started = importlib.reload(app)
    monkeypatch.setattr(keys, "_fetch", lambda _: b"{}")
    assert started.authorizer().identify(issuer.token())["sub"] == "auth0|ana"


@pytest.mark.parametrize("method_arn", ["", "a/b", None])
def test_what_nobody_foresaw_is_logged_and_counted_too(
    method_arn: Any, issuer: Any, authorize: Authorize, written: Written
) -> None:
    with pytest.raises((ValueError, AttributeError)):
        authorize(f"Bearer {issuer.token()}", method_arn)
    log, metric = map(json.loads, written().splitlines())
    assert (log["level"], log["detail"]) == ("ERROR", "unexpected")
    assert metric["AuthorizerFailed"] == [1.0]


def test_a_snapshot_holds_what_refusals_need(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    report._powertools.cache_clear()
    importlib.reload(report)
    assert report._powertools.cache_info().currsize == 1
