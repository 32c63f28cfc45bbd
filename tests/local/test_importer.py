"""The importer on the deployed stack: each row is stored exactly once, through faults and kills.

IMPORT_ROWS=20000 IMPORT_KILLS=50 is the long run.
"""

import csv
import json
import os
import random
import secrets
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from local.settings import PROJECT
from tests.local.faults import FAULTS, faulty
from tests.support import LONG

if TYPE_CHECKING:
    from tests.local.callers import Newcomers
    from tests.local.support import Stack

ROWS = int(os.environ.get("IMPORT_ROWS", "1000" if LONG else "200"))
KILLS = int(os.environ.get("IMPORT_KILLS", "5" if LONG else "1"))
USERS = 20 if LONG else 5
FIELDS = ("user_id", "date", "project", "hours", "notes")
SECRET = "local-import-secret"

type Row = tuple[str, str, str, Decimal, str]
type Start = Callable[..., subprocess.Popen[str]]


def some_rows(count: int) -> list[Row]:
    """Return rows for users of their own; every tenth row stands twice."""
    run = secrets.token_hex(4)
    rows = [
        (
            f"import|{run}-{number % USERS}",
            f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}",
            f"Project {number % 7}",
            Decimal(number % 2300 + 100) / 100,
            f"Zeile {number}, größer" if number % 3 else "",
        )
        for number in range(count - count // 11)
    ]
    return rows + rows[::10][: count // 11]


def written(path: Path, rows: Iterable[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(FIELDS)
        writer.writerows((*row[:3], str(row[3]).replace(".", ","), row[4]) for row in rows)
    return path


def stored(rows: Iterable[Row], newcomers: "Newcomers") -> Counter[Row]:
    """Return the stored entries of the rows' users."""
    found: Counter[Row] = Counter()
    external_ids = set()
    for user in sorted({row[0] for row in rows}):
        for entry in newcomers.person("reader", sub=user).every(query={"limit": "100"}):
            values = (user, entry["date"], entry["project"], Decimal(entry["hours"]), entry.get("notes", ""))
            found[values] += 1
            external_ids.add(entry["external_id"])
    assert len(external_ids) == found.total()
    return found


@pytest.fixture
def start(stack: "Stack", tmp_path: Path) -> Start:
    """Return a function that starts the command with the credentials of the importing client."""
    settings = stack.settings
    environ = {
        "PATH": os.environ["PATH"],
        "TIMESHEETS_API": settings.api_url,
        "TIMESHEETS_ISSUER": settings.issuer,
        "TIMESHEETS_AUDIENCE": settings.audience,
        "TIMESHEETS_CLIENT_ID": "timesheets-import",
        "TIMESHEETS_CLIENT_SECRET": SECRET,
    }

    def begin(*arguments: str | Path, **changes: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [PROJECT / ".venv/bin/timesheets-import", *arguments],
            cwd=tmp_path,
            env=environ | changes,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return begin


@pytest.fixture
def run(start: Start) -> Callable[..., tuple[int, str]]:
    """Return a function that runs the command and returns its exit code and its output."""

    def finish(*arguments: str | Path, text: str = "", **changes: str) -> tuple[int, str]:
        with start(*arguments, **changes) as process:
            out, err = process.communicate(text, timeout=600)
        assert SECRET not in out + err
        assert "eyJ" not in out + err
        return process.returncode, out + err

    return finish


type Run = Callable[..., tuple[int, str]]


def events(output: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in output.splitlines()]


def test_file_is_imported_once(run: Run, newcomers: "Newcomers", tmp_path: Path) -> None:
    rows = some_rows(120)
    file = written(tmp_path / "hours.csv", rows)
    code, output = run(file)
    assert (code, output.splitlines()[-1]) == (
        0,
        "120 rows: 120 created, 0 updated, 0 unchanged, 0 rejected",
    )
    assert stored(rows, newcomers) == Counter(rows)
    code, output = run(file)
    assert (code, "has already been imported" in output) == (0, True)
    code, output = run(file, "--again")
    assert "0 created, 0 updated, 120 unchanged, 0 rejected" in output
    # Another order of rows and columns, more rows, another encoding, JSON Lines, standard input.
    more = some_rows(10)
    lines = [dict(reversed(list(zip(FIELDS, map(str, row), strict=True)))) for row in more + rows[::-1]]
    code, output = run("-", "--json", text="\n".join(map(json.dumps, lines)))
    end = events(output)[-1]
    assert (code, end["created"], end["unchanged"]) == (0, 10, 120)
    assert stored(more + rows, newcomers) == Counter(more + rows)
    assert stored(more, newcomers) == Counter(more)


def test_file_with_faults_is_not_sent(run: Run, newcomers: "Newcomers", tmp_path: Path) -> None:
    rows = some_rows(30)
    file = written(tmp_path / "hours.csv", rows)
    file.write_bytes(file.read_bytes() + b"someone;2026-02-30;;25;\r\n")
    code, output = run(file)
    assert code == 2
    for fault in (
        "date: must be a date that exists",
        "project: must not be blank",
        "hours: must be more than 0",
    ):
        assert f"line 32: {fault}" in output
    assert not stored(rows, newcomers)
    assert not Path(f"{file}.import.sqlite").exists()


def test_rejected_row_can_be_corrected_and_imported(run: Run, newcomers: "Newcomers", tmp_path: Path) -> None:
    file = tmp_path / "hours.csv"
    ((user, *_), *_) = some_rows(1)
    key = secrets.token_hex(4)
    head = "Mitarbeiter;date;project;hours;external_id\n"
    file.write_text(f"{head}{user};2026-11-20;A;1,5;{key}-1\n{user};2026-11-20;B;2;{key}-2\n")
    named = ("--map", "user_id=Mitarbeiter")
    assert run(file, *named)[0] == 0
    mia = newcomers.person("mia", "read:timesheets approve:timesheets")
    (first,) = [one for one in newcomers.person("u", sub=user).every() if one["project"] == "A"]
    assert mia("PUT", f"/approvals/{first['id']}").status_code == 200
    file.write_text(f"{head}{user};2026-11-20;A;3,5;{key}-1\n{user};2026-11-20;B;4;{key}-2\n")
    code, output = run(file, *named)
    assert code == 1
    assert "line 2: rejected: The entry is approved" in output
    assert "0 created, 1 updated, 0 unchanged, 1 rejected" in output
    rejected = Path(f"{file}.rejected.csv")
    assert rejected.read_text("utf-8-sig").splitlines() == [
        "Mitarbeiter;date;project;hours;external_id;reason",
        f'{user};2026-11-20;A;3,5;{key}-1;"The entry is approved; ask an approver to reopen it first"',
    ]
    assert mia("DELETE", f"/approvals/{first['id']}").status_code == 200
    code, output = run(rejected, *named)
    assert (code, "1 updated" in output) == (0, True)


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"TIMESHEETS_CLIENT_SECRET": "wrong"}, 3, "Check --client-id, the secret"),
        ({"TIMESHEETS_AUDIENCE": "https://unknown.example"}, 3, "no API has this audience"),
        ({"TIMESHEETS_AUDIENCE": "https://api.exampleco.com/expenses"}, 3, "not batch:upload"),
        (
            {"TIMESHEETS_ISSUER": "http://127.0.0.1:1", "TIMESHEETS_GIVE_UP_AFTER": "1s"},
            3,
            "cannot be reached",
        ),
        ({"TIMESHEETS_ISSUER": "http://exampleco.example"}, 2, "must begin with https://"),
        (
            {"TIMESHEETS_API": "http://127.0.0.1:1", "TIMESHEETS_GIVE_UP_AFTER": "1s"},
            4,
            "Check the address",
        ),
        ({"TIMESHEETS_CLIENT_SECRET": ""}, 2, "TIMESHEETS_CLIENT_SECRET"),
        ({"TIMESHEETS_API": ""}, 2, "Missing: --api"),
    ],
)
def test_failure_names_the_remedy(
    changes: dict[str, str], code: int, words: str, run: Run, tmp_path: Path
) -> None:
    file = written(tmp_path / "hours.csv", some_rows(3))
    ended, output = run(file, **changes)
    assert (ended, words in output) == (code, True), output


def test_other_api_is_named(stack: "Stack", run: Run, tmp_path: Path) -> None:
    file = written(tmp_path / "hours.csv", some_rows(3))
    code, output = run(file, TIMESHEETS_API=stack.settings.issuer)
    assert (code, "is not a Timesheets API" in output) == (2, True)


@pytest.mark.long
def test_every_row_is_stored_once_through_faults_and_kills(
    stack: "Stack", start: Start, newcomers: "Newcomers", tmp_path: Path
) -> None:
    rows = some_rows(ROWS)
    file = written(tmp_path / "hours.csv", rows)
    chance = random.Random(20261120)  # noqa: S311 no secret
    kills = finished = 0
    started = time.monotonic()
    with faulty(stack.settings.api_url, share=0.3) as proxy:
        while kills < KILLS or not finished:
            again = ("--again",) if finished else ()
            with start(file, *again, TIMESHEETS_API=proxy.url) as process:
                try:
                    # Some die before they send.
                    patience = chance.uniform(0.5, 6) if kills < KILLS else 1200
                    _, output = process.communicate(timeout=patience)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.communicate()
                    kills += 1
                else:
                    assert process.returncode == 0, output
                    finished += 1
        seconds = time.monotonic() - started
        assert set(proxy.done) >= set(FAULTS) or ROWS < 20_000
        counted = dict(proxy.done)
    assert stored(rows, newcomers) == Counter(rows)
    print(  # noqa: T201 the long run's figures
        f"\n{ROWS} rows, {kills} kills, {finished} runs to the end, {seconds:.0f} s; requests: {counted}"
    )


@pytest.mark.long
def test_signal_stops_the_import_and_the_next_run_continues(
    start: Start, run: Run, newcomers: "Newcomers", tmp_path: Path
) -> None:
    rows = some_rows(600)
    file = written(tmp_path / "hours.csv", rows)
    journal = Path(f"{file}.import.sqlite")
    with start(file, "--at-once", "1") as process:
        deadline = time.monotonic() + 60
        while not (journal.exists() and journal.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.05)
        # The journal is locked.
        code, output = run(file)
        assert (code, "Another timesheets-import is importing" in output) == (2, True)
        process.send_signal(signal.SIGTERM)
        _, output = process.communicate(timeout=20)
    assert (process.returncode, "to continue" in output) == (130, True)
    with closing(sqlite3.connect(journal)) as database:
        content = "\n".join(database.iterdump())
    assert SECRET not in content
    assert "eyJ" not in content
    assert run(file)[0] == 0
    assert stored(rows, newcomers) == Counter(rows)


EXAMPLES = PROJECT / "importer/examples"


@pytest.mark.long
def test_examples_and_an_exported_list_are_imported(run: Run, newcomers: "Newcomers", tmp_path: Path) -> None:
    ana = newcomers.person("ana")
    users = tmp_path / "users.csv"
    users.write_text(
        (EXAMPLES / "users.csv")
        .read_text()
        .replace("auth0|", f"{ana.sub}-")
        .replace(f"{ana.sub}-ana", ana.sub)
    )
    for tool in ("clockify", "harvest", "kimai", "solidtime", "tempo", "toggl"):
        options = ("--users", users, "--project", "Internal", "--journal", tmp_path / tool, "--json")
        code, output = run(EXAMPLES / f"{tool}.csv", *options)
        assert (code, events(output)[-1]["rejected"]) == (0, 0), output
    ana.entry(notes="- self-logged", project="'0234")

    def export() -> str:
        return ana("GET", headers={"Accept": "text/csv"}, params={"limit": "100"}).text

    exported = export()
    file = tmp_path / "ana.csv"
    file.write_bytes(exported.encode())
    code, output = run(file, "--json")
    assert (code, events(output)[-1]["unchanged"]) == (0, 15)
    assert export() == exported
    file.write_bytes(exported.replace("'- self-logged", "changed").encode())
    code, output = run(file)
    assert (code, "correct the entry in the app, or remove the id" in output) == (1, True)
    assert export() == exported
