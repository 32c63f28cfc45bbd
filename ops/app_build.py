"""Build the mobile app with Node: its packages when the lock changed, its files when a source did."""

import fcntl
import hashlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent
MOBILE: Final = PROJECT / "app"
OLDEST_NODE: Final = 20

_MADE: Final = ("node_modules", "dist")
_ASIDE: Final = ("template.yaml", "README.md")
"""No part of what is built."""


class BuildError(Exception):
    """Why the app could not be built; the first line says what to do."""


def check_node() -> None:
    """Look for Node and npm.

    Raises
    ------
    BuildError
        If they are not there, or too old.

    """
    wanted = f"The mobile app needs Node {OLDEST_NODE} or later with npm (for app/ only)"
    missing = [name for name in ("node", "npm") if not shutil.which(name)]
    if missing:
        raise BuildError(f"{wanted}; {' and '.join(missing)} can't be found on PATH")
    told = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = re.match(r"v(\d+)\.", told)
    if not version or int(version[1]) < OLDEST_NODE:
        raise BuildError(f"{wanted}; `node --version` says {told or 'nothing'}")


def install(mobile: Path = MOBILE) -> None:
    """Bring the packages of package-lock.json, unless they are there.

    Raises
    ------
    BuildError
        If Node is missing or npm fails.

    """
    check_node()
    lock = mobile / "package-lock.json"
    if not lock.exists():
        raise BuildError(f"There is no app to build: {lock} is missing")
    stamp = mobile / "node_modules/.installed"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    if _says(stamp, digest):
        return
    # No package's own script: none of them needs to run one.
    _npm(mobile, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(digest)


def build(mobile: Path = MOBILE) -> Path:
    """Build the app, unless what is there is of these very sources; return the folder of its files.

    Raises
    ------
    BuildError
        If Node is missing, or a step fails.

    """
    with _alone(mobile):
        install(mobile)
        files = mobile / "dist"
        stamp = mobile / "node_modules/.built"  # goes when the packages change, too
        digest = _digest(mobile)
        if not (_says(stamp, digest) and (files / "index.html").exists()):
            _npm(mobile, "run", "build")
            stamp.write_text(digest)
    return files


def files_of(folder: Path) -> list[str]:
    """Return the names of all files in a folder, as a web server knows them."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


@contextmanager
def _alone(mobile: Path) -> Iterator[None]:
    """Let one build at a time in: tests and `make app` may come together."""
    lock = mobile.parent / ".local/app.lock"
    lock.parent.mkdir(exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _says(stamp: Path, digest: str) -> bool:
    return stamp.exists() and stamp.read_text() == digest


def _digest(mobile: Path) -> str:
    sources = hashlib.sha256()
    for path in sorted(path for path in mobile.iterdir() if path.name not in (*_MADE, *_ASIDE)):
        names = [path] if path.is_file() else [path / name for name in files_of(path)]
        for name in names:
            sources.update(f"{name.relative_to(mobile)}\0".encode())
            sources.update(hashlib.sha256(name.read_bytes()).digest())
    return sources.hexdigest()


def _npm(mobile: Path, *words: str) -> None:
    command = ["npm", *words]
    result = subprocess.run(
        command,
        cwd=mobile,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if result.returncode:
        raise BuildError(f"{' '.join(command[:3])} failed in {mobile}:\n{result.stdout.strip()}")
