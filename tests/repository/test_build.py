"""The build's output depends on the commit only, because a new checksum publishes every function again."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from layers import botocore_data
from tests.support import PROJECT


def checksums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.parent != folder  # template.yaml names the folder
    }


def run(seed: str, *command: str) -> None:
    environ = os.environ | {"PYTHONHASHSEED": seed}
    subprocess.run(command, cwd=PROJECT, env=environ, capture_output=True, check=True)


def test_botocore_data_does_not_depend_on_the_hash_seed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each process has a seed of its own."""
    monkeypatch.setattr(sys, "argv", ["botocore_data.py", str(tmp_path / "1")])
    botocore_data.main()
    run("2", sys.executable, "layers/botocore_data.py", str(tmp_path / "2"))
    assert checksums(tmp_path / "1") == checksums(tmp_path / "2") != {}


@pytest.mark.long
def test_two_builds_give_the_same_artefacts(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        folder = tmp_path / seed
        run(seed, "make", "build", f"BUILD={folder / 'build'}", f"CACHE={folder / 'cache'}")
    first, second = (checksums(tmp_path / seed / "build") for seed in ("1", "2"))
    assert first == second
    assert {path.partition("/")[0] for path in first} > {"AuthorizerFunction", "SharedLayer"}
    assert [path for path in first if path.endswith(".pyc")]
