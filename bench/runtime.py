"""An environment like that of Lambda's Python runtime."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).resolve().parent.parent


def runtime() -> Path:
    """Return the interpreter of an environment like Lambda's: boto3 and awslambdaric, with bytecode.

    The development environment differs: there urllib3 finds pyOpenSSL and loads it with botocore.
    """
    folder = PROJECT / ".local" / "runtime"
    uv = os.environ.get("UV") or shutil.which("uv") or "uv"  # `uv run` sets UV
    groups = ["--only-group", "runtime", "--only-group", "start"]
    subprocess.run(
        [uv, "sync", "--frozen", "--quiet", *groups, "--compile-bytecode", "--python", sys.executable],
        cwd=PROJECT,
        env=os.environ | {"UV_PROJECT_ENVIRONMENT": str(folder)},
        check=True,
    )
    return folder / "bin" / "python"
