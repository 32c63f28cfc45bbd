"""The issuer's keys: fetched with bounds on everything, and only those fit for the algorithm."""

import http.client
import json
import socket
import ssl
import threading
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import jwt
from jwt.algorithms import RSAAlgorithm

from .errors import KeysUnavailable
from .jws import base64url_decode

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

FETCH_DEADLINE: Final = 2.0
"""Seconds for the whole fetch: name, connection, answer to its last byte."""
MAX_JWKS: Final = 64 * 1024
"""Bytes."""
MAX_SAID: Final = 200
"""Characters of a failure that are logged: some are the other side's words."""
MIN_MODULUS: Final = 2048
MAX_MODULUS: Final = 8192
MAX_EXPONENT: Final = 64
"""Bits, each."""

MIN_SECRET: Final = 32
"""Bytes: as long as the hash, at least (RFC 7518, section 3.2)."""

# RFC 7518, sections 6.3.2 and 6.4: what only a private or a symmetric key has.
_SECRET_MEMBERS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})


def fetch_jwks(uri: str, algorithm: str) -> "dict[str, RSAPublicKey]":
    """Fetch the issuer's key set (RFC 7517): its usable keys, by `kid`.

    Raises
    ------
    KeysUnavailable
        If there is no whole answer in time, or none that holds a usable key.

    """
    try:
        keys = usable_keys(_fetch(uri), algorithm)
    except (OSError, http.client.HTTPException, ValueError) as error:
        said = str(error)[:MAX_SAID]
        raise KeysUnavailable(f"{urlsplit(uri).hostname}: {type(error).__name__}: {said}") from None
    if not keys:
        raise KeysUnavailable(f"{urlsplit(uri).hostname} publishes no usable key")
    return keys


def fetch_secret(arn: str) -> bytes:
    """Read the shared secret of HS256 from Secrets Manager.

    Raises
    ------
    KeysUnavailable
        If it can't be read, or is too short or no secret.

    """
    # Imported here: RS256, the default, must not pay for the AWS SDK at each cold start.
    from aws_lambda_powertools.utilities.parameters import SecretsProvider  # noqa: PLC0415
    from aws_lambda_powertools.utilities.parameters.exceptions import GetParameterError  # noqa: PLC0415
    from botocore.config import Config  # noqa: PLC0415

    config = Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
    try:
        value = SecretsProvider(boto_config=config).get(arn, force_fetch=True)
    except GetParameterError:
        raise KeysUnavailable("the secret of TOKEN_SECRET_ARN can't be read") from None
    secret = value.encode() if isinstance(value, str) else bytes(value or b"")
    if len(secret) < MIN_SECRET:
        raise KeysUnavailable(f"the secret of TOKEN_SECRET_ARN is shorter than {MIN_SECRET} bytes")
    try:
        key: bytes = jwt.get_algorithm_by_name("HS256").prepare_key(secret)
    except jwt.InvalidKeyError:
        raise KeysUnavailable("the secret of TOKEN_SECRET_ARN is a public key or a certificate") from None
    return key


def usable_keys(jwks: bytes, algorithm: str) -> "dict[str, RSAPublicKey]":
    """Return a set's keys that may verify `algorithm`, by `kid`; a bad one never hides a good one.

    Two usable keys of one `kid` are both left out: nothing says which one is meant.

    Raises
    ------
    ValueError
        If it is no JWK set (RFC 7517, section 5) at all.

    """
    try:
        key_set = json.loads(jwks.decode(), object_pairs_hook=_unambiguous, parse_int=_no_number)
    except RecursionError:
        raise ValueError("not a JWK set") from None
    members = key_set.get("keys") if isinstance(key_set, dict) else None
    if not isinstance(members, list):
        raise ValueError("not a JWK set")
    usable: list[tuple[str, RSAPublicKey]] = []
    for member in members:
        with suppress(ValueError, jwt.InvalidKeyError):
            usable.append(_usable_key(member, algorithm))
    times = Counter(key_id for key_id, _ in usable)
    return {key_id: key for key_id, key in usable if times[key_id] == 1}


def _no_number(_digits: str) -> None:
    """Read no number: no member that counts is one, and some are too long to read."""


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any] | None:
    """Give up an object that names a member twice, and it alone (RFC 7517, section 4)."""
    members = dict(pairs)
    return members if len(members) == len(pairs) else None


def _usable_key(member: object, algorithm: str) -> "tuple[str, RSAPublicKey]":
    if not isinstance(member, dict) or member.get("kty") != "RSA" or _SECRET_MEMBERS & member.keys():
        raise ValueError("not a public RSA key")
    key_ops = member.get("key_ops", ["verify"])
    if (
        member.get("use", "sig") != "sig"
        or member.get("alg", algorithm) != algorithm
        or not isinstance(key_ops, list)
        or "verify" not in key_ops
    ):
        raise ValueError("not for verifying such a signature")
    key_id = member.get("kid")
    if not isinstance(key_id, str) or not key_id:
        raise ValueError("has no kid")
    modulus, exponent = _unsigned(member.get("n")), _unsigned(member.get("e"))
    if not (MIN_MODULUS <= modulus.bit_length() <= MAX_MODULUS and modulus % 2):
        raise ValueError("not a safe modulus")
    if not (exponent > 2 and exponent % 2 and exponent.bit_length() <= MAX_EXPONENT):  # noqa: PLR2004
        raise ValueError("not a safe exponent")
    key = RSAAlgorithm.from_jwk({"kty": "RSA", "n": member["n"], "e": member["e"]})
    return key_id, key  # type: ignore[return-value]  # without d it is public


def _unsigned(text: object) -> int:
    """Read a Base64urlUInt (RFC 7518, section 2): big-endian, no octet more than needed."""
    if not isinstance(text, str):
        raise ValueError("not a number")
    octets = base64url_decode(text.encode("ascii"))
    if octets[:1] in (b"", b"\0"):
        raise ValueError("not a shortest number")
    return int.from_bytes(octets)


def _fetch(uri: str) -> bytes:
    """Get `uri`, following no redirect, in a thread that one deadline holds to its time."""
    url = urlsplit(uri)
    connection = _connection(url.scheme, url.hostname or "", url.port)
    opened: list[socket.socket] = []
    outcome: list[bytes | Exception] = []
    given_up = threading.Event()

    def get() -> None:
        try:
            connection.connect()
            opened.append(connection.sock)
            if not given_up.is_set():
                outcome.append(_get(connection, url.path + (f"?{url.query}" if url.query else "")))
        except Exception as error:  # noqa: BLE001 it is raised again by who waits
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=get, daemon=True)
    thread.start()
    thread.join(FETCH_DEADLINE)
    if not outcome:
        given_up.set()  # before the look at what is open, as the thread opens before it looks here
        for one in opened:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)  # which ends the thread
        raise TimeoutError(f"no answer in {FETCH_DEADLINE:g} s")
    result = outcome[0]
    if isinstance(result, Exception):
        raise result
    return result


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "http":
        return http.client.HTTPConnection(host, port or 80, timeout=FETCH_DEADLINE)
    context = ssl.create_default_context()
    return http.client.HTTPSConnection(host, port or 443, timeout=FETCH_DEADLINE, context=context)


def _get(connection: http.client.HTTPConnection, target: str) -> bytes:
    connection.request("GET", target or "/", headers={"Accept": "application/json"})
    with connection.getresponse() as response:
        if response.status != http.client.OK:
            raise ValueError(f"status {response.status}")
        body = response.read(MAX_JWKS + 1)
    if len(body) > MAX_JWKS:
        raise ValueError(f"over {MAX_JWKS} bytes")
    return body
