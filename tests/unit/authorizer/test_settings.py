"""The authorizer's settings, read from the environment."""

import pytest

from tokens.errors import ConfigurationError
from tokens.settings import Settings

GOOD = {"TOKEN_ISSUER": "https://exampleco.example/", "AUDIENCE": "https://api.exampleco.com/timesheets"}


def test_defaults_are_those_of_auth0() -> None:
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
def test_an_invalid_setting_is_an_error_that_names_it(changes: dict[str, str]) -> None:
    (name,) = changes
    with pytest.raises(ConfigurationError, match="TOKEN_SECRET_ARN" if changes[name] == "HS256" else name):
        Settings(GOOD | changes)


def test_hs256_needs_no_jwks_uri() -> None:
    hs256 = {
        "TOKEN_ALGORITHM": "HS256",
        "TOKEN_SECRET_ARN": "arn",
        "TOKEN_ISSUER": "https://exampleco.example",
    }
    assert Settings(GOOD | hs256).jwks_uri == ""


@pytest.mark.parametrize("uri", ["http://127.0.0.1:3001/keys", "https://elsewhere.example/keys"])
def test_an_issuer_with_an_http_address_may_have_an_http_jwks_uri(uri: str) -> None:
    environment = GOOD | {"TOKEN_ISSUER": "http://127.0.0.1:3001/", "JWKS_URI": uri}
    assert Settings(environment).jwks_uri == uri
