"""The documentation page of the local stack."""

import re
from typing import TYPE_CHECKING

import httpx2 as httpx

if TYPE_CHECKING:
    from tests.local.support import Stack


def test_the_page_loads_nothing_from_other_hosts(stack: "Stack", http: httpx.Client) -> None:
    page = http.get("/docs")
    assert page.status_code == 200
    assert "//" not in page.text
    hosts = re.findall(r"https?://\S+?(?=[ ;])", page.headers["content-security-policy"])
    assert hosts == [stack.settings.issuer.rstrip("/")]
    assets = re.findall(r'(?:href|src)="([^"]+)"', page.text)
    assert len(assets) == 4
    for path in (*assets, "/docs/ui/oauth2-redirect.html", "/docs/ui/oauth2-redirect.js"):
        answer = http.get(path)
        assert answer.status_code == 200, path
        assert answer.content, path


def test_the_document_has_the_addresses_of_the_stack(stack: "Stack", http: httpx.Client) -> None:
    document = http.get("/docs/openapi.json").json()
    assert [server["url"] for server in document["servers"]] == ["/"]
    for flow in document["components"]["securitySchemes"]["oauth2"]["flows"].values():
        assert flow["tokenUrl"] == f"{stack.settings.issuer}oauth/token"
        assert flow.get("authorizationUrl") in (None, f"{stack.settings.issuer}authorize")


def test_the_page_can_sign_in(stack: "Stack", http: httpx.Client) -> None:
    redirect = f"{stack.settings.api_url}/docs/ui/oauth2-redirect.html"
    start = http.get("/docs/start.js").text
    assert "/docs/ui/oauth2-redirect.html" in start
    assert stack.settings.audience in start
    query = {
        "response_type": "code",
        "client_id": "timesheets-docs",
        "redirect_uri": redirect,
        "audience": stack.settings.audience,
        "scope": "read:timesheets",
        "code_challenge": "c" * 43,
        "code_challenge_method": "S256",
        "login_hint": "ana",
    }
    answer = httpx.get(f"{stack.settings.issuer}authorize", params=query)
    assert answer.headers["location"].startswith(f"{redirect}?code=")
