"""The local authorization server, driven as OAuth clients do."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from starlette.testclient import TestClient

from local.issuer.app import issuer_app
from local.issuer.tokens import TokenIssuer

ISSUER = "http://127.0.0.1:3001/"
AUDIENCE = "https://api.exampleco.com/timesheets"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()

MOBILE = {
    "response_type": "code",
    "client_id": "timesheets-mobile",
    "redirect_uri": "http://127.0.0.1:8400/callback",
    "audience": AUDIENCE,
    "scope": "openid read:timesheets create:timesheets approve:timesheets",
    "state": "s/t a",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
    "login_hint": "ana",
}
WEB = {name: value for name, value in MOBILE.items() if not name.startswith("code_")} | {
    "client_id": "timesheets-web"
}
IMPORT = {
    "grant_type": "client_credentials",
    "client_id": "timesheets-import",
    "client_secret": "local-import-secret",
    "audience": AUDIENCE,
}


@pytest.fixture(scope="module")
def tokens() -> TokenIssuer:
    return TokenIssuer(ISSUER)


@pytest.fixture
def client(tokens: TokenIssuer) -> Iterator[TestClient]:
    with TestClient(issuer_app(tokens), base_url=ISSUER, follow_redirects=False) as one:
        yield one


def claims(client: TestClient, token: str) -> dict[str, Any]:
    """Verify a token with the published key, and return its claims."""
    keys = jwt.PyJWKSet.from_dict(client.get("/.well-known/jwks.json").json())
    header = jwt.get_unverified_header(token)
    assert (header["alg"], header["typ"]) == ("RS256", "JWT")
    return jwt.decode(token, keys[header["kid"]], algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER)


def callback(answer: Any) -> dict[str, str]:
    assert answer.status_code == 302
    location = urlsplit(answer.headers["location"])
    assert location.path == "/callback"
    return {name: value for name, (value,) in parse_qs(location.query).items()}


def redeem(client: TestClient, issued: str, **changes: str | None) -> Any:
    body = {
        "grant_type": "authorization_code",
        "client_id": "timesheets-mobile",
        "redirect_uri": MOBILE["redirect_uri"],
        "code": issued,
        "code_verifier": VERIFIER,
    } | changes
    return client.post(
        "/oauth/token", json={name: value for name, value in body.items() if value is not None}
    )


def test_the_mobile_app_signs_in_by_code_and_pkce(client: TestClient) -> None:
    back = callback(client.get("/authorize", params=MOBILE))
    assert back["state"] == "s/t a"
    answer = redeem(client, back["code"])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 86400)
    assert body["scope"] == "openid read:timesheets create:timesheets"  # ana is no manager
    token = claims(client, body["access_token"])
    assert token["exp"] - token["iat"] == 86400
    assert {
        name: token[name] for name in ("sub", "aud", "azp", "scope", "https://api.exampleco.com/email")
    } == {
        "sub": "auth0|ana",
        "aud": [AUDIENCE, f"{ISSUER}userinfo"],
        "azp": "timesheets-mobile",
        "scope": body["scope"],
        "https://api.exampleco.com/email": "ana@exampleco.com",
    }


def test_the_web_app_signs_in_by_code_and_secret(client: TestClient) -> None:
    code = callback(client.get("/authorize", params=WEB | {"login_hint": "mia@exampleco.com"}))["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": WEB["redirect_uri"]}
    answer = client.post("/oauth/token", data=form, auth=("timesheets-web", "local-web-secret"))
    assert "approve:timesheets" in answer.json()["scope"]


@pytest.mark.parametrize("body", ["json", "data"])
def test_the_import_job_signs_in_by_itself(body: str, client: TestClient) -> None:
    answer = client.post("/oauth/token", **{body: IMPORT})  # type: ignore[arg-type]
    token = claims(client, answer.json()["access_token"])
    assert (token["sub"], token["gty"]) == ("timesheets-import@clients", "client-credentials")
    assert token["scope"] == answer.json()["scope"] == "batch:upload"
    assert token["aud"] == AUDIENCE


def test_a_token_for_another_api_says_so(client: TestClient) -> None:
    other = "https://api.exampleco.com/expenses"
    token = client.post("/oauth/token", json=IMPORT | {"audience": other}).json()["access_token"]
    assert jwt.decode(token, options={"verify_signature": False})["aud"] == other


@pytest.mark.parametrize("hint", [None, "nobody"])
def test_without_a_known_user_a_page_lets_one_choose(hint: str | None, client: TestClient) -> None:
    query = {name: value for name, value in MOBILE.items() if name != "login_hint"}
    page = client.get("/authorize", params=query | ({"login_hint": hint} if hint else {}))
    assert page.status_code == 200
    assert "Timesheets Mobile" in page.text
    for name in ("Ana", "Carl", "Mia"):
        assert name in page.text
    links = [line.split('"')[1].replace("&amp;", "&") for line in page.text.splitlines() if "<a href" in line]
    code = callback(client.get(links[1]))["code"]
    assert claims(client, redeem(client, code).json()["access_token"])["sub"] == "auth0|carl"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"audience": "https://nowhere.example"}, "access_denied"),
    ],
)
def test_a_bad_request_goes_back_to_the_application(
    changes: dict[str, str | None], error: str, client: TestClient
) -> None:
    query = {name: value for name, value in (MOBILE | changes).items() if value is not None}
    back = callback(client.get("/authorize", params=query))
    assert back["error"] == error
    assert back["state"] == MOBILE["state"]


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"redirect_uri": "http://attacker.example/callback"},
        {"redirect_uri": "http://127.0.0.1:8400/callback/x"},
        {"redirect_uri": "http://127.0.0.1:8400/callback?x=1"},
        {"redirect_uri": "http://user@127.0.0.1:8400/callback"},
        {"redirect_uri": "https://127.0.0.1:8400/callback"},
        {"redirect_uri": "http://[/callback"},
        {"client_id": "timesheets-import"},
        {"response_type": 'a"b'},
    ],
)
def test_a_request_without_a_safe_redirect_gets_a_page(changes: dict[str, str], client: TestClient) -> None:
    answer = client.get("/authorize", params=MOBILE | changes)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "Sign-in failed" in answer.text


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code": "wrong"}, 400, "invalid_grant"),
        ({"code": None}, 400, "invalid_request"),
        ({"code_verifier": "w" * 43}, 400, "invalid_grant"),
        ({"code_verifier": None}, 400, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1/callback"}, 400, "invalid_grant"),
        ({"client_id": "nobody"}, 400, "invalid_client"),
        ({"client_id": "timesheets-web"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": 'a"b'}, 400, "unsupported_grant_type"),
    ],
)
def test_a_code_is_redeemed_only_as_it_was_asked_for(
    changes: dict[str, str | None], status: int, error: str, client: TestClient
) -> None:
    code = callback(client.get("/authorize", params=MOBILE))["code"]
    answer = redeem(client, code, **changes)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_code_works_once(client: TestClient) -> None:
    code = callback(client.get("/authorize", params=MOBILE))["code"]
    assert redeem(client, code).status_code == 200
    assert redeem(client, code).json()["error"] == "invalid_grant"


def test_a_code_expires(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("local.issuer.server.CODE_LIFETIME", 0)
    code = callback(client.get("/authorize", params=MOBILE))["code"]
    assert redeem(client, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes", [{"client_secret": "wrong"}, {"client_id": "timesheets-mobile"}, {"client_secret": ""}]
)
def test_a_wrong_secret_earns_nothing(changes: dict[str, str], client: TestClient) -> None:
    answer = client.post("/oauth/token", json=IMPORT | changes)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


@pytest.mark.parametrize("body", ["", "{", "[]", "[" * 100_000])
def test_a_token_request_that_is_no_json_object_is_refused(body: str, client: TestClient) -> None:
    answer = client.post("/oauth/token", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_discovery_names_the_endpoints(client: TestClient) -> None:
    metadata = client.get("/.well-known/openid-configuration").json()
    assert metadata["issuer"] == ISSUER
    assert metadata["jwks_uri"] == f"{ISSUER}.well-known/jwks.json"
    assert metadata["code_challenge_methods_supported"] == ["S256"]


def test_the_published_keys_hold_no_private_part(client: TestClient) -> None:
    (key,) = client.get("/.well-known/jwks.json").json()["keys"]
    assert set(key) == {"kty", "use", "alg", "kid", "n", "e"}
