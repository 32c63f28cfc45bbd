"""The importer's memory does not grow with the file. IMPORT_MEMORY_ROWS=1000000 is the long run."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.settings import PROJECT

ROWS = int(os.environ.get("IMPORT_MEMORY_ROWS", "60000"))
MARGIN = 12
"""Megabytes: what SQLite may keep of its private file, and one chunk of the file more."""


def peak(file: Path) -> float:
    """Return the most megabytes that a dry run had."""
    command = PROJECT / ".venv/bin/timesheets-import"
    process = subprocess.Popen([command, file, "--dry-run"], stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = status
    assert status == 0
    return used.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6


@pytest.mark.parametrize("repeated", [False, True], ids=["all different", "with external ids"])
def test_memory_stays_the_same_whatever_the_size(repeated: bool, tmp_path: Path) -> None:  # noqa: FBT001
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
