"""Sign-ins of browsers, each with the consents that its user gave."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from authlib.common.security import generate_token


@dataclass(slots=True)
class SignIn:
    """One sign-in of a user at a browser."""

    user_id: str
    auth_time: int
    """In seconds since 1970."""
    allowed: dict[tuple[str, str | None], set[str]] = field(default_factory=dict)
    """Scopes by application and audience."""

    def allow(self, client_id: str, audience: str | None, scopes: Iterable[str]) -> None:
        """Record the user's consent to scopes of an API for an application."""
        self.allowed.setdefault((client_id, audience), set()).update(scopes)

    def allows(self, client_id: str, audience: str | None, scopes: Iterable[str]) -> bool:
        """Return whether the user consented to all these scopes of an API for an application."""
        allowed = self.allowed.get((client_id, audience))
        return allowed is not None and allowed.issuperset(scopes)


class Sessions:
    """Sign-ins by the cookie's value, in memory."""

    def __init__(self) -> None:
        """Start without sign-ins."""
        self._sign_ins: dict[str, SignIn] = {}

    def find(self, cookie: str | None) -> SignIn | None:
        """Return the sign-in of a cookie."""
        return self._sign_ins.get(cookie) if cookie else None

    def add(self, sign_in: SignIn) -> str:
        """Store a sign-in, and return the value of its cookie."""
        cookie: str = generate_token(48)
        self._sign_ins[cookie] = sign_in
        return cookie

    def end(self, cookie: str | None) -> None:
        """Remove the sign-in of a cookie, if there is one."""
        if cookie:
            self._sign_ins.pop(cookie, None)
