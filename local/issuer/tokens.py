"""Access tokens as Auth0 issues them: JWTs (RFC 7519) signed with RS256."""

import time
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from local.issuer.directory import Api, Client, User

LIFETIME: Final = 86_400
"""Seconds."""

OPENID_SCOPES: Final = ("openid", "profile", "email")


class TokenIssuer:
    """Signs tokens with a key made at start."""

    def __init__(self, issuer: str) -> None:
        """Make a key; `issuer` is the exact `iss`."""
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)

    def jwks(self) -> dict[str, Any]:
        """Return the public keys (RFC 7517, section 5)."""
        return dict(KeySet([self.key]).as_dict(private=False))

    def sign(self, claims: dict[str, Any]) -> str:
        """Return a signed JWT."""
        return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": self.key.kid}, claims, self.key)

    def user_token(self, user: User, client: Client, api: Api, requested: str) -> dict[str, Any]:
        """Return the token response for a user: what was asked for and the user's role permits."""
        asked = requested.split() or list(user.permissions)
        granted = [s for s in dict.fromkeys(asked) if s in (*OPENID_SCOPES, *user.permissions)]
        claims: dict[str, Any] = {
            f"{api.claims_namespace}/email": user.email,
            "sub": user.id,
            "aud": [api.audience, f"{self.issuer}userinfo"] if "openid" in granted else api.audience,
        }
        return self._response(claims, client, granted)

    def client_token(self, client: Client, api: Api, requested: str) -> dict[str, Any]:
        """Return the token response for an application that acts for itself."""
        granted = [s for s in client.scopes if s in (requested.split() or client.scopes)]
        claims = {"sub": f"{client.id}@clients", "aud": api.audience, "gty": "client-credentials"}
        return self._response(claims, client, granted)

    def _response(self, claims: dict[str, Any], client: Client, granted: list[str]) -> dict[str, Any]:
        now = int(time.time())
        scope = " ".join(granted)
        access_token = self.sign(
            {
                "iss": self.issuer,
                **claims,
                "iat": now,
                "exp": now + LIFETIME,
                "scope": scope,
                "azp": client.id,
            }
        )
        return {"access_token": access_token, "scope": scope, "expires_in": LIFETIME, "token_type": "Bearer"}
