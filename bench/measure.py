"""Timing and tables for the benchmarks.

Machines are noisy, so each round runs every job once, in turn, and figures are medians over rounds. Times
hold for one machine; ratios can be compared.
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
ROUNDS: Final = 21

# The benchmarks measure the build. The folder of each handler contains all of them.
sys.path[:0] = [str(BUILD / "ListTimesheetsFunction"), str(LAYER)]


def interleaved[Result](jobs: Mapping[str, Callable[[], Result]]) -> dict[str, list[Result]]:
    """Run the jobs in turn and return their results by round, without a first round that warms up."""
    results: dict[str, list[Result]] = {name: [] for name in jobs}
    for number in range(ROUNDS + 1):
        for name, job in jobs.items():
            result = job()
            if number:
                results[name].append(result)
    return results


def timed(job: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """Return the seconds that a job takes; with `time.process_time`, those of the processor."""
    started = clock()
    job()
    return clock() - started


def ratio(times: Iterable[float], base: Iterable[float]) -> float:
    """Return the median of the rounds' ratios, which a slow round does not change."""
    return statistics.median(one / other for one, other in zip(times, base, strict=True))


def table(title: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a Markdown table: text in the first column, figures in the others."""
    columns = list(columns)
    print(f"\n{title}\n\n| {' | '.join(columns)} |\n| --- |{' ---: |' * (len(columns) - 1)}")
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)


def comparison(title: str, unit: str, times: Mapping[str, list[float]]) -> None:
    """Print medians, and ratios to the first job."""
    base = next(iter(times.values()))
    table(
        title,
        ("job", f"median, {unit}", "ratio"),
        ((name, f"{statistics.median(one):.1f}", f"{ratio(one, base):.2f}") for name, one in times.items()),
    )


def start_seconds(script: str, environment: Mapping[str, str], python: Path | str = sys.executable) -> float:
    """Return the CPU seconds that a script takes in a new process which has loaded awslambdaric."""
    source = (
        "import os, time, awslambdaric, awslambdaric.bootstrap\n"
        f"started = time.process_time()\n{script}\nprint(time.process_time() - started)"
    )
    command = [python, "-c", source]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def function_environment(**variables: str) -> dict[str, str]:
    """Return an environment with the template's variables, test credentials and `variables`."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return inherited | {
        "AWS_DEFAULT_REGION": "eu-west-1",
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "ALLOWED_ORIGINS": "*",
        "CURSOR_SECRET": "0" * 48,
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "Timesheets",
        "POWERTOOLS_LOG_LEVEL": "INFO",
        **variables,
    }
