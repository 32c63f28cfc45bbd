"""The payroll reader in docs/integrating.md, run as written."""

import json
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.serving import listen, serve
from tests.local.callers import MANAGER, Newcomers
from tests.local.feed import WITHIN
from tests.support import PROJECT

if TYPE_CHECKING:
    from tests.local.support import Stack

KILLED = PROJECT / "tests/local/killed.py"
type Json = dict[str, Any]


def block(language: str) -> str:
    """Return the only block of a language in the document."""
    document = (PROJECT / "docs/integrating.md").read_text()
    (code,) = re.findall(rf"^```{language}\n(.*?)^```", document, re.MULTILINE | re.DOTALL)
    return str(code)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    path = tmp_path / "reader.py"
    path.write_text(block("python"))
    return path


def log_of(*changes: tuple[str, int, str], first: int = 1) -> list[Json]:
    """Return changes, each given by an entry's id, its version and the kind, with numbers from `first`."""
    return [
        {"number": number, "change": kind, "version": version, "entry": {"id": entry_id}}
        for number, (entry_id, version, kind) in enumerate(changes, first)
    ]


@dataclass
class Feed:
    """A server of tokens and of a log, in pages of two changes."""

    log: str = "one"
    changes: list[Json] = field(default_factory=list)
    faults: list[int] = field(default_factory=list)
    """The statuses of the next responses; 0 is a page."""

    async def page(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer payroll"
        after = int(request.query_params["after"])
        if self.faults and (status := self.faults.pop(0)):
            return JSONResponse({}, status)
        if after > len(self.changes):
            return JSONResponse({"code": "log_reset"}, 410)
        page = self.changes[after : after + 2]
        return JSONResponse({"log": self.log, "changes": page, "next": after + len(page)})

    @staticmethod
    async def token(request: Request) -> Response:
        form = await request.form()
        assert (form["client_id"], form["client_secret"]) == ("timesheets-payroll", "secret")
        return JSONResponse({"access_token": "payroll"})

    def entries(self) -> dict[str, Json]:
        """Return the change with the highest version of each entry."""
        ordered = sorted(self.changes, key=lambda change: change["version"])
        return {change["entry"]["id"]: change for change in ordered}


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Feed]:
    feed = Feed()
    routes = [Route("/oauth/token", feed.token, methods=["POST"]), Route("/changes", feed.page)]
    listening = listen(0, "PORT")
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    for name, value in {"API_URL": address, "ISSUER": f"{address}/", "CLIENT_SECRET": "secret"}.items():
        monkeypatch.setenv(name, value)
    with serve(Starlette(routes=routes), listening):
        yield feed


def run(program: Path, folder: Path) -> int:
    return subprocess.run([sys.executable, program], cwd=folder, check=False, timeout=60).returncode


def select(query: str, folder: Path) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(folder / "payroll.sqlite")) as copy:
        return copy.execute(query).fetchall()


def copy_in(folder: Path) -> dict[str, Json]:
    rows = select("SELECT id, change FROM entries", folder)
    return {entry_id: json.loads(change) for entry_id, change in rows}


OLD = log_of(
    ("a", 1, "created"),
    ("a", 3, "approved"),
    ("b", 1, "created"),
    ("a", 2, "corrected"),  # numbered after its successor
    ("c", 1, "created"),
    ("b", 2, "deleted"),
    ("d", 1, "created"),
)
NEW = log_of(("a", 4, "reopened"), ("e", 1, "created"), ("a", 5, "erased"), first=len(OLD) + 1)
RESTORED = log_of(("a", 1, "created"), ("b", 1, "created"), ("a", 2, "rejected"))
GROWN = RESTORED + log_of(*((entry_id, 1, "created") for entry_id in "fghijk"), first=len(RESTORED) + 1)


@pytest.mark.parametrize(
    ("before", "log", "changes"),
    [
        pytest.param([], "one", OLD, id="the first run", marks=pytest.mark.long),
        pytest.param(OLD, "one", OLD + NEW, id="more changes"),
        pytest.param(OLD, "two", RESTORED, id="a restored log"),
        pytest.param(OLD, "two", GROWN, id="a restored log that has grown", marks=pytest.mark.long),
    ],
)
def test_a_kill_at_any_line_loses_nothing(
    before: list[Json], log: str, changes: list[Json], program: Path, feed: Feed, tmp_path: Path
) -> None:
    start, runs = tmp_path / "start", tmp_path / "runs"
    start.mkdir()
    feed.changes = before
    assert run(program, start) == 0
    feed.log, feed.changes = log, changes
    subprocess.run([sys.executable, KILLED, program, start, runs], check=True, timeout=120)
    folders = list(runs.iterdir())
    assert len(folders) > 30
    for folder in folders:
        assert copy_in(folder) == feed.entries(), folder.name


@pytest.mark.parametrize("status", [401, 429, 503])
def test_the_run_after_an_error_continues(status: int, program: Path, feed: Feed, tmp_path: Path) -> None:
    feed.changes, feed.faults = OLD, [0, status]
    assert run(program, tmp_path) == 1
    assert len(copy_in(tmp_path)) == 1
    assert run(program, tmp_path) == 0
    assert copy_in(tmp_path) == feed.entries()


def test_the_hours_are_those_that_approvers_see(
    program: Path, stack: "Stack", newcomers: Newcomers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("API_URL", stack.settings.api_url)
    monkeypatch.setenv("ISSUER", stack.settings.local_issuer)
    monkeypatch.setenv("CLIENT_SECRET", "local-payroll-secret")
    ana, carl, mia = newcomers.person("ana"), newcomers.person("carl"), newcomers.person("mia", MANAGER)
    kept = [ana.entry(hours=hours) for hours in (7.25, 0.1, 0.2)]
    reopened, removed, rejected = carl.entry(), carl.entry(), ana.entry()
    another_month = ana.entry(date="2026-10-31")
    for entry in (*kept, reopened, another_month):
        assert mia("PUT", f"/approvals/{entry['id']}").status_code == 200
    answer = mia("PUT", f"/approvals/{rejected['id']}", json={"approved": False, "reason": "Twice"})
    assert answer.status_code == 200
    assert carl("DELETE", f"/timesheets/{removed['id']}").status_code == 204

    def hours() -> dict[str, tuple[str, float]]:
        assert run(program, tmp_path) == 0
        rows = select(block("sql"), tmp_path)
        return {user: (name, total) for user, name, total in rows if user in {ana.sub, carl.sub}}

    def wait_for(expected: dict[str, tuple[str, float]]) -> None:
        deadline = time.monotonic() + WITHIN
        while (found := hours()) != expected and time.monotonic() < deadline:
            time.sleep(0.5)
        assert found == expected

    wait_for({ana.sub: ("Ana Pérez", 7.55), carl.sub: ("Carl Pérez", 7.5)})
    assert mia("DELETE", f"/approvals/{reopened['id']}").status_code == 200
    wait_for({ana.sub: ("Ana Pérez", 7.55)})
