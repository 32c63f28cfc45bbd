"""What the benchmarks share: `make bench` prints the tables of docs/performance.md.

The machines are shared and noisy. So each round runs every candidate once, in turn, and the figures are
medians over rounds; times are in microseconds or milliseconds of this machine, and only ratios compare.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent
BUILD: Final = PROJECT / ".aws-sam" / "build"
LAYER: Final = BUILD / "SharedLayer" / "python"
ROUNDS: Final = 51

# What ships is what is measured. Every handler's folder holds them all.
sys.path[:0] = [str(BUILD / "ListTimesheetsFunction"), str(LAYER)]


def interleaved(jobs: Mapping[str, Callable[[], float]], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Run jobs in turn, each telling how long it took, and return that by round; a first round warms up."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for count in range(rounds + 1):
        for name, job in jobs.items():
            taken = job()
            if count:
                times[name].append(taken)
    return times


def timed(job: Callable[[], object]) -> float:
    """Return the seconds that a job takes."""
    started = time.perf_counter()
    job()
    return time.perf_counter() - started


def ratio(times: Iterable[float], base: Iterable[float]) -> float:
    """Return the median of the rounds' ratios: what slows a whole round changes none of them."""
    return statistics.median(one / other for one, other in zip(times, base, strict=True))


def table(title: str, unit: str, times: Mapping[str, list[float]]) -> None:
    """Print medians and, against the first row, the median of the rounds' ratios."""
    base = next(iter(times.values()))
    print(f"\n{title}\n\n| what | median, {unit} | ratio |\n| --- | ---: | ---: |")
    for name, measured in times.items():
        print(f"| {name} | {statistics.median(measured):.1f} | {ratio(measured, base):.2f} |")


def rows(title: str, columns: tuple[str, ...], lines: Iterable[tuple[object, ...]]) -> None:
    """Print a table of which the first column is text, the others figures."""
    print(f"\n{title}\n")
    print(f"| {' | '.join(columns)} |\n| {' | '.join(['---'] + ['---:'] * (len(columns) - 1))} |")
    for line in lines:
        print(f"| {' | '.join(map(str, line))} |", flush=True)


def timed_start(
    script: str,
    environment: Mapping[str, str],
    *,
    prelude: str = "",
    python: Path | str = sys.executable,
) -> tuple[float, float]:
    """Return the milliseconds, wall and CPU, that a script takes in a process with awslambdaric loaded."""
    source = (
        "import os, time, awslambdaric, awslambdaric.bootstrap\n"
        f"{prelude}"
        "wall, cpu = time.perf_counter(), time.process_time()\n"
        f"{script}\n"
        "print(time.perf_counter() - wall, time.process_time() - cpu)"
    )
    result = subprocess.run(
        [python, "-c", source], env=environment, capture_output=True, text=True, check=True
    )
    wall, cpu = (float(seconds) * 1000 for seconds in result.stdout.split())
    return wall, cpu


def aws_environment(**variables: str) -> dict[str, str]:
    """Return an environment in which AWS's clients take nothing from the developer's own settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return (
        kept
        | {
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        }
        | variables
    )


def function_environment(**variables: str) -> dict[str, str]:
    """Return an environment in which a handler finds all that the template sets, and `variables`."""
    return aws_environment(
        ALLOWED_ORIGINS="*",
        CURSOR_SECRET="0" * 48,
        POWERTOOLS_SERVICE_NAME="bench",
        POWERTOOLS_METRICS_NAMESPACE="Timesheets",
        POWERTOOLS_LOG_LEVEL="INFO",
        **variables,
    )
