"""The issuer's key endpoint over real HTTP on loopback: rotation, outage, slow and garbage answers."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

import app
from tokens import jwks as keys
from tokens.errors import KeysUnavailable, Refused
from tokens.jwks import fetch_jwks
from tokens.settings import Settings

if TYPE_CHECKING:
    from tests.support import Issuer

type Answer = Callable[[BaseHTTPRequestHandler], None]


class KeyServer(ThreadingHTTPServer):
    """Answers as the test says, and counts."""

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
        self.server.answer(self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[KeyServer]:
    with KeyServer() as one:
        thread = threading.Thread(target=one.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield one
        one.shutdown()
        thread.join()


def sends(body: bytes, status: int = 200, **headers: str) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.send_response(status)
        for name, value in headers.items():
            request.send_header(name, value)
        request.end_headers()
        request.wfile.write(body)

    return answer


def says(raw: bytes) -> Answer:
    def answer(request: BaseHTTPRequestHandler) -> None:
        request.wfile.write(raw)

    return answer


def publishes(*members: dict[str, Any]) -> Answer:
    return sends(json.dumps({"keys": members}).encode())


def drips(prefix: bytes) -> Answer:
    """Send a byte now and then, so that no single read waits long."""

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


def test_keys_come_from_below_the_issuer(
    server: KeyServer, issuer: "Issuer", authorizer: app.Authorizer
) -> None:
    server.answer = publishes(issuer.jwk("ours"))
    assert authorizer.identify(signed(issuer, server, "ours"))["sub"] == "auth0|ana"
    assert server.paths == ["/.well-known/jwks.json"]


def test_a_rotation_is_followed(server: KeyServer, issuer: "Issuer", authorizer: app.Authorizer) -> None:
    server.answer = publishes(issuer.jwk("ours"))
    authorizer.identify(signed(issuer, server, "ours"))
    server.answer = publishes(issuer.jwk("ours"), issuer.jwk("next"))
    assert authorizer.identify(signed(issuer, server, "next"))["sub"] == "auth0|ana"
    server.answer = publishes(issuer.jwk("next"))
    authorizer.keys.refresh(wait=True)
    with pytest.raises(Refused, match="unknown_key"):
        authorizer.identify(signed(issuer, server, "ours"))


GARBAGE: dict[str, Answer] = {
    "no JSON": sends(b"<html>"),
    "nothing": sends(b""),
    "a list": sends(b"[]"),
    "no keys": sends(b'{"keys": []}'),
    "only unfit keys": sends(b'{"keys": [{"kty": "oct", "k": "AAAA"}, 5, null]}'),
    "a member named twice": sends(b'{"keys": [], "keys": []}'),
    "an error": sends(b'{"keys": []}', 500),
    "not found": sends(b"", 404),
    "a redirect": sends(b"", 302, Location="http://127.0.0.1:1/"),
    "a redirect to itself": sends(b"", 301, Location="/.well-known/jwks.json"),
    "too much": sends(b" " * (keys.MAX_JWKS + 1)),
    "less than it says": sends(b'{"keys": []}', 200, **{"Content-Length": "1000"}),
    "another encoding": sends(b"\x1f\x8b\x08\x00", 200, **{"Content-Encoding": "gzip"}),
    "no HTTP": says(b"\x16\x03\x01\x00\x00 hello\r\n\r\n"),
    "a hundred headers and more": sends(b"", 200, **{f"X-{n}": "x" for n in range(200)}),
}


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE)
def test_a_garbage_answer_takes_no_key_away(
    answer: Answer, server: KeyServer, issuer: "Issuer", authorizer: app.Authorizer
) -> None:
    server.answer = publishes(issuer.jwk("ours"))
    authorizer.keys.refresh(wait=True)
    server.answer = answer
    with pytest.raises(KeysUnavailable):
        fetch_jwks(f"{server.issuer}.well-known/jwks.json", "RS256")
    with pytest.raises(Refused, match="unknown_key"):
        authorizer.identify(signed(issuer, server, "next"))
    assert authorizer.identify(signed(issuer, server, "ours"))["sub"] == "auth0|ana"


DRIPS = {
    "the status line": b"HTTP/1.1 2",
    "the headers": b"HTTP/1.1 200 OK\r\nX: ",
    "the body": b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"keys":',
    "nothing at all": b"",
}


@pytest.mark.parametrize("prefix", DRIPS.values(), ids=DRIPS)
def test_one_deadline_holds_for_the_whole_fetch(
    prefix: bytes, server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "FETCH_DEADLINE", 0.3)
    server.answer = drips(prefix)
    started = time.monotonic()
    with pytest.raises(KeysUnavailable, match="TimeoutError"):
        fetch_jwks(server.issuer, "RS256")
    assert time.monotonic() - started < 3  # seconds; the drip takes ten


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_name_that_takes_for_ever_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "FETCH_DEADLINE", 0.1)
    found = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found.wait(5) and [])
    with pytest.raises(KeysUnavailable, match="TimeoutError"):
        fetch_jwks("http://slow.example/", "RS256")
    found.set()


def test_a_late_connection_leaves_no_thread_behind(
    server: KeyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keys, "FETCH_DEADLINE", 0.1)
    server.answer = drips(b"HTTP/1.1 200 OK\r\n\r\n")
    look_up = socket.getaddrinfo

    def slowly(*args: Any, **kwargs: Any) -> Any:
        time.sleep(0.3)
        return look_up(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slowly)
    before = set(threading.enumerate())
    with pytest.raises(KeysUnavailable, match="TimeoutError"):
        fetch_jwks(server.issuer, "RS256")
    for thread in set(threading.enumerate()) - before:
        thread.join(5)  # seconds; the drip takes ten
        assert not thread.is_alive() or "get" not in thread.name


def test_a_certificate_that_nobody_vouches_for_is_refused(server: KeyServer) -> None:
    with pytest.raises(KeysUnavailable, match="SSL"):
        fetch_jwks(server.issuer.replace("http:", "https:"), "RS256")


def test_an_issuer_that_is_down_is_no_fault_of_the_token(
    server: KeyServer, issuer: "Issuer", authorizer: app.Authorizer
) -> None:
    server.answer = sends(b"", 503)
    with pytest.raises(KeysUnavailable, match="status 503"):
        authorizer.identify(signed(issuer, server, "ours"))
    server.answer = publishes(issuer.jwk("ours"))
    assert authorizer.identify(signed(issuer, server, "ours"))["sub"] == "auth0|ana"
