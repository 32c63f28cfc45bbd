"""Tokens of each kind over HTTP, with API Gateway's authorizer cache on."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx2 as httpx
import pytest
from joserfc.jwk import RSAKey

from local.issuer.tokens import TokenIssuer
from timesheets.routes import ROUTES

if TYPE_CHECKING:
    from tests.local.support import Stack

GOOD = {"date": "2026-11-20", "project": "StoreZero", "hours": 7.5}
type SignIn = Callable[..., str]
type Headers = Callable[["Stack"], dict[str, str]]


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def signed(stack: "Stack", **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": stack.settings.issuer,
        "sub": "auth0|ana",
        "aud": stack.settings.audience,
        "iat": now,
        "exp": now + 600,
        "scope": "read:timesheets",
    }
    return stack.tokens.sign(claims | changes)


def by_another_key(stack: "Stack") -> str:
    """Return a token of another key with the id of the issuer's key."""
    ours, other = stack.tokens.keys.current, TokenIssuer(stack.settings.issuer)
    other.keys.current = RSAKey.import_key(other.keys.current.as_pem(private=True), {"kid": str(ours.kid)})
    return signed(type(stack)(stack.settings, other))


BAD: dict[str, Headers] = {
    "no token": lambda _: {},
    "an empty header": lambda _: {"Authorization": ""},
    "a scheme alone": lambda _: {"Authorization": "Bearer"},
    "three junk segments": lambda _: bearer("abc.def.ghi"),
    "junk": lambda _: bearer("not-a-token"),
    "another scheme": lambda stack: {"Authorization": f"Basic {signed(stack)}"},
    "an expired token": lambda stack: bearer(signed(stack, exp=int(time.time()) - 60)),
    "another audience": lambda stack: bearer(signed(stack, aud="https://api.exampleco.com/expenses")),
    "another issuer": lambda stack: bearer(signed(stack, iss="http://127.0.0.1:1/")),
    "another key": lambda stack: bearer(by_another_key(stack)),
}


@pytest.mark.parametrize("headers", BAD.values(), ids=BAD)
def test_a_bad_token_is_401(
    headers: Callable[["Stack"], dict[str, str]], stack: "Stack", http: httpx.Client
) -> None:
    answer = http.get("/timesheets", headers=headers(stack))
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "ETag" in answer.headers["access-control-expose-headers"]
    assert answer.json() == {
        "type": "urn:timesheets:invalid_token",
        "title": "Invalid token",
        "status": 401,
        "detail": "Missing or invalid token",
        "code": "invalid_token",
        "message": "Missing or invalid token",
    }


@pytest.mark.parametrize(
    "scope", ["read:timesheets", "create:timesheets", "openid read:timesheets create:timesheets"]
)
@pytest.mark.parametrize("order", [1, -1], ids=["in order", "backwards"])
def test_each_route_is_decided_by_its_own_scope(
    scope: str, order: int, sign_in: SignIn, http: httpx.Client
) -> None:
    """API Gateway evaluates the cached policy again for each route."""
    headers = bearer(sign_in("ana", scope))
    for route in (ROUTES * 2)[::order]:
        path = route.path.format(id="0" * 48, week="2026-W47", month="2026-11")
        answer = http.request(route.method, path, headers=headers, json=GOOD)
        if route.scope in scope.split():
            signs = route.path.endswith("/submission")
            assert answer.status_code in ({204, 428} if signs else {200, 201, 404}), answer.text
        else:
            assert answer.status_code == 403
            assert answer.json()["code"] == "insufficient_scope"
            assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'
            assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("scope", ["openid profile", "approve:timesheets"])
def test_a_good_token_without_a_useful_scope_is_403(scope: str, sign_in: SignIn, http: httpx.Client) -> None:
    assert http.get("/timesheets", headers=bearer(sign_in("ana", scope))).status_code == 403


@pytest.mark.long
def test_a_policy_does_not_outlive_its_token(stack: "Stack", http: httpx.Client) -> None:
    """API Gateway keeps the policy for five minutes; the handler checks the expiry."""
    headers = bearer(signed(stack, exp=int(time.time()) + 5))
    assert http.get("/timesheets", headers=headers).status_code == 200
    deadline = time.monotonic() + 30
    while (
        answer := http.get("/timesheets", headers=headers)
    ).status_code == 200 and time.monotonic() < deadline:
        time.sleep(0.5)
    assert answer.status_code == 401
    assert answer.json()["code"] == "invalid_token"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nowhere"), ("GET", "/"), ("PUT", "/timesheets"), ("GET", "/timesheets/a/b/c")],
)
def test_an_unknown_route_is_404(method: str, path: str, sign_in: SignIn, http: httpx.Client) -> None:
    answer = http.request(method, path, headers=bearer(sign_in("ana")))
    assert answer.status_code == 404
    assert answer.json()["code"] == "not_found"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["access-control-allow-origin"] == "*"


def test_preflight_needs_no_token(http: httpx.Client) -> None:
    answer = http.options(
        "/timesheets", headers={"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    )
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "Authorization" in answer.headers["access-control-allow-headers"]


@pytest.mark.parametrize(("job", "scope"), [("import", "batch:upload"), ("payroll", "export:timesheets")])
def test_a_job_opens_only_the_routes_of_its_scope(
    job: str, scope: str, request: pytest.FixtureRequest, http: httpx.Client
) -> None:
    headers = bearer(request.getfixturevalue(f"{job}_token"))
    for route in ROUTES:
        path = route.path.format(id="0" * 48, week="2026-W47", month="2026-11")
        answer = http.request(route.method, path, headers=headers, json=GOOD)
        assert (answer.status_code == 403) == (route.scope != scope), f"{route}: {answer.text}"
