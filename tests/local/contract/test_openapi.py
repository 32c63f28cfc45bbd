"""The running stack conforms to openapi.yaml: Schemathesis, once for each role."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

from tests.support import PROJECT

if TYPE_CHECKING:
    from tests.local.support import Stack

pytestmark = pytest.mark.long

ALL = "examples,coverage,fuzzing,stateful"

type Explore = Callable[..., set[tuple[str, int]]]


@pytest.fixture
def explore(stack: "Stack", tmp_path: Path) -> Explore:
    """Return a function that runs Schemathesis and returns the methods and statuses that it met."""

    def run(*options: str, token: str | None = None) -> set[tuple[str, int]]:
        report = tmp_path / "report.har"
        command: list[str | Path] = [
            "st",
            "--config-file",
            PROJECT / "tests/local/contract/schemathesis.toml",
            "run",
        ]
        command += [PROJECT / "openapi.yaml", "--url", stack.settings.api_url]
        command += ["--report", "har", "--report-har-path", report, *options]
        if token:
            command += ["--header", f"Authorization: Bearer {token}"]
        path = f"{PROJECT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}"
        environment = os.environ | {"PATH": path, "PYTHONPATH": str(PROJECT)}
        result = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr
        entries = json.loads(report.read_text())["log"]["entries"]
        return {(entry["request"]["method"], entry["response"]["status"]) for entry in entries}

    return run


@pytest.fixture
def log_entries(sign_in: Callable[..., str], http: httpx.Client) -> Callable[[str], None]:
    """Return a function that logs ten entries of a user, because Schemathesis deletes some."""

    def log(user: str) -> None:
        headers = {"Authorization": f"Bearer {sign_in(user)}"}
        for day in range(1, 11):
            body = {"date": f"2016-01-{day:02}", "project": "StoreZero", "hours": 1}
            assert http.post("/timesheets", json=body, headers=headers).status_code == 201

    return log


def test_own_entries_of_an_employee(
    explore: Explore, sign_in: Callable[..., str], log_entries: Callable[[str], None]
) -> None:
    log_entries("ana")
    seen = explore("--phases", ALL, "--include-tag", "Timesheets", token=sign_in("ana"))
    assert {("POST", 201), ("GET", 200), ("PATCH", 200), ("DELETE", 204)} <= seen


def test_own_entries_of_a_contractor_who_prefers_csv(explore: Explore, sign_in: Callable[..., str]) -> None:
    options = ["--phases", "examples,stateful", "--header", "Accept: text/csv", "--include-tag", "Timesheets"]
    assert {("POST", 201), ("GET", 200)} <= explore(*options, token=sign_in("carl"))


def test_approvals(explore: Explore, sign_in: Callable[..., str], log_entries: Callable[[str], None]) -> None:
    for user in ("ana", "carl", "mia"):
        log_entries(user)
    seen = explore("--phases", ALL, "--include-tag", "Approvals", token=sign_in("mia"))
    assert {("GET", 200), ("PUT", 200), ("DELETE", 200)} <= seen


def test_import(explore: Explore, import_token: str) -> None:
    # Without the coverage phase, which takes minutes for an array of rows.
    options = ["--phases", "examples,fuzzing", "--max-examples", "60", "--include-tag", "Import"]
    seen = explore(*options, token=import_token)
    assert {("POST", 201), ("POST", 207)} <= seen


def test_export(
    explore: Explore, sign_in: Callable[..., str], http: httpx.Client, payroll_token: str
) -> None:
    headers = {"Authorization": f"Bearer {sign_in('ana')}"}
    body = {"date": "2016-02-01", "project": "StoreZero", "hours": 1}
    assert http.post("/timesheets", json=body, headers=headers).status_code == 201
    seen = explore("--phases", ALL, "--include-tag", "Export", token=payroll_token)
    assert {("GET", 200), ("GET", 400), ("GET", 410)} <= seen


def test_without_the_scope(explore: Explore, sign_in: Callable[..., str]) -> None:
    options = ["--phases", "examples", "--exclude-tag", "Timesheets"]
    assert {status for _, status in explore(*options, token=sign_in("ana"))} == {403}


def test_without_a_token(explore: Explore) -> None:
    """Examples only, because each 401 restarts the authorizer on MiniStack."""
    assert {status for _, status in explore("--phases", "examples")} == {401}
