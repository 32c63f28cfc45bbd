"""Refresh tokens: rotation, overlap, reuse and scopes."""

import pytest

from tests.unit.local.issuer.support import (
    EMPLOYEE,
    MANAGER,
    MOBILE,
    WEB,
    WEB_SECRET,
    Browser,
    Changes,
    refusal,
)

OVER = 11
"""Seconds: more than the overlap."""


def test_each_exchange_issues_a_successor(browser: Browser) -> None:
    body = browser.tokens("mia")
    seen = {body["refresh_token"]}
    for _ in range(5):
        browser.clock.advance(3600)
        body = browser.refresh(body["refresh_token"]).json()
        assert body["refresh_token"] not in seen
        seen.add(body["refresh_token"])
        claims = browser.claims(body["access_token"])
        assert (claims["sub"], claims["exp"]) == ("auth0|mia", browser.clock.now + 86_400)
        assert body["scope"] == MOBILE["scope"]


def test_a_refreshed_id_token_keeps_auth_time(browser: Browser) -> None:
    first = browser.tokens("mia")
    browser.clock.advance(3600)
    second = browser.refresh(first["refresh_token"]).json()
    before, after = (browser.claims(body["id_token"], "timesheets-mobile") for body in (first, second))
    assert after["auth_time"] == before["auth_time"]
    assert after["iat"] == before["iat"] + 3600
    assert "nonce" not in after  # OpenID Connect Core 1.0, section 12.2


def test_without_offline_access_there_is_no_refresh_token(browser: Browser) -> None:
    assert "refresh_token" not in browser.tokens(scope="openid read:timesheets")


def test_an_application_without_the_grant_gets_no_refresh_token(browser: Browser) -> None:
    docs = {"client_id": "timesheets-docs", "redirect_uri": "http://127.0.0.1/docs/ui/oauth2-redirect.html"}
    location = browser.authorize(**docs, login_hint="ana").headers["location"]
    body = browser.redeem(location.partition("code=")[2].partition("&")[0], **docs).json()
    assert "refresh_token" not in body
    assert "offline_access" not in body["scope"]


def test_a_lost_response_can_be_repeated_within_the_overlap(browser: Browser) -> None:
    first = browser.tokens()["refresh_token"]
    lost = browser.refresh(first).json()["refresh_token"]
    browser.clock.advance(9)
    again = browser.refresh(first)
    assert again.status_code == 200
    assert again.json()["refresh_token"] != lost
    browser.clock.advance(3600)
    assert browser.refresh(again.json()["refresh_token"]).status_code == 200


def test_two_concurrent_exchanges_both_succeed(browser: Browser) -> None:
    first = browser.tokens()["refresh_token"]
    one, other = (browser.refresh(first).json()["refresh_token"] for _ in range(2))
    browser.clock.advance(3600)
    assert browser.refresh(one).status_code == 200
    assert browser.refresh(other).status_code == 200


@pytest.mark.parametrize(("uses", "wait"), [(1, OVER), (2, 0), (3, OVER)])
def test_reuse_ends_the_whole_family(uses: int, wait: int, browser: Browser) -> None:
    body = first = browser.tokens()
    for _ in range(uses):
        body = browser.refresh(body["refresh_token"]).json()
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    browser.clock.advance(wait)
    assert refusal(browser.refresh(first["refresh_token"])) == (403, "invalid_grant")
    assert refusal(browser.refresh(body["refresh_token"])) == (403, "invalid_grant")
    assert browser.http.get("/userinfo", headers=bearer).status_code == 401


def test_an_unused_successor_is_no_sign_of_theft(browser: Browser) -> None:
    first = browser.tokens()["refresh_token"]
    unused, used = (browser.refresh(first).json()["refresh_token"] for _ in range(2))
    newest = browser.refresh(used).json()["refresh_token"]
    browser.clock.advance(3600)
    assert browser.refresh(unused).status_code == 200
    assert browser.refresh(newest).status_code == 200


def test_reuse_in_either_branch_ends_the_whole_family(browser: Browser) -> None:
    first = browser.tokens()["refresh_token"]
    one, other = (browser.refresh(first).json()["refresh_token"] for _ in range(2))
    newest = browser.refresh(one).json()["refresh_token"]
    browser.clock.advance(OVER)
    assert refusal(browser.refresh(one)) == (403, "invalid_grant")
    assert refusal(browser.refresh(other)) == (403, "invalid_grant")
    assert refusal(browser.refresh(newest)) == (403, "invalid_grant")


def test_reuse_ends_no_other_sign_in(browser: Browser) -> None:
    one, other = browser.tokens()["refresh_token"], browser.tokens()["refresh_token"]
    browser.refresh(one)
    browser.clock.advance(OVER)
    browser.refresh(one)
    assert browser.refresh(other).status_code == 200


def test_a_grant_expires_after_thirty_days_despite_refreshes(browser: Browser) -> None:
    token = browser.tokens()["refresh_token"]
    browser.clock.advance(29 * 86_400)
    token = browser.refresh(token).json()["refresh_token"]
    browser.clock.advance(86_400)
    assert refusal(browser.refresh(token)) == (403, "invalid_grant")


@pytest.mark.parametrize(("wait", "status"), [(9.9, 200), (10, 403)])
def test_the_overlap_is_ten_seconds(wait: float, status: int, browser: Browser) -> None:
    token = browser.tokens()["refresh_token"]
    browser.refresh(token)
    browser.clock.advance(wait)
    assert browser.refresh(token).status_code == status


@pytest.mark.parametrize(
    "gone", ["auth0|ana", '"https://api.exampleco.com/timesheets"', '"timesheets-mobile"']
)
def test_a_refresh_that_the_seed_prevents_changes_nothing(gone: str, browser: Browser) -> None:
    token = browser.tokens("ana")["refresh_token"]
    seed = browser.seed.read_text()
    other = gone.replace("ana", "anna").replace("/timesheets", "/hours").replace("mobile", "phone")
    browser.seed.write_text(seed.replace(gone, other))
    assert browser.refresh(token).status_code in {401, 403}
    browser.seed.write_text(seed)
    browser.clock.advance(3600)
    assert browser.refresh(token).status_code == 200


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        ("read:timesheets", "read:timesheets"),
        ("openid read:timesheets", "openid read:timesheets"),
        (f"{MANAGER} batch:upload", MANAGER),
        ("batch:upload", ""),
        (None, MOBILE["scope"]),
    ],
)
def test_a_refresh_can_narrow_the_scope_but_not_widen_it(
    asked: str | None, granted: str, browser: Browser
) -> None:
    first = browser.tokens("mia")["refresh_token"]
    narrow = browser.refresh(first, scope=asked)
    assert narrow.json()["scope"] == granted
    assert browser.claims(narrow.json()["access_token"])["scope"] == granted
    wide = browser.refresh(narrow.json()["refresh_token"])
    assert wide.json()["scope"] == MOBILE["scope"], "a narrow token does not narrow later ones"


def test_a_refresh_never_exceeds_the_grant(browser: Browser) -> None:
    token = browser.tokens("mia", scope="offline_access read:timesheets")["refresh_token"]
    assert browser.refresh(token, scope=MANAGER).json()["scope"] == "read:timesheets"


def test_a_refresh_of_an_empty_grant_stays_empty(browser: Browser) -> None:
    token = browser.tokens("ana", scope="offline_access approve:timesheets")["refresh_token"]
    assert browser.refresh(token).json()["scope"] == "offline_access"


def test_a_role_that_permits_less_limits_the_refresh(browser: Browser) -> None:
    token = browser.tokens("mia")["refresh_token"]
    seed = browser.seed.read_text()
    browser.seed.write_text(seed.replace('role = "Manager"', 'role = "Employee"'))
    body = browser.refresh(token).json()
    assert "approve:timesheets" not in body["scope"]
    assert browser.claims(body["access_token"])["permissions"] == EMPLOYEE.split()
    browser.seed.write_text(seed)
    assert "approve:timesheets" in browser.refresh(body["refresh_token"]).json()["scope"]


def test_a_new_permission_needs_a_new_sign_in(browser: Browser) -> None:
    token = browser.tokens("ana")["refresh_token"]
    browser.seed.write_text(browser.seed.read_text().replace('role = "Employee"', 'role = "Manager"'))
    assert "approve:timesheets" not in browser.refresh(token, scope=MANAGER).json()["scope"]
    assert "approve:timesheets" in browser.tokens("ana")["scope"]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"refresh_token": "made-up"}, 403, "invalid_grant"),
        ({"refresh_token": None}, 400, "invalid_request"),
        (WEB_SECRET, 403, "invalid_grant"),
        ({"client_id": "timesheets-docs"}, 403, "unauthorized_client"),
        ({"client_id": "nobody"}, 401, "access_denied"),
        ({"client_id": None}, 401, "access_denied"),
    ],
)
def test_another_application_cannot_use_or_end_the_grant(
    changes: Changes, status: int, error: str, browser: Browser
) -> None:
    token = browser.tokens()["refresh_token"]
    assert refusal(browser.refresh(token, **changes)) == (status, error)
    assert browser.refresh(token).status_code == 200


@pytest.mark.parametrize("secret", [None, "wrong"])
def test_refresh_tokens_of_the_web_app_need_its_secret(secret: str | None, browser: Browser) -> None:
    code = browser.code("mia", WEB)
    token = browser.redeem(code, **WEB_SECRET, code_verifier=None).json()["refresh_token"]
    without = {"client_id": "timesheets-web", "client_secret": secret}
    assert refusal(browser.refresh(token, **without)) == (401, "access_denied")
    assert browser.refresh(token, **WEB_SECRET).status_code == 200


def test_only_refresh_tokens_can_be_exchanged(browser: Browser) -> None:
    code = browser.code()
    body = browser.redeem(code).json()
    for token in (body["access_token"], body["id_token"], code):
        assert refusal(browser.refresh(token)) == (403, "invalid_grant")
