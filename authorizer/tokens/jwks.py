"""Fetches the issuer's key set over HTTP, with a limit on time and on size."""

import http.client
import socket
import ssl
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from .errors import KeysUnavailable
from .jwk import usable_keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

FETCH_DEADLINE: Final = 2.0
"""Seconds for the whole fetch, from the name lookup to the last byte."""
MAX_JWKS: Final = 64 * 1024
"""Bytes."""
USER_AGENT: Final = "timesheets-authorizer/1"
"""Auth0's edge and AWS WAF's rule NoUserAgent_HEADER answer 403 to a request without one."""
MAX_ERROR_TEXT: Final = 200
"""Characters of an error's text that are logged: the server may have chosen them."""


def fetch_jwks(uri: str, algorithm: str) -> "dict[str, RSAPublicKey]":
    """Fetch the issuer's key set (RFC 7517) and return its usable keys by `kid`.

    Raises
    ------
    KeysUnavailable
        If no complete answer arrives in time, or if it holds no usable key.

    """
    host = urlsplit(uri).hostname
    try:
        keys = usable_keys(_fetch(uri), algorithm)
    except (OSError, http.client.HTTPException, ValueError) as error:
        detail = f"{type(error).__name__}: {str(error)[:MAX_ERROR_TEXT]}"
        raise KeysUnavailable(f"{host}: {detail}") from None
    if not keys:
        raise KeysUnavailable(f"{host} publishes no usable key")
    return keys


def _fetch(uri: str) -> bytes:
    """Get `uri` without following redirects; raise TimeoutError after FETCH_DEADLINE.

    Socket timeouts bound a single read only, and nothing bounds a name lookup. So the request runs in
    a thread, and this function stops waiting for it at the deadline.
    """
    url = urlsplit(uri)
    connection = _connection(url.scheme, url.hostname or "", url.port)
    sockets: list[socket.socket] = []
    outcome: list[bytes | Exception] = []
    cancel = threading.Event()

    def get() -> None:
        try:
            connection.connect()
            sockets.append(connection.sock)
            if not cancel.is_set():
                outcome.append(_get(connection, url.path + (f"?{url.query}" if url.query else "")))
        except Exception as error:  # noqa: BLE001 the calling thread raises it
            outcome.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=get, daemon=True)
    thread.start()
    thread.join(FETCH_DEADLINE)
    if not outcome:
        # Set `cancel` before reading `sockets`: the thread appends first and checks second.
        cancel.set()
        for connected in sockets:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)  # ends the thread's pending read
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
    headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
    connection.request("GET", target or "/", headers=headers)
    with connection.getresponse() as response:
        if response.status != http.client.OK:
            raise ValueError(f"status {response.status}")
        body = response.read(MAX_JWKS + 1)
    if len(body) > MAX_JWKS:
        raise ValueError(f"over {MAX_JWKS} bytes")
    return body
