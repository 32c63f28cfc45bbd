"""Live reload: from saving a file to the first response of the new code, while `make run` runs."""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import httpx2 as httpx

from bench.measure import table
from local.ports import free_ports
from local.settings import PROJECT, LocalError, Settings
from local.sign_in import access_token

SAVES: Final = 10
TIMEOUT: Final = 120
"""Seconds."""

# Each change is appended to a file of its kind, and seen in the status of GET /timesheets.
CHANGES: Final = {
    "authorizer/app.py": (401, "def lambda_handler(*_):\n    raise Exception('Unauthorized')\n"),
    "handlers/list_timesheets.py": (418, "def lambda_handler(*_):\n    return {'statusCode': 418}\n"),
    "layers/shared/timesheets/web/endpoint.py": (
        418,
        "def proxy_response(*_):\n    return {'statusCode': 418}\n",
    ),
}


def main() -> None:
    """Print the table. The changed files get their content back."""
    lines = []
    with _stack() as settings, httpx.Client(base_url=settings.api_url, timeout=TIMEOUT) as client:
        client.headers["Authorization"] = f"Bearer {_token(settings)}"
        _await_status(client, 200)
        for name, (status, code) in CHANGES.items():
            path = PROJECT / name
            original = path.read_text()
            seconds = []
            try:
                for save in range(SAVES):
                    changed = save % 2 == 0
                    path.write_text(original + code if changed else original)
                    seconds.append(_await_status(client, status if changed else 200))
            finally:
                path.write_text(original)
            lines.append((name, f"{statistics.median(seconds):.1f}", f"{max(seconds):.1f}"))
    table(
        "From a saved file to the first response of the new code",
        (f"{SAVES} saves of", "median, s", "slowest, s"),
        lines,
    )


@contextmanager
def _stack() -> Iterator[Settings]:
    """Run the stack as `make run` does, with its output on standard error."""
    api, issuer, aws = free_ports(3)
    ports = {"API_PORT": str(api), "ISSUER_PORT": str(issuer), "AWS_PORT": str(aws)}
    command = [sys.executable, "-m", "local", "run"]
    process = subprocess.Popen(command, cwd=PROJECT, env=os.environ | ports, stdout=sys.stderr)
    try:
        yield Settings(api_port=api, issuer_port=issuer, aws_port=aws)
    finally:
        process.terminate()
        process.wait()


def _token(settings: Settings) -> str:
    """Return an access token as soon as the stack gives one."""
    started = time.perf_counter()
    while True:
        try:
            return access_token(settings.issuer, "ana", audience=settings.audience)
        except LocalError:
            if time.perf_counter() - started > TIMEOUT:
                raise
            time.sleep(0.1)


def _await_status(client: httpx.Client, status: int) -> float:
    """Return the seconds until GET /timesheets answers with this status."""
    started = time.perf_counter()
    while client.get("/timesheets").status_code != status:
        if time.perf_counter() - started > TIMEOUT:
            raise SystemExit(f"The new code is not served after {TIMEOUT} seconds")
        time.sleep(0.02)
    return time.perf_counter() - started


if __name__ == "__main__":
    main()
