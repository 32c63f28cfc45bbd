"""The local stack over HTTP, warm: front door, gateway, cached authorizer, handler, table."""

import statistics
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from typing import Final

import httpx2 as httpx

from bench.entries import DAY
from bench.measure import table
from local.ports import free_ports
from local.settings import Settings
from local.sign_in import access_token
from local.stack import running

REQUESTS: Final = 480
ENTRY: Final = {"date": DAY.isoformat(), "project": "StoreZero", "hours": 7.5}

type Send = Callable[[httpx.Client], httpx.Response]


def main() -> None:
    """Print the table."""
    api, issuer, aws = free_ports(3)
    settings = Settings(api_port=api, issuer_port=issuer, aws_port=aws)
    # The stack's own output goes to stderr, so that stdout holds the table only.
    with redirect_stdout(sys.stderr), running(settings):
        rows = list(throughput(settings))
    columns = (f"{REQUESTS} requests", "connections", "requests per second", "p50, ms", "p99, ms", "errors")
    table("The local stack over HTTP, warm", columns, rows)


def throughput(settings: Settings) -> Iterator[tuple[object, ...]]:
    """Send requests over 1, 4 and 16 connections and yield the rows of the table."""
    token = access_token(settings.issuer, "ana", audience=settings.audience)
    sends: dict[str, Send] = {
        "POST /timesheets": lambda http: http.post("/timesheets", json=ENTRY),
        "GET /timesheets?limit=50": lambda http: http.get("/timesheets?limit=50"),
    }
    for name, send in sends.items():
        for connections in (1, 4, 16):
            with httpx.Client(
                base_url=settings.api_url,
                headers={"Authorization": f"Bearer {token}"},
                limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
                timeout=120,
            ) as http:
                send_all(send, http, connections, 10 * connections)  # starts the workers
                yield name, connections, *send_all(send, http, connections, REQUESTS)


def send_all(send: Send, http: httpx.Client, connections: int, requests: int) -> tuple[str, str, str, int]:
    """Send requests side by side; return requests per second, p50, p99 and the number of errors."""

    def request(_: int) -> tuple[float, bool]:
        began = time.perf_counter()
        success = send(http).is_success
        return (time.perf_counter() - began) * 1000, success

    with ThreadPoolExecutor(connections) as pool:
        started = time.perf_counter()
        answers = list(pool.map(request, range(requests)))
        seconds = time.perf_counter() - started
    cuts = statistics.quantiles((taken for taken, _ in answers), n=100)
    errors = sum(not success for _, success in answers)
    return f"{requests / seconds:.0f}", f"{cuts[49]:.1f}", f"{cuts[98]:.1f}", errors


if __name__ == "__main__":
    main()
