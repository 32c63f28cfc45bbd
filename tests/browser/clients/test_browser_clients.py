"""auth0-spa-js and oidc-client-ts in Chromium on the local authorization server.

Each test runs with both libraries, in the page of pages/.
"""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page, Request

    from tests.browser.support import ClientPage
    from tests.local.support import Stack

type Open = Callable[..., ClientPage]

ENTRY = {"date": "2026-11-20", "project": "StoreZero", "hours": 7.5}


def sign_in(app: "ClientPage", who: str = "Ana") -> "Page":
    """Sign in on the sign-in page."""
    page = app.page
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=f"Allow as {who}").click()
    page.wait_for_url(f"{app.url}/")  # after the callback
    return page


def outcome(app: "ClientPage", call: str) -> str:
    """Call the library and return ok or the error code."""
    result: str = app.page.evaluate(f"outcome(client.{call}())")
    return result


def token_requests(page: "Page") -> list["Request"]:
    """Return a list that collects the successful token requests."""
    seen: list[Request] = []

    def note(request: "Request") -> None:
        if request.url.endswith("/oauth/token") and request.method == "POST":
            seen.append(request)

    page.on("requestfinished", note)
    return seen


def test_sign_in_gives_a_profile_and_a_token_for_the_api(app: Open) -> None:
    page = sign_in(app())
    assert page.locator("#name").inner_text() == "Ana"
    assert page.locator("#email").inner_text() == "ana@exampleco.com"
    assert page.locator("#nickname").inner_text() == "ana"
    assert page.locator("#picture").evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    assert page.evaluate("entry => call('POST', '/timesheets', entry)", ENTRY) == 201
    assert page.evaluate("call('GET', '/timesheets')") == 200
    assert page.evaluate("call('GET', '/approvals')") == 403


def test_a_refusal_is_access_denied(app: Open) -> None:
    opened = app()
    page = opened.page
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Refuse").click()
    page.wait_for_url(f"{opened.url}/callback?**")
    assert page.locator("#error").filter(has_text=re.compile(".")).inner_text() == "access_denied"
    assert outcome(opened, "silentSignIn") == "login_required"


def test_sign_in_works_in_a_popup(app: Open) -> None:
    opened = app()
    page = opened.page
    with page.expect_popup() as popup:
        page.evaluate("() => { window.signedIn = outcome(client.signInByPopup()) }")
    popup.value.get_by_role("button", name="Allow as Ana").click()
    assert page.evaluate("window.signedIn") == "ok"
    assert page.evaluate("client.profile()")["email"] == "ana@exampleco.com"


def test_tokens_are_renewed_with_rotating_refresh_tokens(app: Open) -> None:
    opened = app(refresh_tokens=True)
    seen = token_requests(opened.page)
    page = sign_in(opened)
    assert outcome(opened, "renew") == "ok"
    assert outcome(opened, "renew") == "ok"
    assert page.evaluate("call('GET', '/timesheets')") == 200
    sent = [parse_qs(request.post_data or "") for request in seen]
    assert [body["grant_type"] for body in sent] == [
        ["authorization_code"],
        ["refresh_token"],
        ["refresh_token"],
    ]
    given = [request.response().json()["refresh_token"] for request in seen]
    assert [body["refresh_token"][0] for body in sent[1:]] == given[:2]
    assert len(set(given)) == 3


def test_tokens_are_renewed_by_the_session_without_a_refresh_token(app: Open) -> None:
    opened = app()
    seen = token_requests(opened.page)
    page = sign_in(opened)
    assert outcome(opened, "renew") == "ok"
    sent = [parse_qs(request.post_data or "") for request in seen]
    assert [body["grant_type"] for body in sent] == [["authorization_code"]] * 2
    assert sent[0]["code"] != sent[1]["code"]
    assert all("refresh_token" not in request.response().json() for request in seen)
    assert page.evaluate("call('GET', '/timesheets')") == 200


def test_a_page_at_another_origin_finds_the_session(app: Open) -> None:
    first = app()
    sign_in(first)
    again = app()  # another origin: only the session at the server is shared
    assert outcome(again, "silentSignIn") == "ok"
    assert again.page.evaluate("client.profile()")["email"] == "ana@exampleco.com"


def test_silent_sign_in_without_a_session_is_login_required(app: Open) -> None:
    assert outcome(app(), "silentSignIn") == "login_required"


def test_prompt_login_shows_the_sign_in_page_despite_a_session(app: Open) -> None:
    opened = app()
    page = sign_in(opened)
    page.evaluate("() => { client.signIn('login') }")
    page.get_by_role("button", name="Allow as Carl").click()
    page.wait_for_url(f"{opened.url}/")
    assert page.locator("#email").inner_text() == "carl@contractors.example"


def test_a_revoked_refresh_token_is_invalid(app: Open, stack: "Stack") -> None:
    opened = app(refresh_tokens=True)
    seen = token_requests(opened.page)
    page = sign_in(opened)
    assert outcome(opened, "revoke") == "ok"
    form = {
        "grant_type": "refresh_token",
        "client_id": "timesheets-mobile",
        "refresh_token": seen[0].response().json()["refresh_token"],
    }
    answer = page.request.post(f"{stack.settings.issuer}oauth/token", form=form)
    assert (answer.status, answer.json()["error"]) == (403, "invalid_grant")


def test_renewal_with_a_token_revoked_elsewhere(app: Open, stack: "Stack") -> None:
    opened = app(refresh_tokens=True)
    seen = token_requests(opened.page)
    page = sign_in(opened)
    revoked = {"client_id": "timesheets-mobile", "token": seen[0].response().json()["refresh_token"]}
    assert page.request.post(f"{stack.settings.issuer}oauth/revoke", data=revoked).status == 200
    # auth0-spa-js recognises Auth0's error text and falls back to the session.
    expected = {"auth0_spa_js": "ok", "oidc_client_ts": "invalid_grant"}
    assert outcome(opened, "renew") == expected[opened.library]


def test_sign_out_ends_the_session(app: Open) -> None:
    opened = app()
    page = sign_in(opened)
    with page.expect_navigation(url=re.compile(rf"{re.escape(opened.url)}/?(\?.*)?$")) as back:
        page.get_by_role("button", name="Sign out").click()
    endpoint = {"auth0_spa_js": "/v2/logout", "oidc_client_ts": "/oidc/logout"}[opened.library]
    assert urlsplit(back.value.request.redirected_from.url).path == endpoint
    assert not page.evaluate("client.profile()")
    assert outcome(opened, "silentSignIn") == "login_required"
    assert outcome(app(), "silentSignIn") == "login_required"
