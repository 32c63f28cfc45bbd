"""The Python clients of Authlib and Auth0 on the local authorization server."""

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2 as httpx
import pytest
from auth0.authentication import GetToken, RevokeToken, Users
from auth0.authentication.exceptions import Auth0Error, TokenValidationError
from auth0.authentication.token_verifier import AsymmetricSignatureVerifier, TokenVerifier
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

if TYPE_CHECKING:
    from tests.local.support import Stack

CALLBACK = "http://127.0.0.1:8080/callback"  # nothing listens there: `visit` reads the redirect
SCOPE = "openid profile email offline_access read:timesheets create:timesheets approve:timesheets"
GRANTED = set(SCOPE.split()) - {"approve:timesheets"}
"""The part that an employee is granted."""

WEB = {"client_id": "timesheets-web", "client_secret": "local-web-secret"}
MOBILE = {"client_id": "timesheets-mobile"}
IMPORT = {"client_id": "timesheets-import", "client_secret": "local-import-secret"}
POST = {
    "token_endpoint_auth_method": "client_secret_post",
    "revocation_endpoint_auth_method": "client_secret_post",
}
ENTRY = {"date": "2026-11-20", "project": "StoreZero", "hours": 7.5}

type Json = dict[str, Any]


@pytest.fixture(scope="module")
def metadata(stack: "Stack") -> Json:
    """Return the metadata, a client's only source of addresses."""
    url = f"{stack.settings.issuer}.well-known/openid-configuration"
    answer: Json = httpx.get(url).raise_for_status().json()
    return answer


def visit(url: str) -> str:
    """Return the address that the browser is redirected to."""
    answer = httpx.get(url)
    assert answer.has_redirect_location, answer.text
    location: str = answer.headers["location"]
    return location


# Authlib


@pytest.fixture
def authlib(stack: "Stack", metadata: Json) -> Iterator[Callable[..., OAuth2Client]]:
    """Return a function that signs a user in and returns the client; `client.token` holds the tokens."""
    clients = ExitStack()

    def sign_in(*, user: str = "ana", nonce: str = "n", **options: str) -> OAuth2Client:
        client = clients.enter_context(
            OAuth2Client(
                **options,
                scope=SCOPE,
                redirect_uri=CALLBACK,
                code_challenge_method="S256",
                token_endpoint=metadata["token_endpoint"],
                timeout=60,
            )
        )
        verifier = secrets.token_urlsafe(48)
        url, state = client.create_authorization_url(
            metadata["authorization_endpoint"],
            code_verifier=verifier,
            audience=stack.settings.audience,
            nonce=nonce,
            login_hint=user,
        )
        client.fetch_token(authorization_response=visit(url), state=state, code_verifier=verifier)
        return client

    with clients:
        yield sign_in


every_kind_of_client = pytest.mark.parametrize(
    "options", [WEB, WEB | POST, MOBILE], ids=["secret in the header", "secret in the body", "public"]
)


@every_kind_of_client
def test_authlib_signs_in_and_calls_the_api(
    options: dict[str, str], authlib: Callable[..., OAuth2Client], stack: "Stack", metadata: Json
) -> None:
    client = authlib(**options)
    assert set(client.token["scope"].split()) == GRANTED
    posted = client.post(f"{stack.settings.api_url}/timesheets", json=ENTRY)
    assert posted.status_code == 201, posted.text
    assert (posted.json()["user_email"], posted.json()["user_name"]) == ("ana@exampleco.com", "Ana")
    assert posted.json() in client.get(f"{stack.settings.api_url}/timesheets").json()
    assert client.get(f"{stack.settings.api_url}/approvals").status_code == 403
    userinfo = client.get(metadata["userinfo_endpoint"]).raise_for_status().json()
    assert (userinfo["sub"], userinfo["email"]) == (posted.json()["user_id"], "ana@exampleco.com")


@every_kind_of_client
def test_authlib_accepts_the_id_token(
    options: dict[str, str], authlib: Callable[..., OAuth2Client], metadata: Json
) -> None:
    started = int(time.time())
    client = authlib(**options, nonce="once")
    keys = KeySet.import_key_set(httpx.get(metadata["jwks_uri"]).raise_for_status().json())
    allowed = metadata["id_token_signing_alg_values_supported"]
    signed = jwt.decode(client.token["id_token"], keys, algorithms=allowed)
    expected = {"iss": {"value": metadata["issuer"]}, "aud": {"value": options["client_id"]}}
    sent = {"nonce": "once", "max_age": 60, "client_id": options["client_id"]}
    sent["access_token"] = client.token["access_token"]
    claims = CodeIDToken(signed.claims, signed.header, expected, sent)
    claims.validate(leeway=0)
    assert claims["name"] == "Ana"
    assert claims["nickname"] == "ana"
    assert claims["picture"]
    assert claims["updated_at"]
    assert started <= claims["auth_time"] <= claims["iat"]


@every_kind_of_client
def test_authlib_refreshes_and_gets_a_new_refresh_token_each_time(
    options: dict[str, str], authlib: Callable[..., OAuth2Client], stack: "Stack"
) -> None:
    client = authlib(**options)
    first = client.token
    second = client.refresh_token()
    third = client.refresh_token()
    assert len({token["refresh_token"] for token in (first, second, third)}) == 3
    assert set(third["scope"].split()) == GRANTED
    assert client.get(f"{stack.settings.api_url}/timesheets").status_code == 200
    # Within the overlap only the last token may be exchanged again.
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.refresh_token(refresh_token=first["refresh_token"])
    with pytest.raises(OAuthError, match="invalid_grant"):  # reuse ends the whole family
        client.refresh_token(refresh_token=third["refresh_token"])


@every_kind_of_client
def test_authlib_revokes(
    options: dict[str, str], authlib: Callable[..., OAuth2Client], metadata: Json
) -> None:
    client = authlib(**options)
    assert client.revoke_token(metadata["revocation_endpoint"]).status_code == 200
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.refresh_token()


def test_authlib_reports_errors(authlib: Callable[..., OAuth2Client], stack: "Stack", metadata: Json) -> None:
    client = authlib(**MOBILE)
    query = {"audience": stack.settings.audience, "login_hint": "ana"}
    url, state = client.create_authorization_url(
        metadata["authorization_endpoint"], code_verifier="v" * 43, **query
    )
    with pytest.raises(OAuthError, match="invalid_grant"):
        client.fetch_token(authorization_response=visit(url), state=state, code_verifier="w" * 43)
    with pytest.raises(OAuthError, match="access_denied"):
        authlib(**WEB | {"client_secret": "another"})
    with pytest.raises(OAuthError, match="access_denied"):
        authlib(**WEB | POST | {"client_secret": "another"})


@pytest.mark.parametrize("options", [IMPORT, IMPORT | POST], ids=["header", "body"])
def test_authlib_gets_a_token_for_a_program(options: dict[str, str], stack: "Stack", metadata: Json) -> None:
    with OAuth2Client(**options, token_endpoint=metadata["token_endpoint"], timeout=60) as client:
        token = client.fetch_token(grant_type="client_credentials", audience=stack.settings.audience)
        assert token["scope"] == "batch:upload"
        assert "refresh_token" not in token
        row = ENTRY | {"user_id": "auth0|ana"}
        uploaded = client.post(f"{stack.settings.api_url}/timesheets/upload", json=row)
        assert uploaded.status_code == 201, uploaded.text
        assert uploaded.json()["source"] == "timesheets-import"
        with pytest.raises(OAuthError, match="access_denied"):
            client.fetch_token(grant_type="client_credentials", audience="https://api.exampleco.com/none")


# Auth0's client has no part for the browser, so the test sends the browser's requests


@pytest.fixture
def auth0(stack: "Stack") -> Callable[..., Any]:
    """Return a function that makes one of its clients for this server, which has no TLS."""
    domain = urlsplit(stack.settings.issuer).netloc

    def make(kind: Callable[..., Any], **options: str) -> Any:
        return kind(domain, **options, protocol="http")

    return make


@pytest.fixture
def code(stack: "Stack") -> Callable[..., str]:
    """Return a function that signs ana in and returns the code."""

    def sign_in(client_id: str, **changes: str) -> str:
        query = {
            "response_type": "code",
            "client_id": client_id,
            "redirect_uri": CALLBACK,
            "audience": stack.settings.audience,
            "scope": SCOPE,
            "login_hint": "ana@exampleco.com",
        } | changes
        location = visit(f"{stack.settings.issuer}authorize?{urlencode(query)}")
        return parse_qs(urlsplit(location).query)["code"][0]

    return sign_in


def test_auth0s_client_redeems_a_code(
    auth0: Callable[..., Any], code: Callable[..., str], http: httpx.Client
) -> None:
    token = auth0(GetToken, **WEB).authorization_code(code("timesheets-web"), CALLBACK)
    assert set(token) == {"access_token", "id_token", "refresh_token", "scope", "expires_in", "token_type"}
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 86_400)
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    assert http.get("/timesheets", headers=headers).status_code == 200
    assert auth0(Users).userinfo(token["access_token"])["email"] == "ana@exampleco.com"


def test_auth0s_client_redeems_a_code_with_pkce_and_verifies_the_id_token(
    auth0: Callable[..., Any], code: Callable[..., str], metadata: Json
) -> None:
    verifier = secrets.token_urlsafe(32)
    proof = {"code_challenge": create_s256_code_challenge(verifier), "code_challenge_method": "S256"}
    token = auth0(GetToken, **MOBILE).authorization_code_pkce(
        verifier, code("timesheets-mobile", nonce="once", **proof), CALLBACK
    )
    keys = AsymmetricSignatureVerifier(metadata["jwks_uri"])
    claims = TokenVerifier(keys, metadata["issuer"], "timesheets-mobile").verify(
        token["id_token"], nonce="once", max_age=60
    )
    assert (claims["sub"], claims["name"]) == ("auth0|ana", "Ana")
    with pytest.raises(TokenValidationError, match="Audience"):  # an access token is not an ID token
        TokenVerifier(keys, metadata["issuer"], "timesheets-mobile").verify(token["access_token"])


def test_auth0s_client_refreshes_and_revokes(auth0: Callable[..., Any], code: Callable[..., str]) -> None:
    get_token = auth0(GetToken, **WEB)
    first = get_token.authorization_code(code("timesheets-web"), CALLBACK)
    second = get_token.refresh_token(first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert second["scope"] == first["scope"]
    narrow = get_token.refresh_token(second["refresh_token"], scope="openid read:timesheets")
    assert set(narrow["scope"].split()) == {"openid", "read:timesheets"}
    auth0(RevokeToken, **WEB).revoke_refresh_token(narrow["refresh_token"])
    with pytest.raises(Auth0Error) as refused:
        get_token.refresh_token(narrow["refresh_token"])
    assert (refused.value.status_code, refused.value.error_code) == (403, "invalid_grant")


def test_auth0s_client_gets_a_token_for_a_program(auth0: Callable[..., Any], stack: "Stack") -> None:
    token = auth0(GetToken, **IMPORT).client_credentials(stack.settings.audience)
    assert (token["scope"], token["token_type"]) == ("batch:upload", "Bearer")


def test_auth0s_client_reports_errors_as_with_auth0(
    auth0: Callable[..., Any], code: Callable[..., str]
) -> None:
    proof = {"code_challenge": create_s256_code_challenge("v" * 43), "code_challenge_method": "S256"}
    mobile = auth0(GetToken, **MOBILE)
    web = auth0(GetToken, **WEB)
    stranger = auth0(GetToken, **WEB | {"client_secret": "another"})
    program = auth0(GetToken, **IMPORT)
    spent = code("timesheets-web")
    tokens = [web.authorization_code(spent, CALLBACK)]
    tokens += [web.refresh_token(tokens[0]["refresh_token"])]
    tokens += [web.refresh_token(tokens[1]["refresh_token"])]
    attempts: dict[str, tuple[Callable[[], Any], int, str]] = {
        "another verifier": (
            lambda: mobile.authorization_code_pkce("w" * 43, code("timesheets-mobile", **proof), CALLBACK),
            403,
            "invalid_grant",
        ),
        "another secret": (
            lambda: stranger.authorization_code(code("timesheets-web"), CALLBACK),
            401,
            "access_denied",
        ),
        "another redirect": (
            lambda: web.authorization_code(code("timesheets-web"), "http://127.0.0.1:8081/callback"),
            403,
            "invalid_grant",
        ),
        "a reused refresh token": (
            lambda: web.refresh_token(tokens[0]["refresh_token"]),
            403,
            "invalid_grant",
        ),
        "one of the same family": (
            lambda: web.refresh_token(tokens[2]["refresh_token"]),
            403,
            "invalid_grant",
        ),
        "a spent code": (lambda: web.authorization_code(spent, CALLBACK), 403, "invalid_grant"),
        "an API that is not there": (
            lambda: program.client_credentials("https://api.exampleco.com/none"),
            403,
            "access_denied",
        ),
    }
    answers = {}
    for name, (attempt, _, _) in attempts.items():
        with pytest.raises(Auth0Error) as refused:
            attempt()
        answers[name] = (refused.value.status_code, refused.value.error_code)
    assert answers == {name: (status, error) for name, (_, status, error) in attempts.items()}
    with pytest.raises(Auth0Error) as refused:
        auth0(Users).userinfo("no.access.token")
    assert refused.value.status_code == 401
