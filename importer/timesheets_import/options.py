"""The options of one run, checked, from the command line, the environment and a TOML file."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from timesheets.model.dates import DateRange, parse_day
from timesheets_import.columns import Format
from timesheets_import.errors import UsageError
from timesheets_import.layout import DELIMITERS, Kind
from timesheets_import.oauth import Credentials
from timesheets_import.people import People
from timesheets_import.text import printable

SECRET: Final = "TIMESHEETS_CLIENT_SECRET"  # noqa: S105 the variable's name
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "": 1}
_SECRET_OPTIONS: Final = ("client-secret", "secret", "password", "token")


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of one run."""

    file: str
    form: Format
    dates: DateRange
    """The dates that the API takes."""
    people: People | None = None
    strict_users: bool = False
    kind: Kind | None = None
    delimiter: str | None = None
    encoding: str | None = None
    api: str = ""
    credentials: Credentials | None = None
    """None for a dry run."""
    again: bool = False
    at_once: int = 4
    give_up_after: float = 600
    """Seconds."""
    journal: Path
    rejected: Path
    max_faults: int = 1000
    """The number of faults to show; 0 for all."""


def beside(file: str, suffix: str) -> Path:
    """Return the file's path with a suffix; `stdin` in the current folder for standard input."""
    return Path(("stdin" if file == "-" else file) + suffix)


def parse_seconds(text: str) -> float:
    """Read a time such as 90s, 10m or 2h.

    Raises
    ------
    UsageError
        For any other form.

    """
    match = re.fullmatch(r"([0-9]{1,6})([smh]?)", text.strip())
    if not match:
        raise UsageError(f"--give-up-after {printable(text)} is not a time such as 90s, 10m or 2h")
    return float(match[1]) * _UNITS[match[2]]


def parse_delimiter(text: str) -> str | None:
    """Read a delimiter: a character or its name; None if the text is empty.

    Raises
    ------
    UsageError
        For more than one character, a quote or a line end.

    """
    named = {name: character for character, name in DELIMITERS.items()}
    delimiter = named.get(text, "\t" if text == "\\t" else text)
    if len(delimiter) > 1 or delimiter in ('"', "\r", "\n"):
        raise UsageError(f"--delimiter must be one character, or one of {', '.join(named)}")
    return delimiter or None


def parse_dates(first: str, last: str) -> DateRange:
    """Return the dates that the API takes: its defaults, or `first` and `last` in ISO 8601.

    Raises
    ------
    UsageError
        If one of them is not a date.

    """
    default = DateRange.around(datetime.now(UTC).date())
    try:
        return DateRange(
            parse_day(first) if first else default.first, parse_day(last) if last else default.last
        )
    except ValueError as error:
        raise UsageError(f"--first-date and --last-date: {error}") from None


def parse_encoding(name: str) -> str | None:
    """Check an encoding's name; None if it is empty.

    Raises
    ------
    UsageError
        If Python has no such text encoding.

    """
    try:
        "".encode(name or "utf-8")
    except LookupError:
        raise UsageError(f"--encoding {printable(name)} is unknown; try utf-8, cp1252 or mac-roman") from None
    return name or None


def read_secret(environ: Mapping[str, str], path: Path | None) -> str:
    """Return the client secret, from a file or the environment.

    Raises
    ------
    UsageError
        If there is none.

    """
    if path is None:
        secret = environ.get(SECRET, "").strip()
        if not secret:
            raise UsageError(
                f"No client secret. Set {SECRET} in the environment, or use --client-secret-file"
            )
        return secret
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"--client-secret-file {printable(str(path))} cannot be read: {reason}") from None
    if not secret:
        raise UsageError(f"--client-secret-file {printable(str(path))} is empty; write the secret into it")
    return secret


def read_config(path: Path, known: Mapping[str, bool]) -> dict[str, Any]:
    """Read a TOML file of options; `known` maps their names to whether they may be repeated.

    Raises
    ------
    UsageError
        If it cannot be read, or has an unknown or bad option.

    """
    name = printable(str(path))
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f"--config {name} cannot be read: {reason}") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"--config {name} is not TOML: {error}") from None
    values: dict[str, Any] = {}
    for key, value in document.items():
        option = key.replace("_", "-")
        if option in _SECRET_OPTIONS:
            raise UsageError(
                f"--config {name}: {option} must not stand in this file. Use {SECRET} or client-secret-file"
            )
        if option not in known:
            raise UsageError(
                f"--config {name}: unknown option {printable(key)}; known are {', '.join(known)}"
            )
        values[option] = _value(name, option, value, repeatable=known[option])
    return values


def _value(name: str, option: str, value: object, *, repeatable: bool) -> object:
    if repeatable and isinstance(value, dict) and all(isinstance(v, str) for v in value.values()):
        return [f"{key}={v}" for key, v in value.items()]
    if repeatable or not isinstance(value, str | int):
        form = (
            f'a table of texts: [{option}] and hours = "Stunden"' if repeatable else "text, a number or true"
        )
        raise UsageError(f"--config {name}: {option} must be {form}")
    return value
