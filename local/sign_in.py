"""Sign in without a browser: authorization code with PKCE over HTTP, as the mobile app does."""

from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
from authlib.common.security import generate_token
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from local.settings import LocalError

CLIENT_ID = "timesheets-mobile"
REDIRECT_URI = "http://127.0.0.1/callback"
ALL_SCOPES = "openid profile email read:timesheets create:timesheets delete:timesheets approve:timesheets"


def access_token(issuer: str, user: str, *, audience: str, scope: str = ALL_SCOPES) -> str:
    """Return an access token of a seeded user, with the requested scopes that the user's role permits.

    Raises
    ------
    LocalError
        If the issuer does not answer, or refuses. For an unknown user the text lists the users.

    """
    verifier = generate_token(64)
    try:
        answer = httpx.get(
            f"{issuer}authorize",
            params={
                "response_type": "code",
                "client_id": CLIENT_ID,
                "redirect_uri": REDIRECT_URI,
                "audience": audience,
                "scope": scope,
                "code_challenge": create_s256_code_challenge(verifier),
                "code_challenge_method": "S256",
                "login_hint": user,
            },
        )
        if not answer.has_redirect_location:
            raise LocalError(f"There is no user {user!r}; use one of: {', '.join(_users())}")
        redirected = parse_qs(urlsplit(answer.headers["location"]).query)
        if "code" not in redirected:
            description = redirected.get("error_description", ["it sent no code"])[0]
            raise LocalError(f"{issuer} refused to sign {user!r} in: {description}")
        token = httpx.post(
            f"{issuer}oauth/token",
            json={
                "grant_type": "authorization_code",
                "client_id": CLIENT_ID,
                "redirect_uri": REDIRECT_URI,
                "code": redirected["code"][0],
                "code_verifier": verifier,
            },
        ).raise_for_status()
    except httpx.HTTPError as error:
        raise LocalError(
            f"{issuer} does not answer ({type(error).__name__}); is `make run` running?"
        ) from None
    value: str = token.json()["access_token"]
    return value


def _users() -> list[str]:
    from local.issuer.seed import Seed  # noqa: PLC0415 slow to import, and only this error needs it

    return [user.nickname for user in Seed().directory.users]
