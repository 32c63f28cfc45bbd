"""The dry runs in docs/import.md, run as written."""

import re
import shlex

import pytest
from typer.testing import CliRunner

from tests.support import PROJECT
from timesheets_import.cli import app

WALK = (PROJECT / "docs/import.md").read_text().partition("## A walk")[2].partition("## Files")[0]
RUNS = re.findall(r"^    \$ timesheets-import (.*--dry-run)\n((?:    (?!\$).*\n)+)", WALK, re.MULTILINE)


def test_the_walk_has_dry_runs() -> None:
    assert len(RUNS) >= 3


@pytest.mark.parametrize(("arguments", "output"), RUNS)
def test_dry_run_prints_what_the_document_shows(
    arguments: str, output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECT / "importer/examples")
    result = CliRunner().invoke(app, shlex.split(arguments))
    assert result.stderr == output.replace("\n    ", "\n").removeprefix("    ")
