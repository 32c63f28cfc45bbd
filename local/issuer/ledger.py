"""The codes, refresh tokens and access tokens that were issued, each with the grant that it came from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import InvalidGrantError

from local.issuer.directory import Client

CODE_LIFETIME: Final = 60
REFRESH_LIFETIME: Final = 30 * 86_400
ROTATION_OVERLAP: Final = 10
"""Seconds, each. A client that lost the response to a refresh can repeat it within the overlap."""


@dataclass(slots=True)
class Grant:
    """The permission that a user gave an application at one sign-in; all its tokens end with it."""

    client_id: str
    user_id: str
    audience: str | None
    scope: str
    """The scopes granted at sign-in; later tokens never have more."""
    redirect_uri: str
    auth_time: int
    """When the user signed in, in seconds since 1970."""
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    issued_at: float
    """When the code was issued, in seconds since 1970; all lifetimes count from here."""
    redeemed: bool = False
    ended: bool = False

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass(slots=True)
class RefreshToken:
    """One of a grant's refresh tokens. Each exchange issues a successor."""

    grant: Grant
    predecessor: "RefreshToken | None" = None
    exchanged_at: float | None = None
    """When it was first exchanged, in seconds since 1970."""
    superseded: bool = False
    """Whether one of its successors was exchanged."""

    def check_client(self, client: Client) -> bool:
        return self.grant.client_id == client.id


@dataclass(slots=True)
class AccessToken:
    """A user's access token, as /userinfo looks it up. APIs verify the signature only."""

    grant: Grant
    scope: str
    expires_at: float
    revoked: bool = False

    def check_client(self, client: Client) -> bool:
        return self.grant.client_id == client.id


class Ledger:
    """Everything that was issued since the start, in memory."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Start empty. `clock` returns seconds since 1970."""
        self._clock = clock
        self._codes: dict[str, Grant] = {}
        self._refresh_tokens: dict[str, RefreshToken] = {}
        self._access_tokens: dict[str, AccessToken] = {}

    def add_code(self, code: str, grant: Grant) -> None:
        """Store a code."""
        self._codes[code] = grant

    def add_access_token(self, token: str, grant: Grant, scope: str, lifetime: int) -> None:
        """Store an access token; `lifetime` is in seconds."""
        self._access_tokens[token] = AccessToken(grant, scope, self._clock() + lifetime)

    def new_refresh_token(self, grant: Grant, predecessor: RefreshToken | None) -> str:
        """Issue a refresh token of a grant, the successor of another one or the first."""
        token: str = generate_token(64)
        self._refresh_tokens[token] = RefreshToken(grant, predecessor)
        return token

    def find(self, token: str) -> RefreshToken | AccessToken | None:
        """Look a token up."""
        return self._refresh_tokens.get(token) or self._access_tokens.get(token)

    def good_access_token(self, token: str) -> AccessToken | None:
        """Return an access token, unless it expired or was revoked."""
        found = self._access_tokens.get(token)
        over = not found or found.revoked or found.grant.ended or found.expires_at <= self._clock()
        return None if over else found

    def redeemable(self, code: str, client: Client) -> Grant:
        """Return the grant of a code. A code that comes twice was stolen: its grant ends.

        Raises
        ------
        InvalidGrantError
            If the code is unknown, expired, used, or another application's.

        """
        grant = self._codes.get(code)
        if not grant or grant.client_id != client.id:
            raise InvalidGrantError("Invalid authorization code")
        if grant.redeemed:
            grant.ended = True
        if grant.redeemed or grant.issued_at + CODE_LIFETIME <= self._clock():
            raise InvalidGrantError("Invalid authorization code")
        return grant

    def refreshable(self, token: str, client: Client) -> RefreshToken:
        """Return a refresh token that may be exchanged.

        Reuse ends the grant (RFC 9700, section 4.14.2). As in Auth0, reuse means: the token was exchanged
        before, and either the overlap is over or one of its successors was exchanged, too.

        Raises
        ------
        InvalidGrantError
            If the token is unknown, expired, reused, ended, or another application's.

        """
        found = self._refresh_tokens.get(token)
        if not found or not found.check_client(client):
            raise InvalidGrantError("Unknown or invalid refresh token.")
        grant, now = found.grant, self._clock()
        exchanged = found.exchanged_at
        if exchanged is not None and (found.superseded or exchanged + ROTATION_OVERLAP <= now):
            grant.ended = True
        if grant.ended or grant.issued_at + REFRESH_LIFETIME <= now:
            raise InvalidGrantError("Unknown or invalid refresh token.")
        return found

    def exchange(self, token: RefreshToken) -> None:
        """Record that a refresh token was exchanged; its overlap starts at the first time."""
        if token.exchanged_at is None:
            token.exchanged_at = self._clock()
        if token.predecessor:
            token.predecessor.superseded = True
