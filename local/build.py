"""The artefacts of `make build`: rebuilt when their sources changed, or refreshed file by file."""

import fcntl
import hashlib
import json
import py_compile
import shutil
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import cache_from_source
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from samcli.yamlhelper import yaml_parse

from local.commands import run
from local.progress import step
from local.settings import PROJECT, Settings

BUILD: Final = PROJECT / ".aws-sam" / "build"
FOLDERS: Final = ("authorizer", "handlers", "layers")
REQUIREMENTS: Final = "requirements.txt"

_FILES: Final = ("template.yaml", "samconfig.toml", "Makefile", "uv.lock")
# `sam build` empties the folder, so only a build of this module leaves this file.
_INPUTS: Final = BUILD / ".inputs.json"


@dataclass(frozen=True)
class Artefact:
    """A function or a layer of the template."""

    name: str
    """Its logical id in the template, which is also its folder's name."""
    source: Path
    module: str
    """The module of a function's handler; empty for a layer."""

    @property
    def folder(self) -> Path:
        """Where the sources are copied to."""
        return BUILD / self.name if self.module else BUILD / self.name / "python"

    def holds(self, path: Path) -> bool:
        """Return whether the artefact ships this source file."""
        return path.is_relative_to(self.source)

    def refresh(self, path: Path) -> None:
        """Bring the built copy of one source file, and its bytecode, up to date."""
        relative = path.relative_to(self.source)
        copy = self.folder / relative
        bytecode = Path(cache_from_source(str(copy)))
        if not path.exists():
            copy.unlink(missing_ok=True)
            bytecode.unlink(missing_ok=True)
            return
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
        if path.suffix == ".py":
            mode = py_compile.PycInvalidationMode.UNCHECKED_HASH
            py_compile.compile(str(copy), str(bytecode), str(relative), doraise=True, invalidation_mode=mode)

    def archive(self) -> bytes:
        """Return the artefact as the zip that Lambda takes."""
        buffer = BytesIO()
        root = BUILD / self.name
        with zipfile.ZipFile(buffer, "w") as archive:
            for path in sorted(root.rglob("*")):
                archive.write(path, path.relative_to(root))
        return buffer.getvalue()


def artefacts() -> list[Artefact]:
    """Return the template's functions and layers."""
    template = _parsed((PROJECT / "template.yaml").read_text())
    defaults = template["Globals"]["Function"]
    found = []
    for name, resource in template["Resources"].items():
        properties = defaults | resource.get("Properties", {})
        match resource["Type"]:
            case "AWS::Serverless::Function":
                module = properties["Handler"].rpartition(".")[0]
                found.append(Artefact(name, PROJECT / properties["CodeUri"], module))
            case "AWS::Serverless::LayerVersion":
                found.append(Artefact(name, PROJECT / properties["ContentUri"], ""))
    return found


def source_files() -> dict[Path, tuple[int, int]]:
    """Return the files that the artefacts are built from, each with its time of change and its size."""
    listed = [PROJECT / name for name in _FILES]
    for folder in FOLDERS:
        listed += (PROJECT / folder).rglob("*")
    files = {}
    for path in listed:
        try:
            status = path.stat()
        except FileNotFoundError:  # an editor replaces it just now
            continue
        if path.is_file() and path.suffix != ".pyc":
            files[path] = status.st_mtime_ns, status.st_size
    return files


def build(settings: Settings) -> None:
    """Run `make build`, unless the artefacts are those of the present sources. Call it under `locked`."""
    inputs = {"architecture": settings.architecture} | {_name(path): _hash(path) for path in source_files()}
    if _INPUTS.exists() and json.loads(_INPUTS.read_text()) == inputs:
        print("Build: unchanged", flush=True)
        return
    with step("Build (make build)"):
        run(settings, "make", "build", f"ARCHITECTURE={settings.architecture}")
    _INPUTS.write_text(json.dumps(inputs))


def refresh(changed: Iterable[Path]) -> list[Artefact]:
    """Bring the artefacts up to date with changed sources, and return those that must be deployed.

    Functions may share a folder of sources. A change to one function's own module concerns it alone.

    Raises
    ------
    SyntaxError
        If a changed file does not compile; the artefacts are left as they were.

    """
    changed = list(changed)
    for path in changed:
        if path.suffix == ".py" and path.exists():
            compile(path.read_bytes(), _name(path), "exec", dont_inherit=True)
    listed = artefacts()
    stale: dict[str, Artefact] = {}
    with locked():
        inputs = json.loads(_INPUTS.read_text()) if _INPUTS.exists() else None
        for path in changed:
            holders = [artefact for artefact in listed if artefact.holds(path)]
            for artefact in holders:
                artefact.refresh(path)
            own = [artefact for artefact in holders if path == artefact.source / f"{artefact.module}.py"]
            stale |= {artefact.name: artefact for artefact in own or holders}
            if inputs:
                inputs.pop(_name(path), None)
                inputs |= {_name(path): _hash(path)} if path.exists() else {}
        if inputs:
            _INPUTS.write_text(json.dumps(inputs))
    return list(stale.values())


@contextmanager
def locked() -> Iterator[None]:
    """Hold the build folder, which stacks side by side share."""
    BUILD.parent.mkdir(exist_ok=True)
    with (BUILD.parent / "local.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@lru_cache(maxsize=1)
def _parsed(template: str) -> Any:
    # Parsing takes as long as publishing a function, and each save needs the result twice.
    return yaml_parse(template)


def _name(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
