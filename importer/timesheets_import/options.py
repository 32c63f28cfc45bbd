"""What the command is told, checked."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from timesheets_import.errors import Usage, printable
from timesheets_import.files import Kind
from timesheets_import.mapping import Reading
from timesheets_import.signing_in import Credentials

SECRET: Final = "TIMESHEETS_CLIENT_SECRET"  # noqa: S105 its name
_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "": 1}
_SECRETS: Final = ("client-secret", "secret", "password", "token")


@dataclass(frozen=True, kw_only=True)
class Options:
    """One run's."""

    file: str
    reading: Reading
    kind: Kind | None = None
    delimiter: str | None = None
    encoding: str | None = None
    api: str = ""
    credentials: Credentials | None = None
    """None where nothing is to be sent."""
    again: bool = False
    at_once: int = 4
    give_up_after: float = 600
    journal: Path
    rejected: Path
    most_faults: int = 1000

    @property
    def dry_run(self) -> bool:
        """Nothing is to be sent."""
        return self.credentials is None


def beside(file: str, ending: str) -> Path:
    """Return a path beside the file; for standard input in this folder."""
    return Path(("stdin" if file == "-" else file) + ending)


def seconds(text: str) -> float:
    """Read a time such as 90s, 10m or 2h.

    Raises
    ------
    Usage
        For anything else.

    """
    found = re.fullmatch(r"([0-9]{1,6})([smh]?)", text.strip())
    if not found:
        raise Usage(f"--give-up-after {printable(text)} is no time; write 90s, 10m or 2h")
    return float(found[1]) * _UNITS[found[2]]


def read_secret(environ: Mapping[str, str], path: Path | None) -> str:
    """Return the client secret, from a file or the environment.

    Raises
    ------
    Usage
        If there is none.

    """
    if path is None:
        secret = environ.get(SECRET, "").strip()
        if not secret:
            raise Usage(
                f"No client secret. Put it into the environment as {SECRET}, or name --client-secret-file"
            )
        return secret
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        raise Usage(f"--client-secret-file {printable(str(path))} can't be read: {said}") from None
    if not secret:
        raise Usage(f"--client-secret-file {printable(str(path))} is empty; put the client secret into it")
    return secret


def read_config(path: Path, known: Mapping[str, bool]) -> dict[str, Any]:
    """Read a TOML file of options; `known` are their names, and whether each may be given more than once.

    Raises
    ------
    Usage
        If it can't be read, or says what is no option.

    """
    name = printable(str(path))
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no UTF-8"
        raise Usage(f"--config {name} can't be read: {said}") from None
    except tomllib.TOMLDecodeError as error:
        raise Usage(f"--config {name} is not TOML: {error}") from None
    values: dict[str, Any] = {}
    for key, value in found.items():
        option = key.replace("_", "-")
        if option in _SECRETS:
            raise Usage(
                f"--config {name}: {option} does not belong there. Use {SECRET}, or client-secret-file"
            )
        if option not in known:
            raise Usage(f"--config {name}: {printable(key)} is no option; there are {', '.join(known)}")
        values[option] = _value(name, option, value, many=known[option])
    return values


def _value(name: str, option: str, value: object, *, many: bool) -> object:
    if many and isinstance(value, dict) and all(isinstance(one, str) for one in value.values()):
        return [f"{key}={one}" for key, one in value.items()]
    if many or not isinstance(value, str | int):
        form = f'a table of texts: [{option}] and hours = "Stunden"' if many else "a text, a number or true"
        raise Usage(f"--config {name}: {option} must be {form}")
    return value
