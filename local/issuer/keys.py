"""The keys that sign tokens: the current one, the next one and the previous ones."""

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

KEPT: Final = 8
"""Previous keys that stay published, because their tokens are still valid."""


def new_key() -> RSAKey:
    """Generate a key; its id is its thumbprint (RFC 7638)."""
    return RSAKey.generate_key(2048, {"use": "sig", "alg": "RS256"}, auto_kid=True)


class SigningKeys:
    """RSA keys, generated at the start. The next key is published before it signs anything."""

    def __init__(self, new_key: Callable[[], RSAKey] = new_key) -> None:
        """Generate the current key and the next one."""
        self._new_key = new_key
        self.current = new_key()
        self._next = new_key()
        self._previous: deque[RSAKey] = deque(maxlen=KEPT)

    def rotate(self) -> None:
        """Sign with the next key from now on, and generate its successor."""
        self._previous.appendleft(self.current)
        self.current, self._next = self._next, self._new_key()

    def jwks(self) -> dict[str, Any]:
        """Return the public keys (RFC 7517, section 5), the current one first."""
        return dict(self.key_set().as_dict(private=False))

    def key_set(self) -> KeySet:
        """Return all the keys, for verification."""
        return KeySet([self.current, self._next, *self._previous])

    def sign(self, claims: dict[str, Any]) -> str:
        """Return a JWT (RFC 7519) signed with the current key."""
        return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": self.current.kid}, claims, self.current)
