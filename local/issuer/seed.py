"""The file seed.toml, which holds the directory."""

import tomllib
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from local.issuer.directory import Directory
from local.settings import PROJECT, LocalError

SEED: Final = Path(__file__).with_name("seed.toml")


class Seed:
    """A seed file, read again after each edit."""

    def __init__(self, path: Path = SEED) -> None:
        """Read the file.

        Raises
        ------
        LocalError
            If it is not valid; the text names each fault.

        """
        self._path = path
        self.directory = self._read()

    def refresh(self) -> None:
        """Read the file again if it changed. If it is not valid, print its faults and change nothing."""
        if self._seen != self._stamp():
            try:
                self.directory = self._read()
            except LocalError as error:
                print(error, flush=True)

    def _stamp(self) -> tuple[int, ...]:
        try:
            status = self._path.stat()
        except OSError:
            return ()
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _read(self) -> Directory:
        self._seen = self._stamp()
        name = self._path.relative_to(PROJECT) if self._path.is_relative_to(PROJECT) else self._path
        try:
            return Directory.model_validate(tomllib.loads(self._path.read_text()))
        except ValidationError as error:
            raise LocalError(
                "\n".join(f"{name}: {_describe(dict(fault))}" for fault in error.errors())
            ) from None
        except (OSError, ValueError, RecursionError) as error:
            raise LocalError(f"{name} cannot be read: {error}") from None


def _describe(error: dict[str, Any]) -> str:
    place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"])
    return f"{place.lstrip('.')}: {error['msg']}" if place else error["msg"]
