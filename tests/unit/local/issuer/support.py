"""Drive the authorization server as OAuth clients and browsers do, at a time that the test sets."""

import base64
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import jwt
from starlette.testclient import TestClient

ISSUER = "http://127.0.0.1:3001/"
AUDIENCE = "https://api.exampleco.com/timesheets"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
EMPLOYEE = "read:timesheets create:timesheets delete:timesheets"
MANAGER = f"{EMPLOYEE} approve:timesheets"
EVERYTHING = f"openid profile email offline_access {MANAGER}"

MOBILE = {
    "response_type": "code",
    "client_id": "timesheets-mobile",
    "redirect_uri": "http://127.0.0.1:8400/callback",
    "audience": AUDIENCE,
    "scope": EVERYTHING,
    "state": "s/t a",
    "nonce": "n-1",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}
WEB = {name: value for name, value in MOBILE.items() if not name.startswith("code_")} | {
    "client_id": "timesheets-web"
}
WEB_SECRET = {"client_id": "timesheets-web", "client_secret": "local-web-secret"}
IMPORT = {
    "grant_type": "client_credentials",
    "client_id": "timesheets-import",
    "client_secret": "local-import-secret",
    "audience": AUDIENCE,
}
PAYROLL = IMPORT | {"client_id": "timesheets-payroll", "client_secret": "local-payroll-secret"}

type Changes = dict[str, str | None]


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = 1_600_000_000.0  # in the past, because Authlib reads the real clock, too

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds


def changed(parameters: dict[str, str], changes: Changes) -> dict[str, str]:
    """Return parameters with changes applied; None removes a parameter."""
    return {name: value for name, value in (parameters | changes).items() if value is not None}


@dataclass
class Browser:
    """A browser or an application; it keeps cookies and follows no redirects."""

    http: TestClient
    clock: Clock
    seed: Path

    def authorize(self, parameters: dict[str, str] = MOBILE, /, **changes: str | None) -> httpx.Response:
        return self.http.get("/authorize", params=changed(parameters, changes))

    def code(self, user: str = "ana", parameters: dict[str, str] = MOBILE, /, **changes: str | None) -> str:
        """Sign a user in by `login_hint`, and return the code."""
        return callback(self.authorize(parameters, login_hint=user, **changes))["code"]

    def token(self, body: dict[str, str], /, **changes: str | None) -> httpx.Response:
        return self.http.post("/oauth/token", json=changed(body, changes))

    def redeem(self, code: str, /, **changes: str | None) -> httpx.Response:
        body = {
            "grant_type": "authorization_code",
            "client_id": "timesheets-mobile",
            "redirect_uri": MOBILE["redirect_uri"],
            "code": code,
            "code_verifier": VERIFIER,
        }
        return self.token(body, **changes)

    def refresh(self, token: str, /, **changes: str | None) -> httpx.Response:
        body = {"grant_type": "refresh_token", "client_id": "timesheets-mobile", "refresh_token": token}
        return self.token(body, **changes)

    def tokens(self, user: str = "ana", /, **changes: str | None) -> dict[str, Any]:
        """Sign a user in to the mobile app, and return the token response."""
        answer = self.redeem(self.code(user, **changes))
        assert answer.status_code == 200, answer.text
        body: dict[str, Any] = answer.json()
        return body

    def claims(self, token: str, audience: str = AUDIENCE) -> dict[str, Any]:
        """Verify a token with the published keys, and return its claims."""
        keys = jwt.PyJWKSet.from_dict(self.http.get("/.well-known/jwks.json").json())
        header = jwt.get_unverified_header(token)
        assert (header["alg"], header["typ"]) == ("RS256", "JWT")
        timeless = {"verify_exp": False, "verify_iat": False}
        return jwt.decode(
            token,
            keys[header["kid"]],
            algorithms=["RS256"],
            audience=audience,
            issuer=ISSUER,
            options=timeless,  # type: ignore[arg-type] # the server's clock is the test's
        )


def callback(answer: httpx.Response) -> dict[str, str]:
    """Return the parameters that a redirect brings to the application."""
    assert answer.status_code == 302, answer.text
    location = urlsplit(answer.headers["location"])
    assert location.path == "/callback"
    return {name: value for name, (value,) in parse_qs(location.query).items()}


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Return status and error code of an error in Auth0's form."""
    body = answer.json()
    assert set(body) == {"error", "error_description"}
    assert body["error_description"]
    return answer.status_code, body["error"]
