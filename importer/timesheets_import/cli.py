"""The command `timesheets-import`."""

import contextlib
import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NoReturn

import typer

from timesheets_import.columns import Format, parse_columns
from timesheets_import.dates import check_date_format
from timesheets_import.durations import HoursFormat
from timesheets_import.errors import Exit, ImporterError, UsageError
from timesheets_import.layout import Kind
from timesheets_import.oauth import Credentials, secure_url
from timesheets_import.options import (
    Options,
    beside,
    parse_dates,
    parse_delimiter,
    parse_encoding,
    parse_seconds,
    read_config,
    read_secret,
)
from timesheets_import.people import read_people
from timesheets_import.presets import PRESETS
from timesheets_import.report import Reporter
from timesheets_import.run import run

HELP: Final = """Import entries of other systems into the Timesheets API, each exactly once.

FILE is CSV with a header row, an Excel workbook or JSON Lines (- is standard input). The fields are user_id,
date, project, hours (or start and end), and optionally notes and external_id; --map names columns that have
other names. Exports of Clockify, Harvest, Kimai, solidtime, Tempo and Toggl Track are detected. All rows are
checked by the API's own rules before any is sent.

A row without an external_id gets one from its content, so a file that is sent again creates nothing twice. An
import that was stopped or killed continues with the next run. FILE.rejected.csv has the rows that the API
rejected, with the reason: correct that file and import it with the same options.

Every option can also be set in the environment or in a TOML file (--config). The client secret comes from
TIMESHEETS_CLIENT_SECRET or --client-secret-file only.

Exit codes: 0 all rows imported, 1 some rows rejected, 2 bad options or file, 3 sign-in failed, 4 the API
cannot be reached (run the command again), 130 stopped.
"""
EXAMPLES: Final = """Examples:

\b
  timesheets-import toggl.csv --users users.csv --dry-run
  timesheets-import hours.csv --map hours=Stunden --map date=Datum --date-format %d.%m.%Y \\
    --api https://HOST/v1 --issuer https://TENANT/ --client-id ID \\
    --audience https://api.exampleco.com/timesheets
"""

app = typer.Typer(
    pretty_exceptions_enable=False,  # tracebacks with local variables would show the secret
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _option(name: str, text: str, **settings: Any) -> Any:  # noqa: ANN401 as in Typer
    """Return an option that can be set in the environment, too."""
    return typer.Option(
        name, help=text, envvar=f"TIMESHEETS_{name[2:].upper().replace('-', '_')}", **settings
    )


def _configure(context: typer.Context, path: Path | None) -> Path | None:
    if path is not None and not context.resilient_parsing:
        hidden = ("config", "version", "help", "install_completion", "show_completion")
        options = [param for param in context.command.params if param.param_type_name == "option"]
        shown = {param.opts[0].removeprefix("--"): param for param in options if param.name not in hidden}
        try:
            values = read_config(path, {name: bool(param.multiple) for name, param in shown.items()})
        except UsageError as error:
            _fail(error, as_json=False)
        context.default_map = {str(shown[name].name): value for name, value in values.items()}
    return path


def _version(requested: bool) -> None:  # noqa: FBT001 Typer's callback
    if requested:
        typer.echo(metadata.version("timesheets-import"))
        raise typer.Exit


@app.command(help=HELP, epilog=EXAMPLES)
def timesheets_import(  # noqa: PLR0913 each is an option
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="CSV, Excel or JSON Lines; - is standard input.")
    ],
    *,
    api: Annotated[str, _option("--api", "The API's URL, stage included.", metavar="URL")] = "",
    issuer: Annotated[str, _option("--issuer", "The authorization server's URL.", metavar="URL")] = "",
    client_id: Annotated[str, _option("--client-id", "The importing application.", metavar="ID")] = "",
    client_secret_file: Annotated[
        Path | None, _option("--client-secret-file", "A file that holds the client secret.", metavar="FILE")
    ] = None,
    audience: Annotated[
        str, _option("--audience", "The API's identifier at the authorization server.", metavar="TEXT")
    ] = "",
    scope: Annotated[
        str, _option("--scope", "The scope to request, if the server requires one.", metavar="TEXT")
    ] = "",
    token_endpoint: Annotated[
        str, _option("--token-endpoint", "For a server that publishes no metadata.", metavar="URL")
    ] = "",
    columns: Annotated[
        list[str] | None,
        _option("--map", "The column of a field: hours=Stunden. Repeatable.", metavar="FIELD=COLUMN"),
    ] = None,
    ignore_other_columns: Annotated[
        bool, _option("--ignore-other-columns", "Ignore columns that are not fields.")
    ] = False,
    preset: Annotated[
        Literal["clockify", "harvest", "kimai", "solidtime", "tempo", "toggl"] | None,
        _option("--from", f"{', '.join(PRESETS)}; else detected.", metavar="TOOL"),
    ] = None,
    project: Annotated[str, _option("--project", "The project of rows that have none.", metavar="TEXT")] = "",
    users: Annotated[
        Path | None,
        _option("--users", "CSV with user_id, and email, name or number of each person.", metavar="FILE"),
    ] = None,
    strict_users: Annotated[
        bool, _option("--strict-users", "Refuse a user_id that looks like an email or has no provider.")
    ] = False,
    date_format: Annotated[
        str, _option("--date-format", "The form of dates, such as %d.%m.%Y; else ISO 8601.", metavar="FORMAT")
    ] = "",
    hours_format: Annotated[
        HoursFormat, _option("--hours-format", "The unit of hours that are a mere number.", metavar="UNIT")
    ] = "hours",
    first_date: Annotated[
        str, _option("--first-date", "The first date that the API takes; else 2000-01-01.", metavar="DATE")
    ] = "",
    last_date: Annotated[
        str, _option("--last-date", "The last date that the API takes; else in 366 days.", metavar="DATE")
    ] = "",
    kind: Annotated[
        Kind | None, _option("--format", "csv, jsonl or xlsx; else detected.", metavar="FORMAT")
    ] = None,
    delimiter: Annotated[
        str, _option("--delimiter", "A character or its name (tab); else detected.", metavar="CHARACTER")
    ] = "",
    encoding: Annotated[
        str, _option("--encoding", "cp1252, mac-roman, ...; else UTF-8.", metavar="NAME")
    ] = "",
    dry_run: Annotated[bool, _option("--dry-run", "Check every row and send nothing.")] = False,
    again: Annotated[bool, _option("--again", "Resend rows that the journal has as imported.")] = False,
    at_once: Annotated[
        int, _option("--at-once", "Batches that are sent at a time.", min=1, max=32, metavar="NUMBER")
    ] = 4,
    give_up_after: Annotated[
        str, _option("--give-up-after", "The time without progress: 90s, 10m, 2h.", metavar="TIME")
    ] = "10m",
    journal: Annotated[
        Path | None, _option("--journal", "Instead of FILE.import.sqlite.", metavar="FILE")
    ] = None,
    rejected: Annotated[
        Path | None, _option("--rejected", "Instead of FILE.rejected.csv.", metavar="FILE")
    ] = None,
    max_faults: Annotated[
        int, _option("--max-faults", "The number of faults to show; 0 for all.", min=0, metavar="NUMBER")
    ] = 1000,
    as_json: Annotated[bool, _option("--json", "Write JSON Lines to standard output, for programs.")] = False,
    config: Annotated[
        Path | None,
        _option("--config", "A TOML file of options.", metavar="FILE", callback=_configure, is_eager=True),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del config, version  # their callbacks have handled them
    try:
        credentials = None
        if not dry_run:
            _require({"--api": api, "--issuer": issuer or token_endpoint, "--client-id": client_id})
            secure_url("--api", api)
            secure_url("--issuer", issuer or token_endpoint)
            credentials = Credentials(
                issuer=issuer or token_endpoint,
                client_id=client_id,
                secret=read_secret(os.environ, client_secret_file),
                audience=audience or None,
                scope=scope or None,
                token_endpoint=secure_url("--token-endpoint", token_endpoint) if token_endpoint else None,
            )
        options = Options(
            file=file,
            form=Format(
                columns=parse_columns(columns or ()),
                date_format=check_date_format(date_format) if date_format else None,
                ignore_other_columns=ignore_other_columns,
                hours_format=hours_format,
                project=project.strip() or None,
                preset=preset,
            ),
            dates=parse_dates(first_date, last_date),
            people=read_people(users) if users else None,
            strict_users=strict_users,
            kind=kind,
            delimiter=parse_delimiter(delimiter),
            encoding=parse_encoding(encoding),
            api=api,
            credentials=credentials,
            again=again,
            at_once=at_once,
            give_up_after=parse_seconds(give_up_after),
            journal=journal or beside(file, ".import.sqlite"),
            rejected=rejected or beside(file, ".rejected.csv"),
            max_faults=max_faults,
        )
        with Reporter(as_json=as_json) as reporter:
            code = run(options, reporter)
    except ImporterError as error:
        _fail(error, as_json=as_json)
    raise typer.Exit(code)


def _require(options: dict[str, str]) -> None:
    missing = [name for name, value in options.items() if not value]
    if missing:
        raise UsageError(f"Missing: {', '.join(missing)}. See --help, or only check the file: --dry-run")


def _fail(error: ImporterError, *, as_json: bool) -> NoReturn:
    Reporter(as_json=as_json).event("end", str(error), exit_code=int(error.exit))
    raise typer.Exit(error.exit)


def main() -> None:
    """Run the command and exit."""
    try:
        app()
    except SystemExit as end:
        code = end.code
    except KeyboardInterrupt:
        Reporter(as_json=False).event("end", "Stopped. Nothing was sent")
        code = Exit.INTERRUPTED
    # sys.exit would wait for threads that still wait for an answer.
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
