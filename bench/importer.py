"""The importer: its rows per second against the bare upload calls, and its memory against a file's size."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any, Final

import httpx2 as httpx

from bench.measure import PROJECT, ratio, rows
from local.ports import free_ports
from local.settings import Settings
from local.stack import running

AT_ONCE: Final = 4
BATCH: Final = 100
ROUNDS: Final = 5
ROWS: Final = 4_000
"""In each round, by each way."""
SIZES: Final = (1_000, 10_000, 100_000, 1_000_000)
CLIENT: Final = {"client_id": "timesheets-import", "client_secret": "local-import-secret"}
COMMAND: Final = PROJECT / ".venv/bin/timesheets-import"

UNIT: Final = 1 if sys.platform == "darwin" else 1024
"""Of the most memory, in bytes."""
# By a small process between: a child's most memory is never less than its parent's at the start.
MEASURE: Final = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""

type Row = dict[str, Any]


def main() -> None:
    """Print both tables."""
    with tempfile.TemporaryDirectory() as folder:
        speed(Path(folder))
        memory(Path(folder))


def speed(folder: Path) -> None:
    """Send new rows through the importer, from its start to its end, and as many by bare calls, in turn."""
    api, issuer, aws = free_ports(3)
    settings = Settings(api_port=api, issuer_port=issuer, aws_port=aws)
    environ = os.environ | {
        "TIMESHEETS_API": settings.api_url,
        "TIMESHEETS_ISSUER": settings.issuer,
        "TIMESHEETS_AUDIENCE": settings.audience,
        "TIMESHEETS_CLIENT_ID": CLIENT["client_id"],
        "TIMESHEETS_CLIENT_SECRET": CLIENT["client_secret"],
    }
    bare: list[float] = []
    importer: list[float] = []
    # What the stack says of itself and of each request is no table.
    with redirect_stdout(sys.stderr), running(settings):
        send(settings, list(made("warm", ROWS)))
        for count in range(ROUNDS):
            bare.append(send(settings, list(made(f"bare {count}", ROWS))))
            file = write(folder / f"{count}.csv", made(f"importer {count}", ROWS))
            started = time.perf_counter()
            subprocess.run([COMMAND, file, "--at-once", str(AT_ONCE)], env=environ, check=True)
            importer.append(time.perf_counter() - started)
    lines = [
        (name, f"{statistics.median(times):.1f}", f"{ROWS / statistics.median(times):.0f}", f"{share:.2f}")
        for name, times, share in (
            ("bare upload calls", bare, 1.0),
            ("the importer, from its start to its end", importer, ratio(importer, bare)),
        )
    ]
    title = f"{ROWS:,} new rows, {BATCH} in a call, {AT_ONCE} calls at a time"
    rows(title, ("what", "median, s", "rows per second", "ratio"), lines)


def send(settings: Settings, entries: list[Row]) -> float:
    """Send rows by bare calls over as many connections, and return the seconds that took."""
    form = CLIENT | {"grant_type": "client_credentials", "audience": settings.audience}
    token = httpx.post(f"{settings.issuer}oauth/token", json=form).json()["access_token"]
    bodies = [json.dumps(entries[first : first + BATCH]) for first in range(0, len(entries), BATCH)]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    with (
        httpx.Client(base_url=settings.api_url, headers=headers, timeout=120) as http,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        started = time.perf_counter()
        answers = list(pool.map(lambda body: http.post("/timesheets/upload", content=body), bodies))
        seconds = time.perf_counter() - started
    if any(one["status"] != "created" for answer in answers for one in answer.json()["results"]):
        raise RuntimeError("not every row was created")
    return seconds


def memory(folder: Path) -> None:
    """Check files of growing size, each in a process of its own, and tell the most memory that took."""
    lines: list[tuple[object, ...]] = []
    for size in SIZES:
        file = write(folder / "memory.csv", made("memory", size))
        started = time.perf_counter()
        ran = subprocess.run(
            [sys.executable, "-c", MEASURE, COMMAND, file, "--dry-run"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        seconds = time.perf_counter() - started
        lines.append(
            (
                f"{size:,}",
                f"{file.stat().st_size / 1e6:.1f}",
                f"{int(ran.stdout) * UNIT / 1e6:.0f}",
                f"{seconds:.1f}",
            )
        )
    rows("Checking a file (dry run)", ("rows", "file, MB", "peak memory, MB", "seconds"), lines)


def made(name: str, count: int) -> Iterator[Row]:
    """Make rows that no other round has."""
    for number in range(count):
        yield {
            "user_id": f"import|{number % 100}",
            "date": f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "project": f"Project {number % 50}",
            "hours": f"{number % 2300 / 100 + 1:.2f}",
            "notes": f"{name}, row {number}",
            "external_id": f"{name} {number}",
        }


def write(path: Path, entries: Iterator[Row]) -> Path:
    """Write rows as CSV, without their external ids: the importer makes its own."""
    with path.open("w") as file:
        file.write("user_id,date,project,hours,notes\n")
        for row in entries:
            values = (row[name] for name in ("user_id", "date", "project", "hours"))
            file.write(f'{",".join(values)},"{row["notes"]}"\n')
    return path


if __name__ == "__main__":
    main()
