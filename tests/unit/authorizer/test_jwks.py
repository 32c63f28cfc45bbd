"""Fetching keys over HTTP on loopback: rotation, outage, slow and malformed answers."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from pytest_socket import socket_allow_hosts

import app
from tokens import jwks
from tokens.errors import InvalidToken, KeysUnavailable
from tokens.jwks import fetch_jwks
from tokens.settings import Settings

if TYPE_CHECKING:
    from tests.support import Issuer

type Answer = Callable[[BaseHTTPRequestHandler], None]


class KeyServer(ThreadingHTTPServer):
    """Answers requests with `answer` and records their paths; without a User-Agent, answers 403."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.answer: Answer = lambda _: None
        self.paths: list[str] = []

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/"


class Handler(BaseHTTPRequestHandler):
    server: KeyServer

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        if self.headers["User-Agent"]:
            self.server.answer(self)
        else:
            self.send_error(403)

    def log_message(self, *_: object) -> None:
        """Keep the test output clean."""


@pytest.fixture(autouse=True)
def closed_sockets() -> None:
    """Open loopback only, in place of the unit tests' closed sockets."""
    socket_allow_hosts(["127.0.0.1"], allow_unix_socket=True)


@pytest.fixture
def server() -> Iterator[KeyServer]:
    with KeyServer() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def response(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def raw_bytes(raw: bytes) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(raw)

    return answer


def key_set(*members: dict[str, Any]) -> Answer:
    return response(json.dumps({"keys": members}).encode())


def slow_response(prefix: bytes) -> Answer:
    """Send a byte every 50 ms, so that no single read times out."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        try:
            request.wfile.write(prefix)
            for _ in range(200):
                request.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            return

    return answer


@pytest.fixture
def authorizer(server: KeyServer, issuer: "Issuer") -> app.Authorizer:
    environment = {"TOKEN_ISSUER": server.issuer, "AUDIENCE": issuer.audience, "KEYS_COOLDOWN": "0"}
    return app.Authorizer(Settings(environment))


def signed(issuer: "Issuer", server: KeyServer, key: str) -> str:
    return issuer.sign(issuer.claims(iss=server.issuer), {"alg": "RS256", "kid": key}, key=key)


def test_keys_are_fetched_from_below_the_issuer(
    server: KeyServer, issuer: "Issuer", authorizer: app.Authorizer
) -> None:
    server.answer = key_set(issuer.jwk("ours"))
    assert authorizer.identify(signed(issuer, server, "ours"))["sub"] == "auth0|ana"
    assert server.paths == ["/.well-known/jwks.json"]


def test_a_rotated_key_is_accepted(server: KeyServer, issuer: "Issuer", authorizer: app.Authorizer) -> None:
    server.answer = key_set(issuer.jwk("ours"))
    authorizer.identify(signed(issuer, server, "ours"))
    server.answer = key_set(issuer.jwk("ours"), issuer.jwk("next"))
    assert authorizer.identify(signed(issuer, server, "next"))["sub"] == "auth0|ana"
    server.answer = key_set(issuer.jwk("next"))
    authorizer.keys.refresh(wait=True)
    with pytest.raises(InvalidToken, match="unknown_key"):
        authorizer.identify(signed(issuer, server, "ours"))


MALFORMED: dict[str, Answer] = {
    "not JSON": response(b"<html>"),
    "nothing": response(b""),
    "a list": response(b"[]"),
    "no keys": response(b'{"keys": []}'),
    "only unusable keys": response(b'{"keys": [{"kty": "oct", "k": "AAAA"}, 5, null]}'),
    "a member named twice": response(b'{"keys": [], "keys": []}'),
    "an error": response(b'{"keys": []}', 500),
    "not found": response(b"", 404),
    "a redirect": response(b"", 302, Location="http://127.0.0.1:1/"),
    "a redirect to itself": response(b"", 301, Location="/.well-known/jwks.json"),
    "too much": response(b" " * (jwks.MAX_JWKS + 1)),
    "less than Content-Length": response(b'{"keys": []}', 200, **{"Content-Length": "1000"}),
    "another encoding": response(b"\x1f\x8b\x08\x00", 200, **{"Content-Encoding": "gzip"}),
    "not HTTP": raw_bytes(b"\x16\x03\x01\x00\x00 hello\r\n\r\n"),
    "over a hundred headers": response(b"", 200, **{f"X-{n}": "x" for n in range(200)}),
}


@pytest.mark.parametrize("answer", MALFORMED.values(), ids=MALFORMED)
def test_a_malformed_answer_keeps_cached_keys(
    answer: Answer, server: KeyServer, issuer: "Issuer", authorizer: app.Authorizer
) -> None:
    server.answer = key_set(issuer.jwk("ours"))
    authorizer.keys.refresh(wait=True)
    server.answer = answer
    with pytest.raises(KeysUnavailable):
        fetch_jwks(f"{server.issuer}.well-known/jwks.json", "RS256")
    with pytest.raises(InvalidToken, match="unknown_key"):
        authorizer.identify(signed(issuer, server, "next"))
    assert authorizer.identify(signed(issuer, server, "ours"))["sub"] == "auth0|ana"


SLOW = {
    "the status line": b"HTTP/1.1 2",
    "the headers": b"HTTP/1.1 200 OK\r\nX: ",
    "the body": b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"keys":',
    "nothing at all": b"",
}


@pytest.mark.parametrize("prefix", SLOW.values(), ids=SLOW)
def test_one_deadline_bounds_the_whole_fetch(
    prefix: bytes, server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwks, "FETCH_DEADLINE", 0.1)
    server.answer = slow_response(prefix)
    started = time.monotonic()
    with pytest.raises(KeysUnavailable, match="TimeoutError"):
        fetch_jwks(server.issuer, "RS256")
    assert time.monotonic() - started < 3  # seconds; the whole answer takes ten


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_slow_name_lookup_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwks, "FETCH_DEADLINE", 0.1)
    lookup = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: lookup.wait(5) and [])
    with pytest.raises(KeysUnavailable, match="TimeoutError"):
        fetch_jwks("http://slow.example/", "RS256")
    lookup.set()


def test_a_connection_after_the_deadline_ends_its_thread(
    server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jwks, "FETCH_DEADLINE", 0.1)
    server.answer = slow_response(b"HTTP/1.1 200 OK\r\n\r\n")
    look_up = socket.getaddrinfo

    def slowly(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.3)
        return look_up(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    before = set(threading.enumerate())
    with pytest.raises(KeysUnavailable, match="TimeoutError"):
        fetch_jwks(server.issuer, "RS256")
    for thread in set(threading.enumerate()) - before:
        thread.join(5)  # seconds; the whole answer takes ten
        assert not thread.is_alive() or "get" not in thread.name


def test_an_untrusted_certificate_is_refused(server: KeyServer) -> None:
    with pytest.raises(KeysUnavailable, match="SSL"):
        fetch_jwks(server.issuer.replace("http:", "https:"), "RS256")


def test_an_unavailable_issuer_is_an_operational_error(
    server: KeyServer, issuer: "Issuer", authorizer: app.Authorizer
) -> None:
    server.answer = response(b"", 503)
    with pytest.raises(KeysUnavailable, match="status 503"):
        authorizer.identify(signed(issuer, server, "ours"))
    server.answer = key_set(issuer.jwk("ours"))
    assert authorizer.identify(signed(issuer, server, "ours"))["sub"] == "auth0|ana"


@pytest.mark.parametrize(("scheme", "port"), [("https", 443), ("http", 80)])
def test_an_ipv6_address_is_a_host_without_a_port(scheme: str, port: int) -> None:
    connection = jwks._connection(scheme, "2001:db8::443", None)
    assert (connection.host, connection.port) == ("2001:db8::443", port)
