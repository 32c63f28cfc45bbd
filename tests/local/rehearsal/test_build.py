"""Two builds of one commit give the same artefacts, so deploying it again changes nothing."""

import hashlib
import os
import subprocess
from pathlib import Path

from tests.support import PROJECT


def checksums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.parent != folder  # template.yaml names the folder
    }


def test_two_builds_give_the_same_artefacts(tmp_path: Path) -> None:
    for seed in ("1", "2"):
        build = ["make", "build", f"BUILD={tmp_path / seed / 'build'}", f"CACHE={tmp_path / seed / 'cache'}"]
        subprocess.run(
            build, cwd=PROJECT, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True, check=True
        )
    first, second = (checksums(tmp_path / seed / "build") for seed in ("1", "2"))
    assert first == second
    assert {path.partition("/")[0] for path in first} > {"AuthorizerFunction", "SharedLayer"}
