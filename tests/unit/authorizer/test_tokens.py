"""Tokens that the authorizer accepts, compared with PyJWT."""

import json
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import jwt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import app
from tokens.errors import InvalidToken
from tokens.jws import json_object, parse_compact

if TYPE_CHECKING:
    from tests.support import Issuer

type Authorize = Callable[..., dict[str, Any]]

ACCEPTED: dict[str, dict[str, Any]] = {
    "as Auth0 issues them": {},
    "a list of audiences": {
        "aud": ["https://exampleco.example/userinfo", "https://api.exampleco.com/timesheets"]
    },
    "expired within the leeway": {"exp": lambda: int(time.time()) - 1},
    "issued within the leeway": {"iat": lambda: int(time.time()) + 3},
    "nbf in the past": {"nbf": int(time.time()) - 600},
    "no scope": {"scope": None},
    "an empty scope": {"scope": ""},
    "RFC 9068's client_id": {"azp": None, "client_id": "timesheets-mobile"},
    "permissions beside the scope": {"permissions": ["approve:timesheets"]},
    "nested claims": {"https://exampleco.example/x": {"a": [{"b": [1, 2.5, None, True]}]}},
    "many small lists": {"x": [[1]] * 20},
}


@pytest.mark.parametrize("changes", ACCEPTED.values(), ids=ACCEPTED)
def test_accepted(changes: dict[str, Any], issuer: "Issuer", authorize: Authorize) -> None:
    token = issuer.token(**{name: value() if callable(value) else value for name, value in changes.items()})
    assert authorize(f"Bearer {token}")["principalId"] == "auth0|ana"
    assert pyjwt_claims(token, issuer)["sub"] == "auth0|ana"


TYPES = ["JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+JWT", "application/jwt"]


@pytest.mark.parametrize("typ", [{}, *({"typ": typ} for typ in TYPES)], ids=str)
@pytest.mark.parametrize("more", [{}, {"x5t": "abc"}, {"jku": "https://elsewhere.example/"}])
def test_unused_headers_are_ignored(
    typ: dict[str, str], more: dict[str, str], issuer: "Issuer", authorize: Authorize
) -> None:
    token = issuer.sign(issuer.claims(), {"alg": "RS256", "kid": "ours"} | typ | more)
    assert authorize(f"Bearer {token}")["principalId"] == "auth0|ana"


@pytest.mark.parametrize("scheme", ["Bearer ", "bearer ", "BEARER ", "Bearer   "])
def test_the_scheme_matches_in_any_case(scheme: str, issuer: "Issuer", authorize: Authorize) -> None:
    assert authorize(scheme + issuer.token())["principalId"] == "auth0|ana"


def test_the_context_holds_the_identity_as_strings(issuer: "Issuer", authorize: Authorize) -> None:
    exp = int(time.time()) + 60
    personal = {
        "https://api.exampleco.com/email": "ana@exampleco.com",
        "https://api.exampleco.com/name": "Ana Pérez",
    }
    token = issuer.token(exp=exp, **personal)
    assert authorize(f"Bearer {token}")["context"] == {
        "sub": "auth0|ana",
        "scope": "read:timesheets",
        "exp": str(exp),
        "client_id": "timesheets-mobile",
        "email": "ana@exampleco.com",
        "name": "Ana Pérez",
    }


@pytest.mark.parametrize("claim", ["email", "name"])
@pytest.mark.parametrize("value", [None, "", 5, "x" * 321, "a\r\nb", "\u202egro.live", ["Ana"]])
def test_an_invalid_email_or_name_is_left_out(
    claim: str, value: object, issuer: "Issuer", authorize: Authorize
) -> None:
    token = issuer.token(**{f"https://api.exampleco.com/{claim}": value})
    assert claim not in authorize(f"Bearer {token}")["context"]


def test_a_success_writes_nothing(issuer: "Issuer", authorize: Authorize, written: Callable[[], str]) -> None:
    authorize(f"Bearer {issuer.token()}")
    assert written() == ""


def pyjwt_claims(token: str, issuer: "Issuer") -> dict[str, Any]:
    return jwt.decode(
        token,
        issuer.key("ours").public_key(),
        algorithms=["RS256"],
        audience=issuer.audience,
        issuer=issuer.name,
        leeway=5,
        options={"require": ["iss", "aud", "sub", "exp", "iat"]},
    )


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
claim_names = st.sampled_from(
    ["iss", "aud", "sub", "exp", "iat", "nbf", "jti", "scope", "azp", "client_id", "nonce", "x"]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=st.dictionaries(claim_names, json_values, max_size=3))
@pytest.mark.usefixtures("authorize")
def test_pyjwt_accepts_every_accepted_token_with_the_same_claims(
    changes: dict[str, Any], issuer: "Issuer"
) -> None:
    token = issuer.token(**changes)
    try:
        identity = app.authorizer().identify(token)
    except InvalidToken:
        return
    claims = pyjwt_claims(token, issuer)
    assert identity["sub"] == claims["sub"]
    assert identity["exp"] == str(claims["exp"])
    assert identity["scope"] == claims.get("scope", "")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
@pytest.mark.usefixtures("authorize")
def test_a_changed_token_is_refused(data: st.DataObject, issuer: "Issuer") -> None:
    token = issuer.token()
    at = data.draw(st.integers(0, len(token) - 1))
    put = data.draw(st.sampled_from(["", "A", "-", ".", "=", " ", "\n", "é"]) | st.characters())
    removed = data.draw(st.integers(0, 3))
    changed = token[:at] + put + token[at + removed :]
    if changed == token:
        return
    with pytest.raises(InvalidToken):
        app.authorizer().identify(changed)


@given(token=st.text() | st.from_regex(r"[A-Za-z0-9_=-]{0,20}\.[A-Za-z0-9_-]{0,20}\.[A-Za-z0-9_-]{0,20}"))
def test_parsing_any_text_raises_only_invalid_token(token: str) -> None:
    with pytest.raises(InvalidToken):
        parse_compact(token, "RS256")


@given(st.binary() | json_values.map(lambda value: json.dumps(value).encode()))
def test_decoding_any_bytes_gives_an_object_or_a_value_error(data: bytes) -> None:
    try:
        value = json_object(data)
    except ValueError:
        return
    assert value == json.loads(data)
