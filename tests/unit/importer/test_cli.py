"""The command: its options, output and exit codes."""

import json
import signal
import time
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from rich.console import Console
from typer.testing import CliRunner, Result

from tests.support import PROJECT
from timesheets_import import check, cli, report, sender
from timesheets_import.errors import Exit
from timesheets_import.report import Reporter

ROWS = "user_id,date,project,hours\n" + "".join(f"auth0|7,2026-11-20,A,{n % 24 + 1}\n" for n in range(250))
SIGN_IN = {
    "TIMESHEETS_API": "https://api.example/v1",
    "TIMESHEETS_ISSUER": "https://tenant.example/",
    "TIMESHEETS_CLIENT_ID": "c",
    "TIMESHEETS_CLIENT_SECRET": "s3cret",
}

REPEATED = (
    "The file has 226 repeated rows. Each becomes an entry of its own; rows with the same external_id become"
    " one entry"
)

type Run = Callable[..., Result]


class Api:
    """An authorization server and an API that creates every row, or what `take` returns."""

    def __init__(self) -> None:
        self.taken: list[dict[str, Any]] = []
        self.uploads = 0
        self.take: Callable[[int, list[Any]], list[str]] = lambda _, rows: ["created"] * len(rows)

    def handle(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/.well-known"):
            body = {"issuer": "https://tenant.example/", "token_endpoint": "https://tenant.example/t"}
            return httpx.Response(200, json=body, request=request)
        if request.url.path == "/t":
            return httpx.Response(
                200, json={"access_token": "eyJ", "token_type": "Bearer", "expires_in": 300}
            )
        assert request.url.path == "/v1/timesheets/upload"
        rows = json.loads(request.content)
        statuses = self.take(self.uploads, rows)
        self.uploads += 1
        self.taken += rows
        results = [{"index": index, "status": status, "id": "x"} for index, status in enumerate(statuses)]
        return httpx.Response(207, json={"results": results})


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Api:
    api = Api()
    monkeypatch.setattr(httpx.HTTPTransport, "handle_request", api.handle)
    return api


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that runs the command in a folder with hours.csv."""
    monkeypatch.chdir(tmp_path)
    Path("hours.csv").write_text(ROWS)

    def invoke(*arguments: str, text: str | None = None, **environ: str) -> Result:
        result = CliRunner().invoke(cli.app, arguments, input=text, env=SIGN_IN | environ)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        assert "s3cret" not in result.output
        assert "eyJ" not in result.output
        return result

    return invoke


def last(result: Result) -> dict[str, Any]:
    end: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return end


def test_file_is_imported_once(run: Run, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "_PROGRESS_ROWS", 100)
    result = run("hours.csv")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "hours.csv: CSV, comma, utf-8; columns user_id, date, project, hours",
        REPEATED,
        "250 rows checked, no faults: 3,055.00 h from 2026-11-20 to 2026-11-20",
        "250 rows: 250 created, 0 updated, 0 unchanged, 0 rejected",
    ]
    assert len({row["external_id"] for row in api.taken}) == 250
    assert "has already been imported" in run("hours.csv").stderr
    assert api.uploads == 3
    assert run("hours.csv", "--again").exit_code == 0
    assert api.uploads == 6


def test_json_output_and_rejected_rows(run: Run, api: Api) -> None:
    api.take = lambda number, rows: [
        "rejected" if number == 0 and not n else "created" for n in range(len(rows))
    ]
    result = run("hours.csv", "--json", "--at-once", "1")
    events = [json.loads(line) for line in result.stdout.splitlines()]
    assert [event["event"] for event in events] == ["file", "repeated", "checked", "rejected", "end"]
    assert (result.exit_code, events[-1]["exit_code"], events[-1]["rejected"]) == (1, 1, 1)
    assert result.stderr == ""
    rejected = Path("hours.csv.rejected.csv")
    assert events[-1]["rejected_file"] == str(rejected)
    # A second run leaves the corrections of the user.
    rejected.write_text("corrected")
    assert run("hours.csv", "--json").exit_code == 1
    assert rejected.read_text() == "corrected"


@pytest.mark.parametrize(("options", "hint"), [((), False), (("--format", "jsonl"), True)])
def test_rejected_rows_of_json_are_csv(options: Sequence[str], hint: bool, run: Run, api: Api) -> None:  # noqa: FBT001
    api.take = lambda _, rows: ["rejected"] * len(rows)
    row = {"user_id": "auth0|ana", "date": "2026-11-20", "project": "StoreZero", "hours": 7}
    Path("hours.jsonl").write_text(json.dumps(row) + "\n")
    result = run("hours.jsonl", *options)
    assert "1 row checked" in result.stderr
    assert ("with the same options, but with --format csv" in result.stderr) == hint
    api.take = lambda _, rows: ["created"] * len(rows)
    assert run("hours.jsonl.rejected.csv", *(["--format", "csv"] if hint else options)).exit_code == 0


def test_failed_import_continues(run: Run, api: Api) -> None:
    api.take = lambda number, rows: ["created"] * (len(rows) if number != 1 else 1)
    result = run("hours.csv", "--at-once", "1", "--give-up-after", "0s")
    assert (result.exit_code, "to continue" in result.stderr) == (4, True)
    api.take = lambda _, rows: ["created"] * len(rows)
    before = api.uploads
    result = run("hours.csv", "--at-once", "1")
    assert (result.exit_code, "Continuing; batches that are already imported: 1" in result.stderr) == (
        0,
        True,
    )
    assert api.uploads == before + 2


def test_unknown_status_ends_the_import(run: Run, api: Api) -> None:
    api.take = lambda _, rows: ["approved"] * len(rows)
    result = run("hours.csv")
    assert (result.exit_code, "unknown here" in result.stderr) == (4, True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_stops_after_the_current_batches(
    number: signal.Signals, run: Run, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "_POLL", 0.05)
    before = signal.getsignal(number)

    def take(upload: int, rows: list[Any]) -> list[str]:
        if upload == 0:
            signal.raise_signal(number)
            time.sleep(0.2)  # longer than it takes to look
        return ["created"] * len(rows)

    api.take = take
    result = run("hours.csv", "--at-once", "1")
    assert (result.exit_code, "to continue" in result.stderr) == (130, True)
    assert signal.getsignal(number) == before
    assert run("hours.csv").exit_code == 0
    assert last(run("hours.csv", "--json"))["created"] == 250


def test_change_of_the_file_during_the_import_is_reported(run: Run, api: Api) -> None:
    def change(text: str) -> Callable[[int, list[Any]], list[str]]:
        def take(_: int, rows: list[Any]) -> list[str]:
            Path("hours.csv").write_text(text)
            return ["created"] * len(rows)

        return take

    long = ROWS.replace(",A,", f",A{' ' * 300},")  # longer than what is read at once
    for before, text in (
        (ROWS, ROWS + "008,2026-11-20,A,1\n"),
        (long, ROWS.partition("\n")[0] + "\nx" * 50_000),
    ):
        Path("hours.csv").write_text(before)
        api.take = change(text)
        result = run("hours.csv", "--again", "--at-once", "1")
        assert (result.exit_code, "was changed during the import" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        (ROWS + "auth0|7,x,A,1\n,2026-11-20,A,1\n", (), "2 of 252 rows have faults; nothing was sent"),
        (ROWS + "auth0|7,x,,1\n", ("--max-faults", "1"), "1 more fault; use --max-faults 0 to show all"),
        ("user_id,date,project,hours\n", (), "has no rows"),
        (ROWS, ("--map", "hours"), "--map hours is not FIELD=COLUMN"),
        (ROWS, ("--delimiter", "ab"), "--delimiter must be"),
        (ROWS, ("--encoding", "klingon"), "--encoding klingon"),
        (ROWS, ("--give-up-after", "soon"), "--give-up-after soon"),
        (ROWS, ("--client-secret-file", "none"), "--client-secret-file none cannot be read"),
        (ROWS, ("--client-secret-file", "empty"), "--client-secret-file empty is empty"),
        (ROWS, ("--client-secret-file", "binary"), "it is not UTF-8 text"),
        (ROWS, ("--api", ""), "Missing: --api"),
        (ROWS, ("--client-id", ""), "Missing: --client-id"),
        (ROWS, ("--api", "http://api.example"), "must begin with https"),
        (ROWS, ("--config", "none"), "--config none cannot be read"),
        (ROWS, ("--config", "binary"), "it is not UTF-8 text"),
        (ROWS, ("--config", "bad.toml"), "is not TOML"),
        (ROWS, ("--config", "secret.toml"), "client-secret must not stand in this file"),
        (ROWS, ("--config", "unknown.toml"), "unknown option colour; known are api, issuer"),
        (ROWS, ("--config", "form.toml"), "api must be text"),
        (ROWS, ("--config", "table.toml"), "map must be a table"),
    ],
)
def test_usage_error_names_the_fault_and_sends_nothing(
    text: str, options: tuple[str, ...], words: str, run: Run, api: Api
) -> None:
    for name, content in {
        "hours.csv": text,
        "empty": "\n",
        "bad.toml": "=",
        "secret.toml": "client_secret = 'x'",
        "unknown.toml": "colour = 'red'",
        "form.toml": "api = 1.5",
        "table.toml": "map = 'hours=Stunden'",
    }.items():
        Path(name).write_text(content)
    Path("binary").write_bytes(b"\xff")
    result = run("hours.csv", *options)
    assert (result.exit_code, words in result.stderr) == (2, True), result.stderr
    assert api.uploads == 0


def test_command_overrides_environment_overrides_config(run: Run, api: Api) -> None:
    Path("secret").write_text("s3cret\n")
    Path("options.toml").write_text(
        "client-secret-file = 'secret'\ngive_up_after = '1m'\nat-once = 2\nformat = 'csv'\ndelimiter = '|'\n"
        "json = true\nrejected = 'a.csv'\n[map]\nhours = 'Stunden'\n"
    )
    Path("hours.csv").write_text(ROWS.replace("hours", "Stunden").replace(",", ";"))
    environ = {"TIMESHEETS_CONFIG": "options.toml", "TIMESHEETS_CLIENT_SECRET": ""}
    assert "Stunden" in run("hours.csv", **environ).stdout
    result = run("hours.csv", "--delimiter", ";", **environ)
    assert (result.exit_code, last(result)["created"]) == (0, 250)
    assert run("hours.csv", **environ, TIMESHEETS_DELIMITER="semicolon").exit_code == 0
    assert api.uploads == 3


def test_dry_run_needs_no_credentials(run: Run, api: Api) -> None:
    result = run(
        "-", "--dry-run", "--delimiter", "tab", text=ROWS.replace(",", "\t").rstrip(), TIMESHEETS_API=""
    )
    assert result.exit_code == 0
    assert "standard input: CSV, tab" in result.stderr
    assert "was not cut off" in result.stderr
    assert "Nothing was sent (--dry-run)" in result.stderr
    assert api.uploads == 0
    result = run(
        "-", "--dry-run", text='{"user_id": "1", "date": "2026-11-20", "project": "A", "hours": 1}\n'
    )
    assert "standard input: JSON Lines, utf-8\n" in result.stderr
    assert not list(Path().glob("stdin*"))


def test_missing_secret_names_the_places_for_it(run: Run, api: Api) -> None:
    result = run("hours.csv", TIMESHEETS_CLIENT_SECRET="")
    assert (result.exit_code, api.uploads) == (2, 0)
    assert "Set TIMESHEETS_CLIENT_SECRET in the environment" in result.stderr


def test_help_and_version(run: Run) -> None:
    assert run("--version").stdout.strip() == "0.1.0"
    output = run("--help").stdout
    for word in (
        "--map",
        "TIMESHEETS_CLIENT_SECRET",
        "Exit codes: 0 all rows imported",
        "Examples:",
        "--install-completion",
    ):
        assert word in output
    assert run().exit_code == 2


def test_log_has_progress_and_retries_at_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(time, "monotonic", lambda: now)
    text = StringIO()
    with Reporter(as_json=False, console=Console(file=text, soft_wrap=True)) as show:
        show.progress(1, 10, 1, "Sent")
        now = report.INTERVAL
        show.progress(5, 10, 2, "Sent")
        show.progress(6, 10, 2, "Sent")
        now *= 2
        show.progress(2000, None, 0, "Checked")
        for _ in range(3):
            show.retry("503", 1.5, 60)
        show.event("empty", "")
    assert text.getvalue().splitlines() == [
        "Sent: 5 of 10 rows, 2 rows/s, 2 s left",
        "Checked: 2,000 rows, 0 rows/s",
        "503; retrying in 1.5 s, giving up in 60 s",
    ]


def test_terminal_has_a_progress_bar() -> None:
    text = StringIO()
    console = Console(file=text, force_terminal=True, width=120)
    with Reporter(as_json=False, console=console) as show:
        show.progress(10, None, 5, "Checked")
        show.progress(10, 20, 5, "Sent")
        show.progress(20, 20, 5, "Sent")
    assert "Sent" in text.getvalue()


def test_process_exits_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    codes: list[int] = []
    monkeypatch.setattr("os._exit", codes.append)
    for end in (SystemExit(3), SystemExit(None), SystemExit("x"), KeyboardInterrupt()):

        def fail(end: BaseException = end) -> None:
            raise end

        monkeypatch.setattr(cli, "app", fail)
        cli.main()
    assert codes == [3, 0, 1, Exit.INTERRUPTED]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--date-format", "%d.%m."), "--date-format %d.%m. does not name"),
        (("--first-date", "soon"), "--first-date and --last-date: must be a date"),
        (("--users", "none.csv"), "none.csv cannot be read"),
        (("--users", "users.csv"), "Zoe is not in users.csv: 1 row\n"),
        (("--strict-users",), "an email address (ana@example.com) or an id without a provider (007, Zoe)"),
        (("--from", "toggl"), "3 rows checked"),
    ],
)
def test_people_dates_and_tools(options: tuple[str, ...], words: str, run: Run, api: Api) -> None:
    Path("users.csv").write_text("user_id,email,number\nauth0|1,ana@example.com,007\n")
    rows = "".join(f"{user},2026-11-20,A,1\n" for user in ("ana@example.com", "007", "Zoe"))
    Path("hours.csv").write_text("user_id,date,project,hours\n" + rows)
    assert words in run("hours.csv", "--dry-run", *options).stderr
    assert api.uploads == 0


@pytest.mark.usefixtures("api")
def test_doubtful_user_ids_are_a_warning(run: Run) -> None:
    Path("hours.csv").write_text("user_id,date,project,hours\n007,2026-11-20,A,1\n")
    result = run("hours.csv")
    assert (result.exit_code, "Use --users FILE to map people to ids" in result.stderr) == (0, True)


def test_archive_needs_the_dates_of_its_api(run: Run) -> None:
    Path("hours.csv").write_text("user_id,date,project,hours\na|1,1999-12-31,A,1\n")
    assert "must be a date from 2000-01-01 to" in run("hours.csv", "--dry-run").stderr
    assert run("hours.csv", "--dry-run", "--first-date", "1990-01-01").exit_code == 0


def test_rounding_and_the_preset_are_reported(run: Run) -> None:
    result = run(str(PROJECT / "importer/examples/toggl.csv"), "--dry-run", "--project", "Internal")
    assert "Read as Toggl Track, detailed report (--from toggl): user_id=Email" in result.stderr
    assert "3 durations rounded to 0.01 h: 4.0000 h in the file, 4.00 h to import" in result.stderr
    result = run(str(PROJECT / "importer/examples/hours.xlsx"), "--dry-run")
    assert "Excel workbook, first sheet; columns Person, Day" in result.stderr
