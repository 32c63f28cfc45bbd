"""Rules for the issuer's keys: which JSON Web Keys (RFC 7517) may verify a token."""

import json
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import jwt
from jwt.algorithms import RSAAlgorithm

from .jws import base64url_decode

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

MIN_MODULUS: Final = 2048
MAX_MODULUS: Final = 8192
MAX_EXPONENT: Final = 64
"""Bits, each."""

# Members of private and symmetric keys only (RFC 7518, sections 6.3.2 and 6.4).
_PRIVATE_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def usable_keys(jwks: bytes, algorithm: str) -> "dict[str, RSAPublicKey]":
    """Return the keys of a JWK set that may verify `algorithm`, by `kid`.

    An unusable key never hides a usable one. Two usable keys with the same `kid` are both left out,
    because the `kid` does not identify either.

    Raises
    ------
    ValueError
        If `jwks` is not a JWK set (RFC 7517, section 5).

    """
    try:
        key_set = json.loads(jwks.decode(), object_pairs_hook=_unique_members, parse_int=_skip_number)
    except RecursionError:
        raise ValueError("not a JWK set") from None
    members = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(members, list):
        raise ValueError("not a JWK set")
    usable: list[tuple[str, RSAPublicKey]] = []
    for member in members:
        with suppress(ValueError, jwt.InvalidKeyError):
            usable.append(_usable_key(member, algorithm))
    count = Counter(key_id for key_id, _ in usable)
    return {key_id: key for key_id, key in usable if count[key_id] == 1}


def _skip_number(_digits: str) -> None:
    """Ignore numbers: no member in use is a number, and Python refuses to parse very long ones."""


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any] | None:
    """Drop an object that names a member twice (RFC 7517, section 4), but not the set around it."""
    members = dict(pairs)
    return members if len(members) == len(pairs) else None


def _usable_key(member: object, algorithm: str) -> "tuple[str, RSAPublicKey]":
    """Return the `kid` and the key of a public RSA JWK for verifying `algorithm`, or raise ValueError."""
    if not isinstance(member, dict) or member.get("kty") != "RSA" or _PRIVATE_MEMBERS & member.keys():
        raise ValueError("not a public RSA key")
    key_ops = member.get("key_ops", ["verify"])
    if (
        member.get("use", "sig") != "sig"
        or member.get("alg", algorithm) != algorithm
        or not isinstance(key_ops, list)
        or "verify" not in key_ops
    ):
        raise ValueError("not for verifying signatures of this algorithm")
    key_id = member.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise ValueError("has no kid")
    modulus, exponent = _unsigned(member.get("n")), _unsigned(member.get("e"))
    if not (MIN_MODULUS <= modulus.bit_length() <= MAX_MODULUS and modulus % 2):
        raise ValueError("unsafe modulus")
    if not (exponent > 2 and exponent % 2 and exponent.bit_length() <= MAX_EXPONENT):  # noqa: PLR2004
        raise ValueError("unsafe exponent")
    key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": member["n"], "e": member["e"]})
    return key_id, key  # type: ignore[return-value]  # a JWK without d gives a public key


def _unsigned(text: object) -> int:
    """Decode a Base64urlUInt (RFC 7518, section 2): big-endian, without leading zero octets."""
    if not isinstance(text, str):
        raise ValueError("not a number")
    octets = base64url_decode(text.encode("ascii"))
    if octets[:1] in (b"", b"\0"):
        raise ValueError("not the shortest form of a number")
    return int.from_bytes(octets)
