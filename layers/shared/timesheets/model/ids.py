"""Identifiers of entries and their owners.

An entry's id has two halves of 24 characters in the alphabet of base32hex (RFC 4648, section 7), which sorts
as its bytes do. The first half is the entry's own, the second is a hash of its owner. So an id leads to its
entry without an index, and no user's identifier appears in a URL.
"""

import hashlib
import json
import re
import secrets
from base64 import b32hexencode
from collections.abc import Mapping
from typing import Final

HALF: Final = 24
_BYTES: Final = 15
"""120 bits: exactly 24 characters, without padding."""

_ID = re.compile(f"[0-9a-v]{{{2 * HALF}}}")


def hash_of(*parts: str) -> str:
    """Return a hash of texts, 24 characters long."""
    # JSON keeps ("a", "bc") and ("ab", "c") apart.
    return _base32(hashlib.sha256(json.dumps(parts).encode()).digest()[:_BYTES])


def fields_digest(fields: Mapping[str, object]) -> str:
    """Return a hash of an entry's fields; a field without a value does not count."""
    return hash_of(*(f"{name}={value}" for name, value in sorted(fields.items()) if value is not None))


def new_id(user_id: str) -> str:
    """Return a random id for an entry of `user_id`."""
    return _base32(secrets.token_bytes(_BYTES)) + hash_of(user_id)


def id_of_request(user_id: str, *request: str) -> str:
    """Return the id for an entry of `user_id` that a request always gets, however often it is sent."""
    return hash_of(*request) + hash_of(user_id)


def owner_of(entry_id: str) -> str | None:
    """Return the hash of an id's owner; None if the text is not an id."""
    return entry_id[HALF:] if _ID.fullmatch(entry_id) else None


def _base32(data: bytes) -> str:
    return b32hexencode(data).decode().lower()
