"""Userinfo, revocation, logout, metadata and keys."""

import pytest

from local.issuer.app import ROTATE_KEY
from tests.unit.local.issuer.support import (
    ISSUER,
    MANAGER,
    MOBILE,
    WEB,
    WEB_SECRET,
    Browser,
    callback,
    refusal,
)

HOME = "http://127.0.0.1:3002/"


def revoke(browser: Browser, form: str = "json", **body: str) -> int:
    answer = browser.http.post("/oauth/revoke", **{form: {"client_id": "timesheets-mobile"} | body})  # type: ignore[arg-type]
    return answer.status_code


def userinfo(browser: Browser, token: str, method: str = "GET") -> int:
    return browser.http.request(method, "/userinfo", headers={"Authorization": f"Bearer {token}"}).status_code


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_userinfo_has_the_claims_of_the_id_token(method: str, browser: Browser) -> None:
    body = browser.tokens("mia")
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    answer = browser.http.request(method, "/userinfo", headers=bearer)
    id_claims = browser.claims(body["id_token"], "timesheets-mobile")
    of_the_token = {"iss", "aud", "iat", "exp", "auth_time", "nonce"}
    assert answer.json() == {name: value for name, value in id_claims.items() if name not in of_the_token}
    assert answer.json()["sub"] == "auth0|mia"


def test_userinfo_accepts_the_token_in_a_form(browser: Browser) -> None:
    """RFC 6750, section 2.2."""
    token = browser.tokens("mia")["access_token"]
    answer = browser.http.post("/userinfo", data={"access_token": token})
    assert answer.json()["sub"] == "auth0|mia"
    wrong = browser.http.post("/userinfo", data={"access_token": "x"})
    assert wrong.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    bearer = {"Authorization": f"Bearer {token}"}
    twice = browser.http.post("/userinfo", data={"access_token": token}, headers=bearer)
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("header", "challenge"),
    [
        (None, "Bearer"),
        ("Bearer", 'Bearer error="invalid_token"'),
        ("Bearer x", 'Bearer error="invalid_token"'),
        ("Basic x", 'Bearer error="invalid_token"'),
        ("Bearer eyJ.eyJ.x", 'Bearer error="invalid_token"'),
    ],
)
def test_userinfo_needs_an_access_token(header: str | None, challenge: str, browser: Browser) -> None:
    headers = {} if header is None else {"Authorization": header}
    answer = browser.http.get("/userinfo", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == challenge


def test_userinfo_needs_the_scope_openid(browser: Browser) -> None:
    token = browser.tokens(scope="read:timesheets")["access_token"]
    answer = browser.http.get("/userinfo", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'


def test_userinfo_refuses_expired_tokens_and_removed_users(browser: Browser) -> None:
    token = browser.tokens("carl")["access_token"]
    browser.clock.advance(86_399)
    assert userinfo(browser, token) == 200
    browser.clock.advance(1)
    assert userinfo(browser, token) == 401
    token = browser.tokens("carl")["access_token"]
    browser.seed.write_text(browser.seed.read_text().replace("auth0|carl", "auth0|charles"))
    assert userinfo(browser, token) == 401


def test_userinfo_refuses_id_tokens(browser: Browser) -> None:
    assert userinfo(browser, browser.tokens()["id_token"]) == 401


@pytest.mark.parametrize("form", ["json", "data"])
def test_a_revoked_refresh_token_ends_its_sign_in(form: str, browser: Browser) -> None:
    first = browser.tokens()
    second = browser.refresh(first["refresh_token"]).json()
    assert revoke(browser, form, token=second["refresh_token"]) == 200
    assert refusal(browser.refresh(second["refresh_token"])) == (403, "invalid_grant")
    assert userinfo(browser, first["access_token"]) == 401


def test_revoking_an_access_token_ends_no_other_token(browser: Browser) -> None:
    body = browser.tokens()
    assert revoke(browser, token=body["access_token"], token_type_hint="access_token") == 200
    assert userinfo(browser, body["access_token"]) == 401
    assert browser.refresh(body["refresh_token"]).status_code == 200


def test_revoking_an_unknown_token_is_no_error(browser: Browser) -> None:
    """RFC 7009, section 2.2."""
    assert revoke(browser, token="made-up") == 200
    assert revoke(browser, token="made-up", token_type_hint="unheard-of") == 200


def test_revocation_needs_a_token(browser: Browser) -> None:
    assert revoke(browser) == 400


def test_an_application_revokes_only_its_own_tokens(browser: Browser) -> None:
    body = browser.tokens()
    assert revoke(browser, token=body["refresh_token"], **WEB_SECRET) == 403
    assert revoke(browser, token=body["refresh_token"], client_id="timesheets-web") == 401
    assert browser.refresh(body["refresh_token"]).status_code == 200
    code = browser.code("mia", WEB)
    web = browser.redeem(code, **WEB_SECRET, code_verifier=None).json()
    assert revoke(browser, token=web["refresh_token"]) == 403
    assert revoke(browser, token=web["refresh_token"], **WEB_SECRET) == 200


@pytest.mark.parametrize("home", [HOME, HOME.rstrip("/"), "http://localhost:9/"])
def test_oidc_logout_signs_out_and_redirects(home: str, browser: Browser) -> None:
    hint = browser.tokens()["id_token"]
    query = {"id_token_hint": hint, "post_logout_redirect_uri": home, "state": "s"}
    answer = browser.http.get("/oidc/logout", params=query)
    assert (answer.status_code, answer.headers["location"]) == (302, f"{home}?state=s")
    assert callback(browser.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_oidc_logout_accepts_a_client_id(method: str, browser: Browser) -> None:
    browser.code()
    given = {"client_id": "timesheets-mobile", "post_logout_redirect_uri": HOME}
    sent = {"params": given} if method == "GET" else {"data": given}
    answer = browser.http.request(method, "/oidc/logout", **sent)  # type: ignore[arg-type]
    assert answer.headers["location"] == HOME


@pytest.mark.parametrize(
    "given",
    [
        {"client_id": "timesheets-mobile", "post_logout_redirect_uri": "http://attacker.example/"},
        {"client_id": "timesheets-docs", "post_logout_redirect_uri": HOME},
        {"post_logout_redirect_uri": HOME},
    ],
)
def test_oidc_logout_redirects_to_registered_addresses_only(given: dict[str, str], browser: Browser) -> None:
    browser.code()
    answer = browser.http.get("/oidc/logout", params=given)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "logout_urls" in answer.text
    assert callback(browser.authorize(prompt="none"))["error"] == "login_required", "signed out nevertheless"


def test_oidc_logout_refuses_a_forged_hint(browser: Browser) -> None:
    browser.code()
    answer = browser.http.get("/oidc/logout", params={"id_token_hint": "eyJhbGciOiJub25lIn0.e30."})
    assert answer.status_code == 400
    assert callback(browser.authorize(prompt="none"))["error"] == "login_required", "signed out nevertheless"
    other = {"id_token_hint": browser.tokens()["id_token"], "client_id": "timesheets-web"}
    assert browser.http.get("/oidc/logout", params=other).status_code == 400


def test_an_expired_hint_is_accepted(browser: Browser) -> None:
    hint = browser.tokens()["id_token"]
    browser.clock.advance(10 * 86_400)
    query = {"id_token_hint": hint, "post_logout_redirect_uri": HOME}
    assert browser.http.get("/oidc/logout", params=query).status_code == 302


@pytest.mark.parametrize("path", ["/oidc/logout", "/v2/logout"])
def test_logout_needs_no_address(path: str, browser: Browser) -> None:
    browser.code()
    answer = browser.http.get(path)
    assert answer.status_code == 200
    assert "Signed out" in answer.text
    assert callback(browser.authorize(prompt="none"))["error"] == "login_required"
    assert browser.http.get(path).status_code == 200


@pytest.mark.parametrize("client", [{}, {"client_id": "timesheets-mobile"}])
def test_auth0_logout_redirects(client: dict[str, str], browser: Browser) -> None:
    browser.code()
    home = f"{HOME}?from=logout"
    answer = browser.http.get("/v2/logout", params=client | {"returnTo": home})
    assert (answer.status_code, answer.headers["location"]) == (302, home)
    assert callback(browser.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize(
    "given",
    [
        {"client_id": "timesheets-mobile", "returnTo": "http://attacker.example/<b>"},
        {"client_id": "timesheets-docs", "returnTo": HOME},
        {"client_id": "nobody", "returnTo": HOME},
    ],
)
def test_auth0_logout_redirects_to_registered_addresses_only(given: dict[str, str], browser: Browser) -> None:
    answer = browser.http.get("/v2/logout", params=given)
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "<b>" not in answer.text


def test_logout_ends_no_refresh_token(browser: Browser) -> None:
    """As in Auth0: an app that signs out revokes its token itself."""
    token = browser.tokens()["refresh_token"]
    browser.http.get("/v2/logout")
    assert browser.refresh(token).status_code == 200


def test_every_endpoint_of_the_metadata_exists(browser: Browser) -> None:
    metadata = browser.http.get("/.well-known/openid-configuration").json()
    assert metadata["issuer"] == ISSUER
    assert metadata["code_challenge_methods_supported"] == ["S256"]
    assert set(MANAGER.split()) < set(metadata["scopes_supported"])
    for name, address in metadata.items():
        if name.endswith(("_endpoint", "jwks_uri")):
            path = address.removeprefix(ISSUER)
            answers = {browser.http.request(method, f"/{path}").status_code for method in ("GET", "POST")}
            assert 404 not in answers, name


def test_both_metadata_documents_are_the_same(browser: Browser) -> None:
    """OpenID Connect Discovery 1.0, section 4, and RFC 8414, section 3."""
    paths = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
    one, other = (browser.http.get(path).json() for path in paths)
    assert one == other
    assert one["authorization_response_iss_parameter_supported"] is True
    assert one["response_modes_supported"] == ["query", "form_post", "web_message"]


def test_the_published_keys_hold_no_private_part(browser: Browser) -> None:
    keys = browser.http.get("/.well-known/jwks.json").json()["keys"]
    assert len(keys) == 2
    for key in keys:
        assert set(key) == {"kty", "use", "alg", "kid", "n", "e"}


def test_token_endpoints_allow_every_origin(browser: Browser) -> None:
    preflight = {"Origin": "http://127.0.0.1:3002", "Access-Control-Request-Method": "POST"}
    for path in ("/oauth/token", "/userinfo", "/oauth/revoke"):
        assert browser.http.options(path, headers=preflight).headers["access-control-allow-origin"] == "*"
    for path in ("/.well-known/jwks.json", "/.well-known/openid-configuration"):
        assert browser.http.get(path, headers=preflight).headers["access-control-allow-origin"] == "*"


def test_sign_in_and_key_rotation_allow_no_other_origin(browser: Browser) -> None:
    origin = {"Origin": "http://attacker.example"}
    answer = browser.http.get("/authorize", params=MOBILE | {"login_hint": "mia"}, headers=origin)
    assert "access-control-allow-origin" not in answer.headers
    keys = browser.http.get("/.well-known/jwks.json").json()
    assert browser.http.post(ROTATE_KEY, headers=origin).status_code == 403
    assert browser.http.get("/.well-known/jwks.json").json() == keys


def test_a_picture_escapes_the_name(browser: Browser) -> None:
    seed = browser.seed.read_text()
    browser.seed.write_text(
        seed.replace('"Ana"', '"<Ana"').replace("ana@exampleco.com", "a b?@exampleco.com")
    )
    claims = browser.claims(browser.tokens("auth0|ana")["id_token"], "timesheets-mobile")
    picture = browser.http.get(claims["picture"])
    assert picture.status_code == 200
    assert "&lt;" in picture.text
