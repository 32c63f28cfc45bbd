"""An authorizer whose issuer publishes its keys without a network."""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

import app
from tokens import jwks

if TYPE_CHECKING:
    from tests.support import Issuer

LIST = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1/GET/timesheets"


@pytest.fixture
def authorize(issuer: "Issuer", monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dict[str, Any]]]:
    """Return a function that calls the authorizer as API Gateway does, with an Authorization header."""
    key_set = {"keys": [issuer.jwk("ours"), issuer.jwk("another")]}
    monkeypatch.setattr(jwks, "_fetch", lambda _: json.dumps(key_set).encode())
    monkeypatch.setenv("TOKEN_ISSUER", issuer.name)
    monkeypatch.setenv("AUDIENCE", issuer.audience)
    monkeypatch.setenv("CLAIMS_NAMESPACE", "https://api.exampleco.com")
    app.authorizer.cache_clear()

    def call(header: object, method_arn: str = LIST) -> dict[str, Any]:
        event = {"type": "TOKEN", "authorizationToken": header, "methodArn": method_arn}
        return app.lambda_handler(event, None)

    yield call
    app.authorizer.cache_clear()
