"""Logs and metrics of the authorizer, and keys fetched before the first request."""

import importlib
import json
from collections.abc import Callable
from typing import Any

import pytest

import app
from tokens import jwks, report
from tokens.errors import ConfigurationError, KeysUnavailable

type Written = Callable[[], str]
type Authorize = Callable[..., dict[str, Any]]


def test_a_missing_setting_raises_and_logs_its_name(
    authorize: Authorize, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    monkeypatch.delenv("TOKEN_ISSUER")
    with pytest.raises(ConfigurationError, match="TOKEN_ISSUER is not set"):
        authorize("Bearer a.b.c")
    log, metric = map(json.loads, written().splitlines())
    assert (log["level"], log["reason"]) == ("ERROR", "ConfigurationError")
    assert log["detail"] == "TOKEN_ISSUER is not set"
    assert metric["AuthorizerFailed"] == [1.0]


def test_an_unreachable_issuer_raises_until_it_is_back(
    issuer: Any, authorize: Authorize, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    def refuse(_: str) -> bytes:
        raise ConnectionRefusedError("Connection refused")

    monkeypatch.setenv("KEYS_COOLDOWN", "0")
    with monkeypatch.context() as outage:
        outage.setattr(jwks, "_fetch", refuse)
        with pytest.raises(KeysUnavailable):
            authorize(f"Bearer {issuer.token()}")
    log, metric = map(json.loads, written().splitlines())
    assert (log["level"], log["reason"]) == ("ERROR", "KeysUnavailable")
    assert "Connection refused" in log["detail"]
    assert metric["AuthorizerFailed"] == [1.0]
    assert authorize(f"Bearer {issuer.token()}")["principalId"] == "auth0|ana"


def test_a_failed_refresh_with_cached_keys_is_a_warning(
    issuer: Any, authorize: Authorize, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    monkeypatch.setenv("KEYS_MAX_AGE", "0")
    monkeypatch.setenv("KEYS_COOLDOWN", "0")
    authorize(f"Bearer {issuer.token()}")
    monkeypatch.setattr(jwks, "_fetch", lambda _: b"{}")
    authorize(f"Bearer {issuer.token()}")
    log, metric = map(json.loads, written().splitlines())
    assert log["level"] == "WARNING"
    assert metric["KeysNotRefreshed"] == [1.0]


@pytest.mark.usefixtures("authorize")
def test_keys_are_fetched_before_the_first_request(issuer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    reloaded = importlib.reload(app)
    monkeypatch.setattr(jwks, "_fetch", lambda _: b"{}")
    assert reloaded.authorizer().identify(issuer.token())["sub"] == "auth0|ana"


@pytest.mark.parametrize("method_arn", ["", "a/b", None])
def test_an_unexpected_error_is_logged_and_counted(
    method_arn: Any, issuer: Any, authorize: Authorize, written: Written
) -> None:
    with pytest.raises((ValueError, AttributeError)):
        authorize(f"Bearer {issuer.token()}", method_arn)
    log, metric = map(json.loads, written().splitlines())
    assert (log["level"], log["detail"]) == ("ERROR", "unexpected")
    assert metric["AuthorizerFailed"] == [1.0]


def test_a_snapshot_contains_logger_and_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", "snap-start")
    report._powertools.cache_clear()
    importlib.reload(report)
    assert report._powertools.cache_info().currsize == 1
