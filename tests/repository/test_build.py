"""The build's output depends on the commit only, because a new checksum publishes every function again."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support import PROJECT

SOURCES = ("authorizer", "handlers", "layers")


def checksums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def run(seed: str, *command: str, cwd: Path) -> None:
    subprocess.run([sys.executable, *command], cwd=cwd, env=os.environ | {"PYTHONHASHSEED": seed}, check=True)


def test_botocore_data_does_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        run(seed, "layers/botocore_data.py", str(tmp_path / seed), cwd=PROJECT)
    assert checksums(tmp_path / "1") == checksums(tmp_path / "2") != {}


def test_bytecode_does_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        for source in SOURCES:
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(PROJECT / source, tmp_path / seed / source, ignore=ignored)
        options = ["-q", "-j", "0", "--invalidation-mode", "unchecked-hash", "-s", ".", "-p", "/var/task"]
        run(seed, "-m", "compileall", *options, ".", cwd=tmp_path / seed)
    assert checksums(tmp_path / "1") == checksums(tmp_path / "2")
    assert [path for path in checksums(tmp_path / "1") if path.endswith(".pyc")]
