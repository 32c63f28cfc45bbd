"""The authorization endpoint: sessions, the sign-in page and errors."""

import html
import json
import re
from urllib.parse import urlencode

import httpx2 as httpx
import jwt
import pytest

from local.issuer.tokens import TokenIssuer
from tests.unit.local.issuer.support import ISSUER, MOBILE, WEB, Browser, callback


def buttons(page: httpx.Response) -> dict[str, str]:
    """Return the values of the page's buttons by their text."""
    assert page.status_code == 200, page.text
    found = re.findall(
        r'<button(.*?) name="(user|refuse)" value="(.*?)"(.*?)>(.*?)</button>', page.text, re.DOTALL
    )
    return {re.sub(r"(<.*?>|\s)+", " ", text).strip(): f"{name}={value}" for _, name, value, _, text in found}


def choose(browser: Browser, button: str, **changes: str) -> httpx.Response:
    """Press a button of the page."""
    page = browser.authorize(**changes)
    (sent,) = (value for text, value in buttons(page).items() if text.startswith(button))
    name, _, value = sent.partition("=")
    return browser.http.post(str(page.url), data={name: value})


@pytest.mark.parametrize("hint", ["ana", "ana@exampleco.com", "auth0|ana"])
def test_a_known_login_hint_signs_in_without_a_page(hint: str, browser: Browser) -> None:
    back = callback(browser.authorize(login_hint=hint))
    assert back["state"] == "s/t a"
    token = browser.redeem(back["code"]).json()["access_token"]
    assert browser.claims(token)["sub"] == "auth0|ana"


@pytest.mark.parametrize("hint", [None, "nobody", ""])
def test_without_a_known_user_a_page_asks(hint: str | None, browser: Browser) -> None:
    page = browser.authorize(login_hint=hint)
    assert "Timesheets Mobile" in page.text
    missing = "Not permitted: see and approve other people&#39;s hours"
    assert list(buttons(page)) == [
        f"Allow as Ana Employee, ana@exampleco.com {missing}",
        f"Allow as Carl Contractor, carl@contractors.example {missing}",
        "Allow as Mia Manager, mia@exampleco.com",
        "Refuse",
    ]
    assert "log and correct your hours" in page.text
    assert "stay signed in" in page.text
    assert "no passwords" in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_choosing_a_user_signs_that_user_in(browser: Browser) -> None:
    code = callback(choose(browser, "Allow as Carl"))["code"]
    assert browser.claims(browser.redeem(code).json()["access_token"])["sub"] == "auth0|carl"


def test_refusing_signs_nobody_in(browser: Browser) -> None:
    back = callback(choose(browser, "Refuse"))
    assert (back["error"], back["state"]) == ("access_denied", "s/t a")
    assert callback(browser.authorize(prompt="none"))["error"] == "login_required"


def test_an_unknown_choice_shows_the_page_again(browser: Browser) -> None:
    url = str(browser.authorize().url)
    assert len(buttons(browser.http.post(url, data={"user": "auth0|eve"}))) == 4


def test_a_session_serves_later_requests_of_the_same_browser(browser: Browser) -> None:
    browser.code("mia")
    browser.clock.advance(60)
    for prompt in (None, "none"):
        code = callback(browser.authorize(prompt=prompt))["code"]
        claims = browser.claims(browser.redeem(code).json()["id_token"], "timesheets-mobile")
        assert claims["sub"] == "auth0|mia"
        assert claims["auth_time"] == browser.clock.now - 60


def test_another_browser_has_no_session(browser: Browser) -> None:
    browser.code("mia")
    browser.http.cookies.clear()
    assert callback(browser.authorize(prompt="none"))["error"] == "login_required"
    assert buttons(browser.authorize())


def test_prompt_none_never_signs_anyone_in(browser: Browser) -> None:
    back = callback(browser.authorize(prompt="none", login_hint="ana"))
    assert (back["error"], back["state"]) == ("login_required", "s/t a")
    browser.code("ana")
    assert "code" in callback(browser.authorize(prompt="none", login_hint="ana"))
    assert callback(browser.authorize(prompt="none", login_hint="mia"))["error"] == "login_required"


@pytest.mark.parametrize("prompt", ["login", "consent", "select_account", "login consent"])
def test_a_prompt_shows_the_page_despite_a_session(prompt: str, browser: Browser) -> None:
    browser.code("ana")
    assert buttons(browser.authorize(prompt=prompt))


def test_prompt_login_with_a_hint_renews_the_sign_in(browser: Browser) -> None:
    browser.code("ana")
    browser.clock.advance(60)
    code = callback(browser.authorize(prompt="login", login_hint="ana"))["code"]
    claims = browser.claims(browser.redeem(code).json()["id_token"], "timesheets-mobile")
    assert claims["auth_time"] == browser.clock.now


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "timesheets-web"},
        {"client_id": "timesheets-web", "scope": ""},
        {"scope": "openid profile"},
        {"scope": ""},
        {"audience": "https://api.exampleco.com/expenses"},
        {"audience": ""},
    ],
)
def test_another_application_api_or_scope_needs_consent(change: dict[str, str], browser: Browser) -> None:
    browser.code("ana", scope="openid")
    assert callback(browser.authorize(**change, prompt="none"))["error"] == "consent_required"
    assert buttons(browser.authorize(**change))


def test_consent_is_remembered(browser: Browser) -> None:
    browser.code("ana", WEB)
    browser.code("ana")
    assert "code" in callback(browser.authorize(WEB, prompt="none"))
    assert "code" in callback(browser.authorize(scope="openid"))


def test_consent_of_one_user_is_not_consent_of_another(browser: Browser) -> None:
    browser.code("ana", WEB)
    browser.code("mia")
    assert callback(browser.authorize(WEB, prompt="none"))["error"] == "consent_required"


def test_a_new_permission_needs_consent(browser: Browser) -> None:
    browser.code("ana")
    browser.seed.write_text(browser.seed.read_text().replace('role = "Employee"', 'role = "Manager"'))
    assert callback(browser.authorize(prompt="none"))["error"] == "consent_required"


@pytest.mark.parametrize("end", ["/v2/logout", "/authorize"])
def test_the_cookie_of_an_ended_session_signs_nobody_in(end: str, browser: Browser) -> None:
    browser.code("ana")
    old = browser.http.cookies["sign_in"]
    browser.http.get(end, params=MOBILE | {"login_hint": "mia"})
    browser.http.cookies.clear()
    browser.http.cookies.set("sign_in", old)
    assert callback(browser.authorize(prompt="none"))["error"] == "login_required"


def test_empty_parameters_count_as_left_out(browser: Browser) -> None:
    empty = dict.fromkeys(("nonce", "state", "prompt", "max_age", "response_mode"), "")
    back = callback(browser.authorize(**empty, login_hint="ana"))
    assert set(back) == {"code", "iss"}
    token = browser.redeem(back["code"]).json()["id_token"]
    assert "nonce" not in browser.claims(token, "timesheets-mobile")
    challenge = {"code_challenge": "", "code_challenge_method": ""}
    assert "code" in callback(browser.authorize(WEB, **challenge, login_hint="ana"))


def test_a_client_without_the_grant_gets_no_code(browser: Browser) -> None:
    seed = browser.seed.read_text()
    both = 'grants = ["authorization_code", "refresh_token"]'
    browser.seed.write_text(seed.replace(both, 'grants = ["refresh_token"]', 1))
    assert callback(browser.authorize(login_hint="ana"))["error"] == "unauthorized_client"


def test_responses_with_a_code_are_not_cached(browser: Browser) -> None:
    for mode in ("query", "web_message"):
        answer = browser.authorize(login_hint="ana", response_mode=mode)
        assert answer.headers["cache-control"] == "no-store"
    nonce = answer.headers["content-security-policy"].partition("'nonce-")[2].partition("'")[0]
    assert f'<script nonce="{nonce}">' in answer.text


def test_max_age_ignores_older_sign_ins(browser: Browser) -> None:
    browser.code("ana")
    browser.clock.advance(100)
    assert "code" in callback(browser.authorize(max_age="101"))
    assert buttons(browser.authorize(max_age="100"))
    assert callback(browser.authorize(max_age="0", prompt="none"))["error"] == "login_required"


def test_the_cookie_is_http_only_and_same_site(browser: Browser) -> None:
    cookie = browser.authorize(login_hint="ana").headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


def test_web_message_posts_the_response_to_the_waiting_window(browser: Browser) -> None:
    state = "</script><script>alert(1)</script>"
    page = browser.authorize(response_mode="web_message", prompt="none", state=state)
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page.text)
    assert json.loads(data) == {
        "origin": "http://127.0.0.1:8400",
        "message": {
            "type": "authorization_response",
            "response": {
                "error": "login_required",
                "error_description": "Login required",
                "state": state,
                "iss": ISSUER,
            },
        },
    }
    page = browser.authorize(response_mode="web_message", login_hint="ana")
    (data,) = re.findall(r'<script type="application/json" id="data">(.*?)</script>', page.text)
    response = json.loads(data)["message"]["response"]
    assert browser.redeem(response["code"]).status_code == 200


def test_the_parameters_may_come_in_the_body(browser: Browser) -> None:
    """OpenID Connect Core 1.0, section 3.1.2.1."""
    assert "code" in callback(browser.http.post("/authorize", data=MOBILE | {"login_hint": "ana"}))
    browser.http.cookies.clear()
    page = browser.http.post("/authorize", data=MOBILE)
    (action,) = re.findall(r'<form method="post" action="(.*?)">', page.text)
    chosen = browser.http.post(html.unescape(action), data={"user": "auth0|mia"})
    assert callback(chosen)["state"] == MOBILE["state"]


def test_a_parameter_that_repeats_in_the_body_is_refused(browser: Browser) -> None:
    body = urlencode([*MOBILE.items(), ("scope", "openid")])
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = browser.http.post("/authorize", content=body, headers=form)
    assert callback(answer)["error"] == "invalid_request"


@pytest.mark.parametrize("changes", [{"login_hint": "ana"}, {"prompt": "none"}])
def test_form_post_sends_the_response_in_a_form(changes: dict[str, str], browser: Browser) -> None:
    """OAuth 2.0 Form Post Response Mode."""
    page = browser.authorize(response_mode="form_post", state='"><script>', **changes)
    assert f'action="{MOBILE["redirect_uri"]}"' in page.text
    fields = re.findall(r'name="(.*?)" value="(.*?)"', page.text)
    sent = {name: html.unescape(value) for name, value in fields}
    assert (sent["iss"], sent["state"]) == (ISSUER, '"><script>')
    if "login_hint" in changes:
        assert browser.redeem(sent["code"]).status_code == 200
    else:
        assert sent["error"] == "login_required"
    assert page.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("changes", [{"login_hint": "ana"}, {"prompt": "none"}, {"response_type": "token"}])
def test_every_response_names_the_issuer(changes: dict[str, str], browser: Browser) -> None:
    """RFC 9207."""
    assert callback(browser.authorize(**changes))["iss"] == ISSUER


def test_an_id_token_hint_of_the_signed_in_user_is_accepted(browser: Browser) -> None:
    hint = browser.tokens("ana")["id_token"]
    browser.clock.advance(36_001)  # an expired one, too
    assert "code" in callback(browser.authorize(prompt="none", id_token_hint=hint))
    assert "code" in callback(browser.authorize(id_token_hint=hint))


@pytest.mark.parametrize("kind", ["another user's", "not a token", "forged", "another issuer's"])
def test_any_other_id_token_hint_needs_a_login(kind: str, browser: Browser, issuer_keys: TokenIssuer) -> None:
    """OpenID Connect Core 1.0, section 3.1.2.1."""
    hints = {
        "another user's": browser.tokens("mia")["id_token"],
        "not a token": "x",
        "forged": jwt.encode({"iss": ISSUER, "sub": "auth0|ana"}, "k" * 32),
        "another issuer's": issuer_keys.sign({"iss": "https://other.example/", "sub": "auth0|ana"}),
    }
    browser.code("ana")
    assert callback(browser.authorize(prompt="none", id_token_hint=hints[kind]))["error"] == "login_required"
    assert buttons(browser.authorize(id_token_hint=hints[kind]))


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": 'a"b'}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"request": "eyJ"}, "request_not_supported"),
        ({"request_uri": "https://attacker.example/"}, "request_uri_not_supported"),
        ({"max_age": "soon"}, "invalid_request"),
        ({"max_age": "9" * 5000}, "invalid_request"),
        ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"audience": "https://nowhere.example"}, "access_denied"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"prompt": "create"}, "invalid_request"),
    ],
)
def test_errors_are_sent_to_the_redirect_uri(
    changes: dict[str, str | None], error: str, browser: Browser
) -> None:
    back = callback(browser.authorize(**changes, login_hint="ana"))
    assert (back["error"], back["state"]) == (error, "s/t a")
    assert back["error_description"]


@pytest.mark.parametrize("name", ["scope", "state", "response_type", "nonce", "audience", "code_challenge"])
def test_a_repeated_parameter_is_refused(name: str, browser: Browser) -> None:
    answer = browser.http.get("/authorize", params=[*MOBILE.items(), (name, MOBILE[name])])
    assert callback(answer)["error"] == "invalid_request"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "nobody"},
        {"client_id": None},
        {"redirect_uri": None},
        {"redirect_uri": "http://attacker.example/callback"},
        {"redirect_uri": "http://127.0.0.1.attacker.example/callback"},
        {"redirect_uri": "http://127.0.0.1:8400@attacker.example/callback"},
        {"redirect_uri": "http://127.0.0.1:8400/callback/x"},
        {"redirect_uri": "http://127.0.0.1:8400/callback?x=1"},
        {"redirect_uri": "http://127.0.0.1:8400/callback#x"},
        {"redirect_uri": "http://127.0.0.1:8400/callback\n"},
        {"redirect_uri": "http://user@127.0.0.1:8400/callback"},
        {"redirect_uri": "http://127.0.0.1:port/callback"},
        {"redirect_uri": "https://127.0.0.1:8400/callback"},
        {"redirect_uri": "HTTP://127.0.0.1:8400/callback"},
        {"redirect_uri": "http://[/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"client_id": "timesheets-import"},
    ],
)
def test_an_unregistered_redirect_uri_gets_an_error_page(
    changes: dict[str, str | None], browser: Browser
) -> None:
    answer = browser.authorize(**changes, login_hint="ana")
    assert answer.status_code == 400
    assert "location" not in answer.headers
    assert "Sign-in failed" in answer.text


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_a_repeated_redirect_uri_gets_an_error_page(name: str, browser: Browser) -> None:
    answer = browser.http.get("/authorize", params=[*MOBILE.items(), (name, MOBILE[name])])
    assert answer.status_code == 400


def test_a_callback_with_a_port_matches_that_port_only(browser: Browser) -> None:
    seed = browser.seed.read_text()
    listed = '"http://localhost:4200/callback", "http://[::1]/callback", "com.exampleco.app://callback"'
    browser.seed.write_text(
        seed.replace(
            'callbacks = ["http://127.0.0.1/callback", "http://localhost/callback"]',
            f"callbacks = [{listed}]",
            1,
        )
    )
    for address, status in (
        ("http://localhost:4200/callback", 302),
        ("http://[::1]:9/callback", 302),
        ("com.exampleco.app://callback", 302),
        ("http://localhost:4201/callback", 400),
        ("http://localhost/callback", 400),
        ("com.exampleco.app://callback2", 400),
    ):
        assert browser.authorize(redirect_uri=address, login_hint="ana").status_code == status, address


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.0.0.1:1", "localhost:65000"])
def test_a_loopback_callback_matches_any_port(host: str, browser: Browser) -> None:
    redirect = f"http://{host}/callback"
    answer = browser.authorize(redirect_uri=redirect, login_hint="ana")
    assert answer.headers["location"].startswith(f"{redirect}?code=")
    code = callback(answer)["code"]
    assert browser.redeem(code).json()["error"] == "invalid_grant", "redeemed with another port"
    assert browser.redeem(code, redirect_uri=redirect).status_code == 200


def test_the_web_app_may_use_pkce(browser: Browser) -> None:
    assert "code" in callback(browser.authorize(WEB, login_hint="ana"))
    back = callback(browser.authorize(WEB, login_hint="ana", code_challenge="c" * 43))
    assert back["error"] == "invalid_request", "the default method is plain"
