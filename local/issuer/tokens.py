"""Tokens as Auth0 issues them: access tokens and ID tokens, JWTs (RFC 7519) signed with RS256."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from authlib.common.security import generate_token
from joserfc import jwt
from joserfc.errors import JoseError

from local.issuer.directory import Api, Client, User
from local.issuer.keys import SigningKeys

ID_TOKEN_LIFETIME: Final = 36_000
USERINFO_LIFETIME: Final = 86_400
"""Lifetimes in seconds; the second one is of access tokens that are for no API."""


class TokenIssuer:
    """Builds the claims of tokens, and signs them."""

    def __init__(
        self, issuer: str, clock: Callable[[], float] = time.time, keys: SigningKeys | None = None
    ) -> None:
        """Sign with `keys`, or new ones. `issuer` is the exact `iss`; `clock` returns seconds since 1970."""
        self.issuer = issuer
        self.clock = clock
        self.keys = keys or SigningKeys()

    def sign(self, claims: dict[str, Any]) -> str:
        """Return a signed JWT."""
        return self.keys.sign(claims)

    def subject(self, id_token: str) -> str | None:
        """Return the `sub` of an ID token of this issuer, expired or not; nothing for any other text."""
        try:
            claims = jwt.decode(id_token, self.keys.key_set(), algorithms=["RS256"]).claims
        except (JoseError, ValueError):
            return None
        return claims.get("sub") if claims.get("iss") == self.issuer else None

    def for_user(
        self, user: User, client: Client, api: Api | None, scope: list[str], permissions: tuple[str, ...]
    ) -> dict[str, Any]:
        """Return the token response for a user (RFC 6749, section 5.1), without OpenID Connect's members."""
        userinfo = f"{self.issuer}userinfo"
        claims: dict[str, Any] = {"sub": user.id, "permissions": list(permissions)}
        if not api:
            return self._response(claims | {"aud": userinfo}, client, scope, USERINFO_LIFETIME)
        claims[f"{api.claims_namespace}/email"] = user.email
        claims[f"{api.claims_namespace}/name"] = user.name
        claims["aud"] = [api.audience, userinfo] if "openid" in scope else api.audience
        return self._response(claims, client, scope, api.token_lifetime)

    def for_client(self, client: Client, api: Api, scope: list[str]) -> dict[str, Any]:
        """Return the token response for an application's own access (RFC 6749, section 4.4.3)."""
        claims = {
            "sub": f"{client.id}@clients",
            "aud": api.audience,
            "gty": "client-credentials",
            "permissions": scope,
        }
        return self._response(claims, client, scope, api.token_lifetime)

    def id_token(self, client: Client, profile: dict[str, Any], auth_time: int, nonce: str | None) -> str:
        """Return an ID token (OpenID Connect Core 1.0, section 2)."""
        now = int(self.clock())
        claims: dict[str, Any] = profile | {
            "iss": self.issuer,
            "aud": client.id,
            "iat": now,
            "exp": now + ID_TOKEN_LIFETIME,
            "auth_time": auth_time,
        }
        if nonce is not None:
            claims["nonce"] = nonce
        return self.sign(claims)

    def profile(self, user: User, scope: list[str], auth_time: int) -> dict[str, Any]:
        """Return the claims about a user that the scopes permit (OpenID Connect Core 1.0, section 5.4).

        `updated_at` is the last sign-in, as text like Auth0's.
        """
        claims: dict[str, Any] = {"sub": user.id}
        if "profile" in scope:
            updated_at = datetime.fromtimestamp(auth_time, UTC).isoformat(timespec="milliseconds")
            claims |= {
                "name": user.name,
                "nickname": user.nickname,
                "picture": f"{self.issuer}avatars/{quote(user.nickname, safe='')}.svg",
                "updated_at": updated_at.replace("+00:00", "Z"),
            }
        if "email" in scope:
            claims |= {"email": user.email, "email_verified": True}
        return claims

    def _response(
        self, claims: dict[str, Any], client: Client, scope: list[str], lifetime: int
    ) -> dict[str, Any]:
        now = int(self.clock())
        granted = " ".join(scope)
        claims = {
            "iss": self.issuer,
            **claims,
            "iat": now,
            "exp": now + lifetime,
            "scope": granted,
            "azp": client.id,
            "jti": generate_token(22),  # tells two tokens of the same second apart
        }
        return {
            "access_token": self.sign(claims),
            "scope": granted,
            "expires_in": lifetime,
            "token_type": "Bearer",
        }
