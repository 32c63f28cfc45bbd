"""Sign-in, token renewal and sign-out of the app with the authorization server."""

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

from tests.browser.app.support import fill, press, refresh, row, save, tab, toast
from tests.browser.support import CORS, JWT, PROBLEM, STORE_SIGN_IN, await_service_worker, sign_in_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2 as httpx
    from playwright.sync_api import Page, Request, Route

    from local.settings import Settings
    from tests.browser.support import Phones
    from tests.local.callers import Caller

    type SignIn = Callable[[Page, str], None]

READ_SIGN_IN = """() => new Promise((read) => {
    const request = indexedDB.open("timesheets");
    request.onsuccess = () => {
        const stored = request.result.transaction("sign-in").objectStore("sign-in").get(0);
        stored.onsuccess = () => {
            request.result.close();
            read(stored.result);
        };
    };
})"""
DATABASES = "indexedDB.databases().then((all) => all.map((one) => one.name))"
API = re.compile(r"/(timesheets|approvals)\b")
REFUSED = {"code": "invalid_token", "detail": "Missing or invalid token"}


def stored_sign_in(page: "Page") -> dict[str, Any]:
    """Return the sign-in that the app stores."""
    stored: dict[str, Any] = page.evaluate(READ_SIGN_IN)
    return stored


def renewals(page: "Page") -> list["Request"]:
    """Return a list that collects the token requests of all tabs."""
    seen: list[Request] = []

    def note(request: "Request") -> None:
        if request.url.endswith("/oauth/token") and request.method == "POST":
            seen.append(request)

    page.context.on("request", note)
    return seen


def revoke(http: "httpx.Client", settings: "Settings", page: "Page") -> None:
    """Revoke the refresh token, as from another device."""
    form = {"client_id": "timesheets-mobile", "token": stored_sign_in(page)["refreshToken"]}
    assert http.post(f"{settings.issuer}oauth/revoke", data=form).status_code == 200


def credentials(page: "Page") -> str:
    """Return the header with which a tab calls the API."""
    with page.expect_request(lambda request: "authorization" in request.headers) as sent:
        refresh(page)
    header: str = sent.value.headers["authorization"]
    return header


def refuse_token(page: "Page") -> None:
    """Make the API refuse, in all tabs, the access tokens that are in use before the next renewal."""
    renewed = renewals(page)
    refused: set[str] = set()

    def answer(route: "Route") -> None:
        credentials = route.request.headers.get("authorization", "")
        if not renewed:
            refused.add(credentials)
        if credentials in refused:
            route.fulfill(status=401, json=REFUSED, headers=CORS, content_type=PROBLEM)
        else:
            route.continue_()

    page.context.route(API, answer)


def test_two_tabs_renew_the_token_once(phone: "Page", sign_in: "SignIn") -> None:
    sign_in(phone, "ana")
    expect(phone.locator(".status")).to_have_text("Saved")
    other = phone.context.new_page()
    with other.expect_response(API):
        other.goto("/")
    assert credentials(other) == credentials(phone)
    before = stored_sign_in(phone)
    refuse_token(phone)
    seen = renewals(phone)
    pages = (phone, other)
    with phone.context.expect_event("requestfinished", lambda one: one.url.endswith("/oauth/token")):
        for page in pages:
            page.evaluate("""document.querySelector("button[aria-label='Previous week']").click()""")
    for page in pages:
        expect(page.locator(".status")).to_have_attribute("aria-busy", "false")
        expect(page.locator(".status")).to_have_text("Saved")
        expect(page.get_by_role("main")).not_to_contain_text("ended")
    assert len(seen) == 1
    assert stored_sign_in(phone)["refreshToken"] != before["refreshToken"]


def test_a_reload_renews_the_token_and_keeps_the_person(phone: "Page", sign_in: "SignIn") -> None:
    sign_in(phone, "ana")
    expect(phone.locator(".status")).to_have_text("Saved")
    seen = renewals(phone)
    with phone.expect_request("**/oauth/token"):
        phone.reload()
        expect(phone.get_by_role("navigation")).to_be_visible()
    expect(phone.locator(".status")).to_have_text("Saved")
    assert len(seen) == 1


def test_only_the_refresh_token_is_stored(phone: "Page", sign_in: "SignIn") -> None:
    with phone.expect_response("**/oauth/token") as response:
        sign_in(phone, "ana")
    tokens = {name: value for name, value in response.value.json().items() if name.endswith("_token")}
    assert len(tokens) == 3
    expect(phone.locator(".status")).to_have_text("Saved")
    state = json.dumps(phone.context.storage_state(indexed_db=True))
    assert tokens["refresh_token"] in state
    assert tokens["access_token"] not in state
    assert tokens["id_token"] not in state
    assert JWT not in state


def test_a_token_is_renewed_before_it_expires(phone: "Page", sign_in: "SignIn") -> None:
    def shorten(route: "Route") -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"expires_in": 30})

    phone.context.route("**/oauth/token", shorten)
    sign_in(phone, "ana")
    expect(phone.locator(".status")).to_have_text("Saved")
    phone.context.unroute("**/oauth/token")
    seen = renewals(phone)
    refresh(phone)
    assert len(seen) == 1
    refresh(phone)
    assert len(seen) == 1


def test_a_revoked_sign_in_is_shown_and_unsent_changes_survive(
    phone: "Page", sign_in: "SignIn", http: "httpx.Client", settings: "Settings"
) -> None:
    sign_in(phone, "carl")
    expect(phone.locator(".status")).to_have_text("Saved")
    refuse_token(phone)
    revoke(http, settings, phone)
    tab(phone, "New")
    fill(phone, project="Carl offline", hours="2")
    press(phone, "Save")
    expect(row(phone, "Carl offline")).to_contain_text("not sent yet")
    expect(phone.get_by_role("main")).to_contain_text("Your sign-in has ended")
    tab(phone, "New")
    fill(phone, project="Draft")
    press(phone.get_by_role("dialog"), "Close")
    press(phone, "Sign in")
    allow = phone.get_by_role("button", name="Allow as Carl")
    back = row(phone, "Carl offline")
    expect(allow.or_(back)).to_be_visible()
    if allow.is_visible():
        allow.click()
    expect(back).to_have_count(1)
    expect(back).to_contain_text("pending")
    assert urlsplit(phone.url).path.startswith("/week/")
    expect(phone.get_by_role("main")).not_to_contain_text("Your sign-in has ended")
    tab(phone, "New")
    expect(phone.get_by_label("Project", exact=True)).to_have_value("Draft")


def test_a_busy_authorization_server_does_not_end_the_sign_in(phone: "Page", sign_in: "SignIn") -> None:
    sign_in(phone, "ana")
    expect(phone.locator(".status")).to_have_text("Saved")
    refuse_token(phone)
    busy = {"error": "too_many_requests", "error_description": "Slow down"}
    phone.route("**/oauth/token", lambda route: route.fulfill(status=429, json=busy, headers=CORS))
    refresh(phone)
    expect(phone.get_by_role("main")).to_contain_text("The server cannot be reached, although")
    expect(phone.get_by_role("main")).not_to_contain_text("ended")
    phone.unroute("**/oauth/token")
    press(phone, "Try now")
    expect(phone.get_by_role("main")).not_to_contain_text("cannot be reached")


def test_refused_tokens_do_not_cause_endless_requests(phone: "Page", sign_in: "SignIn") -> None:
    sign_in(phone, "ana")
    expect(phone.locator(".status")).to_have_text("Saved")
    requests: list[str] = []

    def refuse(route: "Route") -> None:
        requests.append(route.request.method)
        route.fulfill(status=401, json=REFUSED, headers=CORS, content_type=PROBLEM)

    phone.route(re.compile(r"/timesheets\b"), refuse)
    seen = renewals(phone)
    phone.clock.install()
    refresh(phone)
    expect(toast(phone)).to_contain_text("Missing or invalid token")
    phone.clock.fast_forward("10:00")
    expect(phone.locator(".status")).to_have_text("Saved")
    assert (len(requests), len(seen)) == (2, 1)


def test_a_used_callback_address_does_not_sign_out(phone: "Page", sign_in: "SignIn") -> None:
    sign_in(phone, "ana")
    phone.goto("/callback?code=used&state=before")
    expect(phone.get_by_role("navigation")).to_be_visible()
    expect(phone).to_have_url(re.compile(r"/week/"))


def test_sign_out_clears_all_tabs_and_ends_the_session(
    phone: "Page", sign_in: "SignIn", settings: "Settings"
) -> None:
    sign_in(phone, "ana")
    expect(phone.locator(".status")).to_have_text("Saved")
    other = phone.context.new_page()
    other.goto("/profile")
    expect(other.get_by_role("main")).to_contain_text("ana@exampleco.com")
    assert phone.evaluate(DATABASES) == ["timesheets", "timesheets auth0|ana"]
    tab(phone, "Profile")
    with phone.expect_navigation(url=f"{settings.app_url}/"):
        press(phone, "Sign out")
    for page in (phone, other):
        expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert phone.url == f"{settings.app_url}/"
    assert phone.evaluate(DATABASES) == ["timesheets"]
    assert stored_sign_in(phone) is None
    assert phone.evaluate("Object.keys(localStorage)") == []
    press(phone, "Sign in")
    expect(phone.get_by_role("button", name="Allow as Carl")).to_be_visible()  # the session has ended
    phone.get_by_role("button", name="Allow as Carl").click()
    tab(phone, "Profile")
    expect(phone.get_by_role("main")).to_contain_text("carl@contractors.example")
    expect(phone.get_by_role("main")).not_to_contain_text("ana@")
    assert phone.evaluate(DATABASES) == ["timesheets", "timesheets auth0|carl"]


def test_sign_out_asks_before_it_discards_unsent_changes(phones: "Phones", employee: "Caller") -> None:
    page = phones(employee)
    page.route(re.compile(r"/timesheets\b"), lambda route: route.abort())
    tab(page, "New")
    fill(page, project="Unsent", hours="1")
    page.clock.install()
    save(page)
    page.clock.run_for(6000)
    expect(row(page, "Unsent")).to_contain_text("not sent yet")
    tab(page, "Profile")
    press(page, "Sign out")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 entry is not sent")
    press(dialog, "Stay signed in")
    tab(page, "Timesheets")
    expect(row(page, "Unsent")).to_be_visible()
    tab(page, "Profile")
    press(page, "Sign out")
    with page.expect_navigation(url=f"{phones.settings.app_url}/"):
        press(dialog, "Discard 1 entry and sign out")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.evaluate(DATABASES) == ["timesheets"]
    assert not employee.every()


def test_another_person_on_the_same_phone_neither_sees_nor_sends_unsent_changes(
    phones: "Phones", employee: "Caller", manager: "Caller"
) -> None:
    page = phones(employee)
    page.context.route(re.compile(r"/timesheets\b"), lambda route: route.abort())
    tab(page, "New")
    fill(page, project="First person", hours="1")
    save(page)
    expect(row(page, "First person")).to_be_visible(timeout=10_000)
    # Another person signs in, in another tab.
    other = page.context.new_page()
    other.goto("/profile")
    other.evaluate(STORE_SIGN_IN, sign_in_of(manager))
    other.evaluate("new BroadcastChannel('timesheets sign-in').postMessage(undefined)")
    expect(page.get_by_role("navigation").get_by_role("link", name="Approve")).to_be_visible()
    page.context.unroute(re.compile(r"/timesheets\b"))
    expect(row(page, "First person")).to_have_count(0)
    refresh(page)
    assert not manager.every()
    tab(page, "New")
    expect(page.get_by_label("Project", exact=True)).to_have_value("")
    assert not employee.every()


def test_blocked_storage_is_reported(phones: "Phones", employee: "Caller") -> None:
    page = phones.blank(employee)
    page.add_init_script(
        "indexedDB.open = () => { throw new DOMException('Storage is blocked', 'SecurityError') }"
    )
    page.goto("/")
    expect(page.get_by_role("alert")).to_contain_text("Storage is blocked")


def test_the_service_workers_cache_has_no_token(phone: "Page", sign_in: "SignIn") -> None:
    await_service_worker(phone)
    sign_in(phone, "mia")
    tab(phone, "Approve")
    expect(phone.locator(".status")).to_contain_text("Updated")
    kept = phone.evaluate(
        """async () => {
            const found = [];
            for (const name of await caches.keys())
                for (const request of await (await caches.open(name)).keys())
                    found.push(new URL(request.url).pathname + new URL(request.url).search,
                        await (await caches.match(request)).text());
            return found;
        }"""
    )
    addresses, texts = kept[::2], kept[1::2]
    assert "/" in addresses
    assert not [address for address in addresses if "?" in address or "timesheets" in address]
    assert not [text for text in texts if JWT in text or stored_sign_in(phone)["refreshToken"] in text]
