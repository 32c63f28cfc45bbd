"""A strict parser for JWS compact serialization (RFC 7515, section 7.1)."""

import binascii
from functools import lru_cache
from typing import Any, Final

from timesheets.strict_json import Decoder

from .errors import InvalidToken

MAX_TOKEN: Final = 8 * 1024
"""Bytes."""
MAX_KEY_ID: Final = 256
"""Characters."""
MAX_DEPTH: Final = 8
"""Levels of nested objects and lists."""

_decoder = Decoder(max_depth=MAX_DEPTH)

# RFC 7515, section 4.1.11; RFC 7797; RFC 7516. Each changes how the token must be read.
_UNSUPPORTED: Final = frozenset({"crit", "b64", "zip"})
_TYPES: Final = frozenset({"jwt", "at+jwt"})

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_TO_BASE64 = bytes.maketrans(b"-_", b"+/")
# By length modulo 4: the characters that may stand last, because their unused bits are zero.
_FINAL_CHARACTERS = (_ALPHABET, b"", _ALPHABET[::16], _ALPHABET[::4])
_PADDING = (b"", b"", b"==", b"=")


def parse_compact(token: str, algorithm: str) -> tuple[str, bytes, bytes, bytes]:
    """Split a token into its key id, signing input, encoded payload and signature.

    Checks form and header only; nothing in the result is verified. The key id is empty if the header
    has none. Keys that a header embeds or links to (`jwk`, `jku`, `x5c`, `x5u`) are ignored.

    Raises
    ------
    InvalidToken
        If the token is too large or malformed, or if its header asks for another algorithm, type or
        extension.

    """
    if len(token) > MAX_TOKEN:
        raise InvalidToken("too_large")
    try:
        signing_input, _, signature = token.encode("ascii").rpartition(b".")
    except UnicodeEncodeError:
        raise InvalidToken("not_compact") from None
    header, _, payload = signing_input.partition(b".")
    if not (header and payload and signature) or b"." in payload:
        raise InvalidToken("not_compact")
    return _key_id(header, algorithm), signing_input, payload, decode_segment(signature)


def decode_segment(segment: bytes) -> bytes:
    """Decode one segment of a token.

    Raises
    ------
    InvalidToken
        If it is not canonical base64url.

    """
    try:
        return base64url_decode(segment)
    except ValueError:
        raise InvalidToken("not_base64url") from None


@lru_cache(maxsize=16)  # all tokens signed with one key share a header; exceptions are not cached
def _key_id(segment: bytes, algorithm: str) -> str:
    """Check a header and return its `kid`."""
    try:
        header = json_object(decode_segment(segment))
    except ValueError:
        raise InvalidToken("not_json") from None
    if header.get("alg") != algorithm:
        raise InvalidToken("wrong_algorithm")
    media_type = header.get("typ", "JWT")
    # Media types have no case, and `application/` is optional (RFC 7515, 4.1.9; RFC 9068, section 4).
    if not isinstance(media_type, str) or media_type.lower().removeprefix("application/") not in _TYPES:
        raise InvalidToken("wrong_type")
    if not _UNSUPPORTED.isdisjoint(header):
        raise InvalidToken("unsupported_header")
    key_id = header.get("kid", "")
    if not isinstance(key_id, str) or len(key_id) > MAX_KEY_ID:
        raise InvalidToken("no_key_id")
    return key_id


def base64url_decode(text: bytes) -> bytes:
    """Decode base64url without padding (RFC 7515, section 2; RFC 4648, sections 3.5 and 5).

    Raises
    ------
    ValueError
        If `text` is empty or not the canonical encoding of its content.

    """
    remainder = len(text) % 4
    if not text or text.translate(None, _ALPHABET) or text[-1] not in _FINAL_CHARACTERS[remainder]:
        raise ValueError("not canonical base64url")
    return binascii.a2b_base64(text.translate(_TO_BASE64) + _PADDING[remainder])


def json_object(data: bytes) -> dict[str, Any]:
    """Decode a JSON object (RFC 8259).

    Raises
    ------
    ValueError
        If `data` is not UTF-8, not a JSON object, nested more than MAX_DEPTH deep, names a member
        twice or contains NaN or Infinity.

    """
    value = _decoder.decode(data.decode())
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value
