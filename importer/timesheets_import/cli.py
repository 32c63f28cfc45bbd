"""The command `timesheets-import`."""

import contextlib
import os
import sys
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Final, Literal, NoReturn

import typer

from timesheets_import.errors import Exit, Stop, Usage
from timesheets_import.files import DELIMITERS
from timesheets_import.importing import run
from timesheets_import.mapping import Reading, parse_names
from timesheets_import.options import Options, beside, read_config, read_secret, seconds
from timesheets_import.showing import Show
from timesheets_import.signing_in import Credentials, address

HELP: Final = """Bring entries of other systems into the Timesheets API, exactly once.

FILE is CSV with a header row, or JSON Lines (- is standard input). Fields: user_id, date, project, hours, and
optionally notes and external_id, in any order; --map names columns that are called otherwise. Delimiter and
encoding are found out and shown. Every row is checked first, by the API's own rules; with any fault nothing
is sent.

A row without an external_id gets one from its content, so a file sent again creates nothing twice. Killed or
stopped, the next run goes on where it was. Rows that the API rejects land in FILE.rejected.csv with the
reason: mend that file and import it with the same options.

Each option may come from the environment or a TOML file (--config) too, the client secret only from
TIMESHEETS_CLIENT_SECRET or --client-secret-file.

Exit codes: 0 all in, 1 some rejected, 2 options or file faulty, 3 could not sign in, 4 gave up (run it
again), 130 stopped.
"""
EXAMPLES: Final = """Examples:

\b
  timesheets-import hours.csv --dry-run
  timesheets-import hours.csv --map hours=Stunden --map date=Datum --date-format %d.%m.%Y \\
    --api https://HOST/v1 --issuer https://TENANT/ --client-id ID \\
    --audience https://api.exampleco.com/timesheets
"""

app = typer.Typer(
    # Tracebacks with local variables would show the secret.
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _option(name: str, text: str, **more: Any) -> Any:  # noqa: ANN401 as Typer's own
    """Return an option that the environment has, too."""
    return typer.Option(name, help=text, envvar=f"TIMESHEETS_{name[2:].upper().replace('-', '_')}", **more)


def _configured(context: typer.Context, path: Path | None) -> Path | None:
    if path is not None and not context.resilient_parsing:
        hidden = ("config", "version", "help", "install_completion", "show_completion")
        options = [one for one in context.command.params if one.param_type_name == "option"]
        shown = {one.opts[0].removeprefix("--"): one for one in options if one.name not in hidden}
        try:
            found = read_config(path, {name: bool(one.multiple) for name, one in shown.items()})
        except Usage as error:
            _fail(error, as_json=False)
        context.default_map = {str(shown[name].name): value for name, value in found.items()}
    return path


def _version(asked: bool) -> None:  # noqa: FBT001 Typer's callback
    if asked:
        typer.echo(metadata.version("timesheets-import"))
        raise typer.Exit


@app.command(help=HELP, epilog=EXAMPLES)
def timesheets_import(  # noqa: PLR0913 each is an option
    file: Annotated[str, typer.Argument(metavar="FILE", help="CSV or JSON Lines; - for standard input.")],
    *,
    api: Annotated[str, _option("--api", "The API's address, stage included.", metavar="URL")] = "",
    issuer: Annotated[str, _option("--issuer", "The OAuth server's address.", metavar="URL")] = "",
    client_id: Annotated[str, _option("--client-id", "The application that imports.", metavar="ID")] = "",
    client_secret_file: Annotated[
        Path | None, _option("--client-secret-file", "A file that holds its secret.", metavar="FILE")
    ] = None,
    audience: Annotated[
        str, _option("--audience", "The API's identifier at the OAuth server.", metavar="TEXT")
    ] = "",
    scope: Annotated[
        str, _option("--scope", "What to ask for, where the server wants to be asked.", metavar="TEXT")
    ] = "",
    token_endpoint: Annotated[
        str, _option("--token-endpoint", "For a server that does not describe itself.", metavar="URL")
    ] = "",
    names: Annotated[
        list[str] | None,
        _option("--map", "What the file calls a field: hours=Stunden.", metavar="FIELD=COLUMN"),
    ] = None,
    ignore_other_columns: Annotated[
        bool, _option("--ignore-other-columns", "Leave out columns that are no fields.")
    ] = False,
    date_format: Annotated[
        str, _option("--date-format", "How dates are written, as %d.%m.%Y; else ISO 8601.", metavar="FORMAT")
    ] = "",
    kind: Annotated[
        Literal["csv", "jsonl"] | None,
        _option("--format", "csv or jsonl, instead of finding it out.", metavar="FORMAT"),
    ] = None,
    delimiter: Annotated[
        str, _option("--delimiter", "Instead of finding it out; tab for a tab.", metavar="CHARACTER")
    ] = "",
    encoding: Annotated[
        str, _option("--encoding", "utf-8, cp1252, ..., instead of finding it out.", metavar="NAME")
    ] = "",
    dry_run: Annotated[bool, _option("--dry-run", "Check every row, and send nothing.")] = False,
    again: Annotated[bool, _option("--again", "Send rows again that are in by the journal.")] = False,
    at_once: Annotated[
        int, _option("--at-once", "Batches on their way at a time.", min=1, max=32, metavar="NUMBER")
    ] = 4,
    give_up_after: Annotated[
        str, _option("--give-up-after", "Without progress: 90s, 10m, 2h.", metavar="TIME")
    ] = "10m",
    journal: Annotated[
        Path | None, _option("--journal", "Instead of FILE.import.sqlite.", metavar="FILE")
    ] = None,
    rejected: Annotated[
        Path | None, _option("--rejected", "Instead of FILE.rejected.csv.", metavar="FILE")
    ] = None,
    max_faults: Annotated[
        int, _option("--max-faults", "How many faults to show; 0 for all.", min=0, metavar="NUMBER")
    ] = 1000,
    as_json: Annotated[bool, _option("--json", "Write JSON Lines to standard output, for programs.")] = False,
    config: Annotated[
        Path | None,
        _option(
            "--config", "TOML with any of these options.", metavar="FILE", callback=_configured, is_eager=True
        ),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    del config, version  # their callbacks have answered
    try:
        credentials = None
        if not dry_run:
            _require({"--api": api, "--issuer": issuer or token_endpoint, "--client-id": client_id})
            address("--api", api)
            address("--issuer", issuer or token_endpoint)
            credentials = Credentials(
                issuer=issuer or token_endpoint,
                client_id=client_id,
                secret=read_secret(os.environ, client_secret_file),
                audience=audience or None,
                scope=scope or None,
                token_endpoint=address("--token-endpoint", token_endpoint) if token_endpoint else None,
            )
        options = Options(
            file=file,
            reading=Reading(parse_names(names or ()), date_format or None, ignore_other_columns),
            kind=kind,
            delimiter=_delimiter(delimiter),
            encoding=_encoding(encoding),
            api=api,
            credentials=credentials,
            again=again,
            at_once=at_once,
            give_up_after=seconds(give_up_after),
            journal=journal or beside(file, ".import.sqlite"),
            rejected=rejected or beside(file, ".rejected.csv"),
            most_faults=max_faults,
        )
        with Show(as_json=as_json) as show:
            code = run(options, show)
    except Stop as stop:
        _fail(stop, as_json=as_json)
    raise typer.Exit(code)


def _require(given: dict[str, str]) -> None:
    missing = [name for name, value in given.items() if not value]
    if missing:
        raise Usage(f"Missing: {', '.join(missing)}. See --help; or only check the file: --dry-run")


def _delimiter(given: str) -> str | None:
    one = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}.get(given, given)
    if len(one) > 1 or one in ('"', "\r", "\n"):
        raise Usage(f"--delimiter must be one character, or one of {', '.join(DELIMITERS.values())}")
    return one or None


def _encoding(given: str) -> str | None:
    try:
        "".encode(given or "utf-8")
    except LookupError:
        raise Usage(f"--encoding {given} is none that is known; utf-8, utf-16 and cp1252 are") from None
    return given or None


def _fail(stop: Stop, *, as_json: bool) -> NoReturn:
    Show(as_json=as_json).say("end", str(stop), exit_code=int(stop.exit))
    raise typer.Exit(stop.exit)


def main() -> None:
    """Run the command, and end its process."""
    try:
        app()
    except SystemExit as end:
        code = end.code
    except KeyboardInterrupt:
        Show(as_json=False).say("end", "Stopped. Nothing was sent")
        code = Exit.INTERRUPTED
    # Not by sys.exit: that would wait for the answers that nobody wants any more.
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))
