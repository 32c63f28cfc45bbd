"""Memory use does not depend on the file's size. IMPORT_MEMORY_ROWS=1000000 is the long run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.settings import PROJECT

pytestmark = pytest.mark.long

ROWS = int(os.environ.get("IMPORT_MEMORY_ROWS", "60000"))
# A small process in between, because a child's peak is at least its parent's memory at the fork.
MEASURE = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
MARGIN = 12
"""Megabytes: SQLite's cache and one chunk of the file."""


def peak(file: Path) -> float:
    """Return the peak memory of a dry run in megabytes."""
    command = PROJECT / ".venv/bin/timesheets-import"
    ran = subprocess.run(
        [sys.executable, "-c", MEASURE, command, file, "--dry-run"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        check=True,
    )
    return int(ran.stdout) * (1 if sys.platform == "darwin" else 1024) / 1e6


@pytest.mark.parametrize("repeated", [False, True], ids=["all different", "with external ids"])
def test_memory_does_not_depend_on_the_size(repeated: bool, tmp_path: Path) -> None:  # noqa: FBT001
    peaks = []
    for size in (1_000, ROWS):
        file = tmp_path / f"{size}.csv"
        with file.open("w") as text:
            text.write("user_id,date,project,hours,notes,external_id\n")
            for number in range(size):
                key = f"erp-{number}" if repeated else ""
                text.write(f"007,2026-11-20,Größe,7.25,row {number},{key}\n")
        peaks.append(peak(file))
    assert peaks[1] - peaks[0] < MARGIN, peaks
