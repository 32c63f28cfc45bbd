"""A proxy that refuses, cuts, loses and delays uploads, like networks and servers."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2 as httpx

FAULTS = (
    "503 before",
    "503 after",
    "429",
    "500 in HTML",
    "cut before",
    "cut after",
    "cut within the answer",
    "no answer of the API",
    "slow",
)


class Faults(ThreadingHTTPServer):
    """Passes uploads on to an API, and applies a random fault to a share of them."""

    daemon_threads = True

    def __init__(self, api: str, share: float, seed: int) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api = api
        self.share = share
        self.done: Counter[str] = Counter()
        self.http = httpx.Client(timeout=120)
        self._random = random.Random(seed)  # noqa: S311 no secret
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The address of the proxy."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def choose(self) -> str:
        """Return the fault of the next request; empty for none."""
        with self._lock:
            fault = self._random.choice(FAULTS) if self._random.random() < self.share else ""
            self.done[fault] += 1
        return fault

    def handle_error(self, *_: Any) -> None:
        """Ignore connections that a killed client leaves open."""


class _Handler(BaseHTTPRequestHandler):
    server: Faults
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        fault = self.server.choose()
        match fault:
            case "503 before":
                self._answer(503, b'{"detail": "The service is not available; try again shortly"}', "1")
            case "429":
                self._answer(429, b'{"detail": "Too many requests"}', "1")
            case "500 in HTML":
                self._answer(500, b"<html>Oops</html>")
            case "no answer of the API":
                self._answer(207, b'{"results": []}')
            case "cut before":
                self.close_connection = True
            case _:
                self._pass(body, fault)

    def _pass(self, body: bytes, fault: str) -> None:
        names = ("Authorization", "Content-Type")
        headers = {name: self.headers[name] for name in names}
        answer = self.server.http.post(f"{self.server.api}{self.path}", content=body, headers=headers)
        match fault:
            case "503 after":
                self._answer(503, b"", "1")
            case "cut after":
                self.close_connection = True
            case "cut within the answer":
                self._answer(answer.status_code, answer.content, cut=True)
            case _:
                time.sleep(2 if fault == "slow" else 0)
                self._answer(answer.status_code, answer.content)

    def _answer(self, status: int, body: bytes, retry_after: str = "", *, cut: bool = False) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if retry_after:
            self.send_header("Retry-After", retry_after)
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = cut

    def log_message(self, *_: Any) -> None:
        """Log nothing."""


@contextmanager
def faulty(api: str, *, share: float, seed: int = 8) -> Iterator[Faults]:
    """Serve the proxy for as long as the block lasts."""
    with Faults(api, share, seed) as server, server.http:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()
