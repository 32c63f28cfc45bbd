"""What was given out: codes, refresh tokens and access tokens, each with the sign-in it came from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from authlib.common.security import generate_token
from authlib.oauth2.rfc6749 import InvalidGrantError

from local.issuer.directory import Client

CODE_LIFETIME: Final = 60
REFRESH_LIFETIME: Final = 30 * 86_400
ROTATION_OVERLAP: Final = 10
"""Seconds, each. A client that lost the answer to a refresh has the last one to ask again."""


@dataclass(slots=True)
class Grant:
    """What a user allowed an application at one sign-in. Whatever came of it ends with it."""

    client_id: str
    user_id: str
    audience: str | None
    scope: str
    """What was granted then; it never becomes more."""
    redirect_uri: str
    auth_time: int
    """When the user signed in, in seconds since 1970."""
    nonce: str | None
    code_challenge: str | None
    code_challenge_method: str | None
    issued_at: float
    """When the code was, in seconds since 1970: the lifetimes of all that follows count from here."""
    redeemed: bool = False
    ended: bool = False
    generation: int = 0
    """Of the newest refresh token."""
    rotated_at: float = 0

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope


@dataclass(frozen=True, slots=True)
class RefreshToken:
    """One of a grant's family of refresh tokens, of which each use makes the next."""

    grant: Grant
    generation: int

    def check_client(self, client: Client) -> bool:
        return self.grant.client_id == client.id


@dataclass(slots=True)
class AccessToken:
    """An access token of a user's, as /userinfo looks it up; APIs believe its signature."""

    grant: Grant
    scope: str
    expires_at: float
    revoked: bool = False

    def check_client(self, client: Client) -> bool:
        return self.grant.client_id == client.id


class Ledger:
    """Everything that was given out since the start, in memory."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """Begin empty; `clock` tells seconds since 1970."""
        self._clock = clock
        self._codes: dict[str, Grant] = {}
        self._refresh_tokens: dict[str, RefreshToken] = {}
        self._access_tokens: dict[str, AccessToken] = {}

    def add_code(self, code: str, grant: Grant) -> None:
        """Remember a code."""
        self._codes[code] = grant

    def add_access_token(self, token: str, grant: Grant, scope: str, lifetime: int) -> None:
        """Remember an access token; `lifetime` is in seconds."""
        self._access_tokens[token] = AccessToken(grant, scope, self._clock() + lifetime)

    def new_refresh_token(self, grant: Grant, generation: int) -> str:
        """Return another refresh token of a grant's family."""
        token: str = generate_token(64)
        self._refresh_tokens[token] = RefreshToken(grant, generation)
        return token

    def find(self, token: str) -> RefreshToken | AccessToken | None:
        """Look a token up."""
        return self._refresh_tokens.get(token) or self._access_tokens.get(token)

    def good_access_token(self, token: str) -> AccessToken | None:
        """Return what an access token stands for, unless it is over or ended."""
        found = self._access_tokens.get(token)
        over = not found or found.revoked or found.grant.ended or found.expires_at <= self._clock()
        return None if over else found

    def redeemable(self, code: str, client: Client) -> Grant:
        """Return the grant behind a code. A code that comes twice was stolen once: all it gave ends.

        Raises
        ------
        InvalidGrantError
            If there is none for this application, or not any more.

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
        """Return what a refresh token stands for, if it is the newest, or was until just now.

        Any other was used before, by its owner or by a thief: the family ends (RFC 9700, section 4.14.2).

        Raises
        ------
        InvalidGrantError
            If it is not good for this application, or not any more.

        """
        found = self._refresh_tokens.get(token)
        if not found or not found.check_client(client):
            raise InvalidGrantError("Unknown or invalid refresh token.")
        grant, now = found.grant, self._clock()
        age = grant.generation - found.generation
        if age > 1 or (age == 1 and grant.rotated_at + ROTATION_OVERLAP <= now):
            grant.ended = True
        if grant.ended or grant.issued_at + REFRESH_LIFETIME <= now:
            raise InvalidGrantError("Unknown or invalid refresh token.")
        return found

    def rotate(self, used: RefreshToken) -> None:
        """Let what was just issued follow the token that was used."""
        if used.generation == used.grant.generation:
            used.grant.generation += 1
            used.grant.rotated_at = self._clock()
