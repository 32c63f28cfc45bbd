"""How entries and their owners are named in the table and in addresses.

An entry's id is two halves of 24 characters, in the base32 alphabet that sorts (RFC 4648, section 7): one
of its own, and one of its owner. So whoever holds an id can go straight to the entry, without an index to
look it up in, and no user's identifier shows in an address.
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
"""120 bits: exactly 24 characters, no padding."""

_ID = re.compile(f"[0-9a-v]{{{2 * HALF}}}")


def name_of(*parts: str) -> str:
    """Return the half that stands for these texts, always the same."""
    # JSON keeps ("a", "bc") and ("ab", "c") apart.
    return _base32(hashlib.sha256(json.dumps(parts).encode()).digest()[:_BYTES])


def digest_of(fields: Mapping[str, object]) -> str:
    """Return what stands for an entry's fields: equal for equal ones."""
    return name_of(*(f"{name}={value}" for name, value in sorted(fields.items()) if value is not None))


def new_id(user_id: str, *seed: str) -> str:
    """Return an id for a user's new entry: a random one, or the one that belongs to `seed`."""
    return (name_of(*seed) if seed else _base32(secrets.token_bytes(_BYTES))) + name_of(user_id)


def owner_of(entry_id: str) -> str | None:
    """Return the owner's half of an id; None if the text is no id."""
    return entry_id[HALF:] if _ID.fullmatch(entry_id) else None


def _base32(data: bytes) -> str:
    return b32hexencode(data).decode().lower()
