"""The whole local stack over HTTP on loopback, warm: front door, gateway, authorizer, handlers, table."""

import json
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, redirect_stdout
from functools import partial
from itertools import repeat
from typing import Final

import httpx2 as httpx

from bench.measure import rows
from bench.tables import LAST_DAY
from local.ports import free_ports
from local.settings import Settings
from local.sign_in import access_token
from local.stack import running

CONNECTIONS: Final = (1, 4, 16)
REQUESTS: Final = 480
_LISTED: Final = 60
_ENTRY: Final = json.dumps({"date": LAST_DAY.isoformat(), "project": "StoreZero", "hours": 7.5})

type Send = Callable[[httpx.Client], httpx.Response]


def main() -> None:
    """Print the table."""
    api, issuer, aws = free_ports(3)
    settings = Settings(api_port=api, issuer_port=issuer, aws_port=aws)
    lines: list[tuple[object, ...]] = []
    # What the stack says of itself and of each request is no table.
    with redirect_stdout(sys.stderr), running(settings), ExitStack() as stack:
        token = access_token(settings.issuer, "ana", audience=settings.audience)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        clients = [
            stack.enter_context(httpx.Client(base_url=settings.api_url, headers=headers, timeout=120))
            for _ in range(max(CONNECTIONS))
        ]
        for _ in range(_LISTED):
            _create(clients[0])
        requests: dict[str, Send] = {"GET /timesheets?limit=50": _list, "POST /timesheets": _create}
        for name, send in requests.items():
            for connections in CONNECTIONS:
                used = clients[:connections]
                _measure(used, send, 10 * connections)  # starts as many workers as it needs
                lines.append((name, connections, *_measure(used, send, REQUESTS)))
    rows(
        "The local stack over HTTP, warm",
        (f"{REQUESTS} requests", "connections", "requests per second", "p50, ms", "p99, ms", "errors"),
        lines,
    )


def _list(client: httpx.Client) -> httpx.Response:
    return client.get("/timesheets?limit=50")


def _create(client: httpx.Client) -> httpx.Response:
    return client.post("/timesheets", content=_ENTRY)


def _measure(clients: list[httpx.Client], send: Send, requests: int) -> tuple[str, str, str, int]:
    """Send so many requests over the connections side by side; return the row's figures."""
    started = time.perf_counter()
    with ThreadPoolExecutor(len(clients)) as pool:
        parts = list(pool.map(partial(_in_turn, send, requests // len(clients)), clients))
    elapsed = time.perf_counter() - started
    times = [taken for part, _ in parts for taken in part]
    errors = sum(failed for _, failed in parts)
    cuts = statistics.quantiles(times, n=100)
    return f"{len(times) / elapsed:.0f}", f"{cuts[49] * 1000:.1f}", f"{cuts[98] * 1000:.1f}", errors


def _in_turn(send: Send, requests: int, client: httpx.Client) -> tuple[list[float], int]:
    """Return the seconds that each of one connection's requests took, and how many failed."""
    times: list[float] = []
    errors = 0
    for _ in repeat(None, requests):
        started = time.perf_counter()
        try:
            errors += not send(client).is_success
        except httpx.HTTPError:
            errors += 1
        times.append(time.perf_counter() - started)
    return times, errors


if __name__ == "__main__":
    main()
