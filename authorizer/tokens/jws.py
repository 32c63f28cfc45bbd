"""A token's outer form, to the letter: JWS compact serialization (RFC 7515, section 7.1)."""

import binascii
from functools import lru_cache
from typing import Any, Final

from timesheets.strict_json import Decoder

from .errors import Refused

MAX_TOKEN: Final = 8 * 1024
"""Bytes."""
MAX_KEY_ID: Final = 256
"""Characters."""
MAX_DEPTH: Final = 8
"""Objects and lists within each other."""

_decoder = Decoder(max_depth=MAX_DEPTH)

# RFC 7515, section 4.1.11; RFC 7797; RFC 7516: each changes what is signed or how it is read.
_UNSUPPORTED: Final = frozenset({"crit", "b64", "zip"})
_TYPES: Final = ("JWT", "at+jwt")

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TO_BASE64 = bytes.maketrans(b"-_", b"+/")
# What may stand last, by length modulo 4: the bits that decode to nothing must be zero.
_LAST = (_ALPHABET, b"", _ALPHABET[::16], _ALPHABET[::4])
_PADDING = (b"", b"", b"==", b"=")


def parse_compact(token: str, algorithm: str) -> tuple[str, bytes, bytes, bytes]:
    """Take a token apart, if its header asks for just the configured algorithm.

    Returns the key id (empty if the header names none), what was signed, the payload (still encoded)
    and the signature. Nothing of it is to be trusted yet.

    Keys that a header embeds or points to (`jwk`, `jku`, `x5c`, `x5u`) are never looked at.

    Raises
    ------
    Refused
        If the token is too large, malformed, or made for something else.

    """
    if len(token) > MAX_TOKEN:
        raise Refused("too_large")
    try:
        signing_input, _, signature = token.encode("ascii").rpartition(b".")
    except UnicodeEncodeError:
        raise Refused("not_compact") from None
    header, _, payload = signing_input.partition(b".")
    if not (header and payload and signature) or b"." in payload:
        raise Refused("not_compact")
    return _key_id(header, algorithm), signing_input, payload, decoded(signature)


def decoded(segment: bytes) -> bytes:
    """Decode one part of a token.

    Raises
    ------
    Refused
        Unless it is canonical base64url.

    """
    try:
        return base64url_decode(segment)
    except ValueError:
        raise Refused("not_base64url") from None


@lru_cache(maxsize=16)  # an issuer's header is the same for all tokens of a key; strangers' only push it out
def _key_id(segment: bytes, algorithm: str) -> str:
    """Check the header and return its `kid`; refusals are not cached."""
    try:
        header = json_object(decoded(segment))
    except ValueError:
        raise Refused("not_json") from None
    if header.get("alg") != algorithm:
        raise Refused("wrong_algorithm")
    if header.get("typ", "JWT") not in _TYPES:
        raise Refused("wrong_type")
    if not _UNSUPPORTED.isdisjoint(header):
        raise Refused("unsupported_header")
    key_id = header.get("kid", "")
    if not isinstance(key_id, str) or len(key_id) > MAX_KEY_ID:
        raise Refused("no_key_id")
    return key_id


def base64url_decode(text: bytes) -> bytes:
    """Decode base64url without padding (RFC 7515, section 2; RFC 4648, sections 3.5 and 5).

    Raises
    ------
    ValueError
        Unless `text` is the one canonical encoding of what it decodes to, and that is not nothing.

    """
    remainder = len(text) % 4
    if not text or text.translate(None, _ALPHABET) or text[-1] not in _LAST[remainder]:
        raise ValueError("not canonical base64url")
    return binascii.a2b_base64(text.translate(_TO_BASE64) + _PADDING[remainder])


def json_object(data: bytes) -> dict[str, Any]:
    """Decode a JSON object in UTF-8: strict JSON, nested at most 8 deep.

    Raises
    ------
    ValueError
        For anything else.

    """
    value = _decoder.decode(data.decode())
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value
