"""The authorizer: a table of tokens, and what API Gateway is told of each."""

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from jwt.algorithms import RSAAlgorithm

import app

ISSUER = "https://exampleco.example/"
AUDIENCE = "https://api.exampleco.com/timesheets"
STAGE_ARN = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/v1"
LIST = f"{STAGE_ARN}/GET/timesheets"
CREATE = f"{STAGE_ARN}/POST/timesheets"

type Token = Callable[..., str]
type Written = Callable[[], str]


@pytest.fixture(scope="module")
def keys() -> dict[str, RSAPrivateKey]:
    return {name: rsa.generate_private_key(65537, 2048) for name in ("ours", "another")}


@pytest.fixture
def issuer(monkeypatch: pytest.MonkeyPatch, keys: dict[str, RSAPrivateKey]) -> Iterator[None]:
    """Stand in for the issuer's key endpoint."""
    jwk = RSAAlgorithm.to_jwk(keys["ours"].public_key(), as_dict=True)
    jwks = {"keys": [jwk | {"kid": "ours", "use": "sig", "alg": "RS256"}]}
    monkeypatch.setattr(jwt.PyJWKClient, "fetch_data", lambda _: jwks)
    for name, value in {
        "TOKEN_ISSUER": ISSUER,
        "AUDIENCE": AUDIENCE,
        "JWKS_URI": "",
        "CLAIMS_NAMESPACE": "https://api.exampleco.com",
    }.items():
        monkeypatch.setenv(name, value)
    app.issuer.cache_clear()
    yield
    app.issuer.cache_clear()


@pytest.fixture
def token(keys: dict[str, RSAPrivateKey]) -> Token:
    """Return a maker of good tokens, and of bad ones where the test changes something."""

    def make(
        *, key: str = "ours", kid: str = "ours", algorithm: str = "RS256", without: str = "", **changes: Any
    ) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "sub": "auth0|ana",
            "aud": AUDIENCE,
            "iat": now,
            "exp": now + 600,
            "azp": "timesheets-mobile",
            "scope": "read:timesheets",
        } | changes
        claims.pop(without, None)
        signing_key = keys[key] if algorithm.startswith("RS") else "s" * 64
        return jwt.encode(claims, signing_key, algorithm=algorithm, headers={"kid": kid})

    return make


def authorize(header: str, method_arn: str = LIST) -> dict[str, Any]:
    return app.lambda_handler({"type": "TOKEN", "authorizationToken": header, "methodArn": method_arn}, None)


def statement(answer: dict[str, Any]) -> dict[str, Any]:
    (only,) = answer["policyDocument"]["Statement"]
    assert only["Action"] == "execute-api:Invoke"
    return dict(only)


@pytest.mark.usefixtures("issuer")
@pytest.mark.parametrize(
    ("scope", "effect", "resources"),
    [
        ("read:timesheets", "Allow", [LIST]),
        ("create:timesheets", "Allow", [CREATE]),
        ("openid read:timesheets create:timesheets", "Allow", [LIST, CREATE]),
        ("create:timesheets  read:timesheets", "Allow", [LIST, CREATE]),
        ("", "Deny", [CREATE]),
        ("READ:TIMESHEETS", "Deny", [CREATE]),
        ("read:timesheetsx xread:timesheets read:", "Deny", [CREATE]),
    ],
)
def test_the_policy_lists_every_route_that_the_scopes_open(
    token: Token, scope: str, effect: str, resources: list[str]
) -> None:
    answer = authorize(f"Bearer {token(scope=scope)}", CREATE)
    assert statement(answer)["Effect"] == effect
    assert statement(answer)["Resource"] == resources


@pytest.mark.usefixtures("issuer")
@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov"])
def test_the_policy_stays_in_the_callers_partition_and_stage(token: Token, partition: str) -> None:
    stage = f"arn:{partition}:execute-api:cn-north-1:1:api/stage"
    answer = authorize(f"Bearer {token()}", f"{stage}/DELETE/timesheets/a/b")
    assert statement(answer)["Resource"] == [f"{stage}/GET/timesheets"]


@pytest.mark.usefixtures("issuer")
def test_handlers_learn_who_calls_in_flat_strings(token: Token) -> None:
    exp = int(time.time()) + 60
    claims = {"https://api.exampleco.com/email": "ana@exampleco.com", "exp": exp}
    assert authorize(f"Bearer {token(**claims)}")["context"] == {
        "sub": "auth0|ana",
        "scope": "read:timesheets",
        "exp": str(exp),
        "client_id": "timesheets-mobile",
        "email": "ana@exampleco.com",
    }
    assert "email" not in authorize(f"Bearer {token()}")["context"]


@pytest.mark.usefixtures("issuer")
@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER ", "Bearer   "])
def test_the_scheme_is_read_in_any_case(token: Token, scheme: str) -> None:
    assert authorize(scheme + token())["principalId"] == "auth0|ana"


@pytest.mark.usefixtures("issuer")
@pytest.mark.parametrize("audience", [AUDIENCE, [AUDIENCE], [f"{ISSUER}userinfo", AUDIENCE]])
def test_the_audience_may_be_one_of_several(token: Token, audience: str | list[str]) -> None:
    assert authorize(f"Bearer {token(aud=audience)}")["principalId"] == "auth0|ana"


NOW = int(time.time())
BAD_TOKENS: dict[str, dict[str, Any]] = {
    "another key": {"key": "another"},
    "an unknown kid": {"kid": "another"},
    "an expired token": {"exp": NOW - 60},
    "one not valid yet": {"nbf": NOW + 600},
    "one issued in the future": {"iat": NOW + 600},
    "another issuer": {"iss": "https://attacker.example/"},
    "the issuer without its slash": {"iss": ISSUER.rstrip("/")},
    "another audience": {"aud": "https://api.exampleco.com/expenses"},
    "an audience that ours begins": {"aud": f"{AUDIENCE}/x"},
    "no audience at all": {"aud": []},
    "another algorithm of the family": {"algorithm": "RS512"},
    "a symmetric algorithm": {"algorithm": "HS256"},
    "no signature": {"algorithm": "none"},
    "no issuer": {"without": "iss"},
    "no audience": {"without": "aud"},
    "no subject": {"without": "sub"},
    "no expiry": {"without": "exp"},
    "no time of issue": {"without": "iat"},
}


@pytest.mark.usefixtures("issuer")
@pytest.mark.parametrize("changes", BAD_TOKENS.values(), ids=BAD_TOKENS)
def test_a_token_is_refused_for(changes: dict[str, Any], token: Token, written: Written) -> None:
    if changes.get("algorithm") == "none":
        header = jwt.encode({"sub": "auth0|ana"}, "", algorithm="none", headers={"kid": "ours"})
    else:
        header = token(**changes)
    refuse(f"Bearer {header}", written)


@pytest.mark.usefixtures("issuer")
@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer x", "Bearer a.b.c", "Basic YTpi", "Token a.b.c", "Bearer a b.c.d"],
)
def test_a_header_without_a_token_is_refused(header: str, written: Written) -> None:
    refuse(header, written)


@pytest.mark.usefixtures("issuer")
def test_a_changed_token_is_refused(token: Token, written: Written) -> None:
    head, payload, signature = token().split(".")
    changed = token(scope="approve:timesheets").split(".")[1]
    refuse(f"Bearer {head}.{changed}.{signature}", written)
    refuse(f"Bearer {head}.{payload}.{signature[:-8]}AAAAAAAA", written)


def refuse(header: str, written: Written) -> None:
    """Expect exactly `Unauthorized`, one log line, one metric, and of the token not a trace."""
    with pytest.raises(Exception, match=r"^Unauthorized$") as refusal:
        authorize(header)
    assert type(refusal.value) is Exception
    output = written()
    log, metric = map(json.loads, output.splitlines())
    assert log["message"] == "token refused"
    assert metric["TokensRefused"] == [1.0]
    assert not any(part in output for part in header.split(".") if len(part) > 8)


@pytest.mark.usefixtures("issuer")
def test_a_success_writes_nothing(token: Token, written: Written) -> None:
    authorize(f"Bearer {token()}")
    assert written() == ""


@pytest.mark.usefixtures("issuer")
@pytest.mark.parametrize("name", ["TOKEN_ISSUER", "AUDIENCE"])
def test_a_missing_setting_is_our_fault_and_says_so_once(
    name: str, token: Token, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(app.ConfigurationError, match=name):
        authorize(f"Bearer {token()}")
    log, metric = map(json.loads, written().splitlines())
    assert log["level"] == "ERROR"
    assert name in log["detail"]
    assert metric["AuthorizerFailed"] == [1.0]


@pytest.mark.usefixtures("issuer")
def test_an_issuer_out_of_reach_is_our_fault_until_it_is_back(
    token: Token, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    def unreachable(_: object) -> object:
        raise jwt.PyJWKClientConnectionError("Fail to fetch data from the url")

    with monkeypatch.context() as outage:
        outage.setattr(jwt.PyJWKClient, "fetch_data", unreachable)
        with pytest.raises(jwt.PyJWKClientConnectionError):
            authorize(f"Bearer {token()}")
    assert json.loads(written().splitlines()[0])["level"] == "ERROR"
    assert authorize(f"Bearer {token()}")["principalId"] == "auth0|ana"


def test_the_keys_are_where_auth0_publishes_them_unless_told_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TOKEN_ISSUER", ISSUER)
    monkeypatch.setenv("AUDIENCE", AUDIENCE)
    assert app.Issuer.from_environment().keys.uri == f"{ISSUER}.well-known/jwks.json"
    monkeypatch.setenv("JWKS_URI", "https://keys.example/")
    assert app.Issuer.from_environment().keys.uri == "https://keys.example/"
