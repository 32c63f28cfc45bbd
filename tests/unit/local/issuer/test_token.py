"""The token endpoint: the content of tokens, and refusals."""

from typing import Any

import httpx2 as httpx
import jwt
import pytest

from tests.unit.local.issuer.support import (
    AUDIENCE,
    EMPLOYEE,
    IMPORT,
    ISSUER,
    MANAGER,
    MOBILE,
    PAYROLL,
    VERIFIER,
    WEB,
    WEB_SECRET,
    Browser,
    Changes,
    callback,
    refusal,
)

FORMS = pytest.mark.parametrize("form", ["json", "data"])


def post(browser: Browser, form: str, body: dict[str, str], **kwargs: Any) -> httpx.Response:
    kwargs[form] = body
    return browser.http.post("/oauth/token", **kwargs)


def without_jti(claims: dict[str, Any]) -> dict[str, Any]:
    assert len(claims.pop("jti")) > 16
    return claims


def test_the_mobile_app_signs_in_by_code_and_pkce(browser: Browser) -> None:
    answer = browser.redeem(browser.code("ana"))
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert set(body) == {
        *("access_token", "id_token", "refresh_token", "scope", "expires_in", "token_type"),
    }
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 86_400)
    assert body["scope"] == f"openid profile email offline_access {EMPLOYEE}", "ana is not a manager"
    assert without_jti(browser.claims(body["access_token"])) == {
        "iss": ISSUER,
        "sub": "auth0|ana",
        "aud": [AUDIENCE, f"{ISSUER}userinfo"],
        "iat": browser.clock.now,
        "exp": browser.clock.now + 86_400,
        "azp": "timesheets-mobile",
        "scope": body["scope"],
        "permissions": EMPLOYEE.split(),
        "https://api.exampleco.com/email": "ana@exampleco.com",
        "https://api.exampleco.com/name": "Ana",
    }


def test_an_id_token_identifies_the_user(browser: Browser) -> None:
    assert browser.claims(browser.tokens("carl")["id_token"], "timesheets-mobile") == {
        "iss": ISSUER,
        "sub": "auth0|carl",
        "aud": "timesheets-mobile",
        "iat": browser.clock.now,
        "exp": browser.clock.now + 36_000,
        "auth_time": browser.clock.now,
        "nonce": "n-1",
        "name": "Carl",
        "nickname": "carl",
        "picture": f"{ISSUER}avatars/carl.svg",
        "updated_at": "2020-09-13T12:26:40.000Z",
        "email": "carl@contractors.example",
        "email_verified": True,
    }
    picture = browser.http.get("/avatars/carl.svg")
    assert picture.headers["content-type"].startswith("image/svg+xml")
    assert ">C<" in picture.text
    assert browser.http.get("/avatars/eve.svg").status_code == 404


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("openid", set()),
        ("openid profile", {"name", "nickname", "picture", "updated_at"}),
        ("openid email", {"email", "email_verified"}),
    ],
)
def test_an_id_token_has_the_requested_claims(scope: str, claims: set[str], browser: Browser) -> None:
    token = browser.tokens(scope=scope, nonce=None)["id_token"]
    always = {"iss", "sub", "aud", "iat", "exp", "auth_time"}
    assert set(browser.claims(token, "timesheets-mobile")) == always | claims


def test_without_openid_there_is_no_id_token_and_no_userinfo(browser: Browser) -> None:
    body = browser.tokens(scope="read:timesheets")
    assert "id_token" not in body
    assert browser.claims(body["access_token"])["aud"] == AUDIENCE


@pytest.mark.parametrize(
    ("user", "asked", "granted"),
    [
        ("ana", MANAGER, EMPLOYEE),
        ("mia", MANAGER, MANAGER),
        ("mia", "read:timesheets", "read:timesheets"),
        ("carl", "approve:timesheets", ""),
        (
            "mia",
            "batch:upload export:timesheets openid read:timesheets read:timesheets nonsense",
            "openid read:timesheets",
        ),
        ("ana", None, EMPLOYEE),
    ],
)
def test_the_requested_scopes_that_the_role_permits_are_granted(
    user: str, asked: str | None, granted: str, browser: Browser
) -> None:
    body = browser.tokens(user, scope=asked)
    assert body["scope"] == granted
    claims = browser.claims(body["access_token"])
    assert claims["scope"] == granted
    assert " ".join(claims["permissions"]) == (MANAGER if user == "mia" else EMPLOYEE)


def test_without_an_audience_a_token_is_for_userinfo_only(browser: Browser) -> None:
    body = browser.tokens("mia", audience=None)
    assert body["scope"] == "openid profile email offline_access"
    assert browser.claims(body["access_token"], f"{ISSUER}userinfo")["permissions"] == []


def test_the_seed_sets_the_token_lifetime(browser: Browser) -> None:
    text = browser.seed.read_text()
    browser.seed.write_text(text.replace("token_lifetime = 86_400 ", "token_lifetime = 90 ", 1))
    body = browser.tokens()
    claims = browser.claims(body["access_token"])
    assert body["expires_in"] == claims["exp"] - claims["iat"] == 90


@FORMS
def test_the_web_app_signs_in_by_code_and_secret(form: str, browser: Browser) -> None:
    grant = {"grant_type": "authorization_code", "redirect_uri": WEB["redirect_uri"]}
    code = browser.code("mia", WEB)
    answer = post(browser, form, grant | {"code": code} | WEB_SECRET)
    assert "approve:timesheets" in answer.json()["scope"]
    basic = ("timesheets-web", "local-web-secret")
    again = post(browser, form, grant | {"code": browser.code("mia", WEB)}, auth=basic)
    assert again.status_code == 200


@pytest.mark.parametrize(("job", "scope"), [(IMPORT, "batch:upload"), (PAYROLL, "export:timesheets")])
@FORMS
def test_a_job_uses_client_credentials(form: str, job: dict[str, str], scope: str, browser: Browser) -> None:
    body = post(browser, form, job).json()
    assert set(body) == {"access_token", "scope", "expires_in", "token_type"}
    assert without_jti(browser.claims(body["access_token"])) == {
        "iss": ISSUER,
        "sub": f"{job['client_id']}@clients",
        "aud": AUDIENCE,
        "gty": "client-credentials",
        "iat": browser.clock.now,
        "exp": browser.clock.now + 86_400,
        "azp": job["client_id"],
        "scope": scope,
        "permissions": [scope],
    }


def test_a_token_for_another_api_has_its_audience(browser: Browser) -> None:
    other = "https://api.exampleco.com/expenses"
    token = browser.token(IMPORT, audience=other).json()["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert (claims["aud"], claims["scope"]) == (other, "")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "access_denied"),
        ({"client_secret": ""}, 401, "access_denied"),
        ({"client_secret": None}, 401, "access_denied"),
        ({"client_id": "nobody"}, 401, "access_denied"),
        ({"client_id": 'no"body'}, 401, "access_denied"),
        ({"client_id": "timesheets-mobile"}, 401, "access_denied"),
        ({"client_id": "timesheets-mobile", "client_secret": None}, 401, "access_denied"),
        (WEB_SECRET, 403, "unauthorized_client"),
        ({"audience": "https://nowhere.example"}, 403, "access_denied"),
        ({"audience": None}, 400, "invalid_request"),
        ({"scope": "batch:upload approve:timesheets"}, 403, "access_denied"),
        ({"scope": "export:timesheets"}, 403, "access_denied"),
        (PAYROLL | {"scope": "batch:upload"}, 403, "access_denied"),
        (PAYROLL | {"audience": "https://api.exampleco.com/expenses"}, 403, "access_denied"),
        ({"scope": 'a"b'}, 403, "access_denied"),
        ({"grant_type": "password"}, 403, "unsupported_grant_type"),
        ({"grant_type": 'a"b'}, 403, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": ""}, 400, "invalid_request"),
    ],
)
@FORMS
def test_client_credentials_give_only_what_was_granted(
    form: str, changes: Changes, status: int, error: str, browser: Browser
) -> None:
    body = {name: value for name, value in (IMPORT | changes).items() if value is not None}
    answer = post(browser, form, body)
    assert refusal(answer) == (status, error)
    assert "www-authenticate" not in answer.headers, "a browser would ask for a password"


def test_failed_basic_authentication_gets_a_challenge(browser: Browser) -> None:
    form = {"grant_type": "client_credentials", "audience": AUDIENCE}
    answer = post(browser, "data", form, auth=("timesheets-import", "wrong"))
    assert refusal(answer) == (401, "access_denied")
    assert answer.headers["www-authenticate"].startswith("Basic ")


@pytest.mark.parametrize("header", [b"Basic \xe9", b"Basic dGltZXNoZWV0cy13ZWI66Q==", b"Basic x", b"Basic"])
def test_credentials_that_are_not_text_are_refused(header: bytes, browser: Browser) -> None:
    answer = browser.http.post(
        "/oauth/token", data={"grant_type": "client_credentials"}, headers=[(b"authorization", header)]
    )
    assert refusal(answer) == (401, "access_denied")


@pytest.mark.parametrize(
    ("basic", "form"),
    [
        (("timesheets-web", "local-web-secret"), WEB_SECRET),
        (("timesheets-web", "local-web-secret"), {"client_secret": "wrong"}),
        (("timesheets-web", "wrong"), WEB_SECRET),
        (("timesheets-web", "local-web-secret"), {"client_id": "timesheets-mobile"}),
        (("timesheets-mobile", ""), {"client_id": "timesheets-web"}),
    ],
)
def test_two_client_authentications_are_refused(
    basic: tuple[str, str], form: dict[str, str], browser: Browser
) -> None:
    """RFC 6749, section 2.3."""
    grant = {"grant_type": "authorization_code", "redirect_uri": WEB["redirect_uri"]}
    answer = post(browser, "data", grant | {"code": browser.code("mia", WEB)} | form, auth=basic)
    assert refusal(answer) == (400, "invalid_request")


def test_the_same_client_id_in_header_and_form_is_one_authentication(browser: Browser) -> None:
    grant = {"grant_type": "authorization_code", "redirect_uri": WEB["redirect_uri"]}
    form = grant | {"code": browser.code("mia", WEB), "client_id": "timesheets-web"}
    assert post(browser, "data", form, auth=("timesheets-web", "local-web-secret")).status_code == 200


@pytest.mark.parametrize("form", [{}, {"client_id": "timesheets-mobile"}])
def test_a_public_client_may_send_basic_with_an_empty_secret(form: dict[str, str], browser: Browser) -> None:
    body = form | {
        "grant_type": "authorization_code",
        "redirect_uri": MOBILE["redirect_uri"],
        "code": browser.code(),
        "code_verifier": VERIFIER,
    }
    assert post(browser, "data", body, auth=("timesheets-mobile", "")).status_code == 200


def test_an_empty_secret_does_not_authenticate_a_confidential_client(browser: Browser) -> None:
    body = {"grant_type": "authorization_code", "code": browser.code("mia", WEB)}
    assert refusal(post(browser, "data", body, auth=("timesheets-web", ""))) == (401, "access_denied")


def test_any_host_header_is_accepted(browser: Browser) -> None:
    answer = browser.http.post("/oauth/token", json=IMPORT, headers={"Host": "host.docker.internal:3001"})
    assert answer.status_code == 200


def test_an_api_that_was_not_granted_is_refused(browser: Browser) -> None:
    seed = browser.seed.read_text()
    browser.seed.write_text(seed.replace('"https://api.exampleco.com/expenses" = []', ""))
    answer = browser.token(IMPORT, audience="https://api.exampleco.com/expenses")
    assert refusal(answer) == (403, "access_denied")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"code": "wrong"}, 403, "invalid_grant"),
        ({"code": None}, 400, "invalid_request"),
        ({"code_verifier": "w" * 43}, 403, "invalid_grant"),
        ({"code_verifier": "w"}, 400, "invalid_request"),
        ({"code_verifier": None}, 400, "invalid_request"),
        ({"code_verifier": MOBILE["code_challenge"]}, 403, "invalid_grant"),  # as plain would have it
        ({"redirect_uri": "http://127.0.0.1/callback"}, 403, "invalid_grant"),
        ({"redirect_uri": None}, 403, "invalid_grant"),
        ({"client_id": "nobody"}, 401, "access_denied"),
        ({"client_id": "timesheets-docs"}, 403, "invalid_grant"),
        ({"client_id": "timesheets-web"}, 401, "access_denied"),
        (WEB_SECRET, 403, "invalid_grant"),
    ],
)
def test_a_code_is_bound_to_its_request(changes: Changes, status: int, error: str, browser: Browser) -> None:
    code = browser.code("ana")
    assert refusal(browser.redeem(code, **changes)) == (status, error)
    assert browser.redeem(code).status_code == 200, "a failed attempt must not use the code up"


def test_a_challenge_binds_the_web_app_too(browser: Browser) -> None:
    code = browser.code("mia", {**MOBILE, "client_id": "timesheets-web"})
    assert refusal(browser.redeem(code, **WEB_SECRET, code_verifier="w" * 43)) == (403, "invalid_grant")
    assert browser.redeem(code, **WEB_SECRET).status_code == 200


def test_a_verifier_without_a_challenge_is_refused(browser: Browser) -> None:
    """RFC 9700, section 4.8.2: a PKCE downgrade."""
    code = browser.code("mia", WEB)
    assert refusal(browser.redeem(code, **WEB_SECRET)) == (400, "invalid_request")


def test_a_replayed_code_ends_its_grant(browser: Browser) -> None:
    code = browser.code("ana")
    body = browser.redeem(code).json()
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    assert browser.http.get("/userinfo", headers=bearer).status_code == 200
    assert refusal(browser.redeem(code)) == (403, "invalid_grant")
    assert refusal(browser.refresh(body["refresh_token"])) == (403, "invalid_grant")
    assert browser.http.get("/userinfo", headers=bearer).status_code == 401


def test_a_code_replayed_much_later_ends_its_grant(browser: Browser) -> None:
    code = browser.code("ana")
    body = browser.redeem(code).json()
    browser.clock.advance(3600)
    assert refusal(browser.redeem(code)) == (403, "invalid_grant")
    assert refusal(browser.refresh(body["refresh_token"])) == (403, "invalid_grant")


def test_a_replay_ends_no_other_grant_of_the_same_second(browser: Browser) -> None:
    codes = [browser.code("ana"), browser.code("ana")]
    tokens = [browser.redeem(code).json()["access_token"] for code in codes]
    assert tokens[0] != tokens[1]
    browser.redeem(codes[0])
    answers = [browser.http.get("/userinfo", headers={"Authorization": f"Bearer {one}"}) for one in tokens]
    assert [answer.status_code for answer in answers] == [401, 200]


def test_a_replay_by_another_application_ends_nothing(browser: Browser) -> None:
    code = browser.code("ana")
    body = browser.redeem(code).json()
    assert refusal(browser.redeem(code, client_id="timesheets-docs")) == (403, "invalid_grant")
    assert browser.refresh(body["refresh_token"]).status_code == 200


def test_a_code_expires(browser: Browser) -> None:
    early, late = browser.code("ana"), browser.code("ana")
    browser.clock.advance(59)
    assert browser.redeem(early).status_code == 200
    browser.clock.advance(1)
    assert refusal(browser.redeem(late)) == (403, "invalid_grant")


def test_a_removed_user_gets_no_token(browser: Browser) -> None:
    code = browser.code("carl")
    browser.seed.write_text(browser.seed.read_text().replace("auth0|carl", "auth0|charles"))
    assert refusal(browser.redeem(code)) == (403, "invalid_grant")
    assert callback(browser.authorize(prompt="none"))["error"] == "login_required"


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", ""),
        ("application/json", "{"),
        ("application/json", "[]"),
        ("application/json", "[" * 100_000),
        ("application/json", '{"grant_type": ["client_credentials"]}'),
        ("application/json", '{"grant_type": "a", "grant_type": "a"}'),
        ("application/json", "\udcff"),
        ("application/json", '{"grant_type": "\\ud800"}'),
        ("application/x-www-form-urlencoded", "&".join(f"a{number}=1" for number in range(1001))),
        ("application/x-www-form-urlencoded", "grant_type=a&grant_type=a"),
        ("multipart/form-data; boundary=x", "--x--"),
        ("text/plain", "grant_type=client_credentials"),
        ("", ""),
    ],
)
def test_only_forms_and_json_objects_are_accepted(content_type: str, body: str, browser: Browser) -> None:
    content = body.encode(errors="surrogateescape")
    answer = browser.http.post("/oauth/token", content=content, headers={"content-type": content_type})
    assert refusal(answer) == (400, "invalid_request")
