"""How long each handler takes to start, against `boto3.client("dynamodb")`.

Both run in an environment such as Lambda's runtime has: boto3 and awslambdaric, and bytecode for everything.
The development environment's is another: there urllib3 finds pyOpenSSL, and loads it with botocore.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from bench.measure import BUILD, LAYER, PROJECT, aws_environment, function_environment, table, timed_start

ROUNDS: Final = 21
"""Eleven processes each."""
RUNTIME: Final = PROJECT / ".local" / "runtime"
REFERENCE: Final = 'boto3.client("dynamodb")'


def main() -> None:
    """Print both tables."""
    python = runtime()
    environments = {REFERENCE: aws_environment()}
    scripts = {REFERENCE: 'import boto3\nboto3.client("dynamodb")'}
    for module in modules():
        function = f"{module.title().replace('_', '')}Function"
        # As Lambda does it: the function's folder first, then the layer, then what the runtime has.
        folders = f"{BUILD / function}{os.pathsep}{LAYER}"
        scripts[module] = f"import {module}\nassert {module}.lambda_handler"
        environments[module] = function_environment(PYTHONPATH=folders, TABLE_NAME="Timesheets")
    wall: dict[str, list[float]] = {name: [] for name in scripts}
    cpu: dict[str, list[float]] = {name: [] for name in scripts}
    for count in range(ROUNDS + 1):
        for name, script in scripts.items():
            times = timed_start(script, environments[name], python=python)
            if count:  # the first one warms the file system's cache
                wall[name].append(times[0])
                cpu[name].append(times[1])
    table("From start (after awslambdaric) to a handler that is connected, CPU", "ms", cpu)
    table("The same by the clock on the wall", "ms", wall)


def runtime() -> Path:
    """Return the interpreter of an environment made like Lambda's, from the lock."""
    uv = os.environ.get("UV") or shutil.which("uv") or "uv"  # `uv run` says where it is
    command = [uv, "sync", "--frozen", "--quiet", "--only-group", "runtime", "--only-group", "start"]
    # A developer's own VIRTUAL_ENV is another; uv puts the versions in that the lock names.
    subprocess.run(
        [*command, "--compile-bytecode", "--python", sys.executable],
        cwd=PROJECT,
        env=os.environ | {"UV_PROJECT_ENVIRONMENT": str(RUNTIME)},
        check=True,
    )
    return RUNTIME / "bin" / "python"


def modules() -> list[str]:
    """Return the handlers' names, as the template has them."""
    found = re.findall(r"Handler: (\w+)\.lambda_handler", (PROJECT / "template.yaml").read_text())
    return [name for name in found if name != "app"]


if __name__ == "__main__":
    main()
